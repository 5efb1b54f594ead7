// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer on the module's BTF reader and layout resolver. What must hold
 * whatever a blob says is in tests/layouts/resolver.c.
 */
#include <linux/btf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "resolver.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room,
			       unsigned int seed);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Nearly every mutation makes a header wrong, and what is behind it would never
 * be looked at. So three of four get a header that fits.
 */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room,
			       unsigned int seed)
{
	struct btf_header header;

	size = LLVMFuzzerMutate(data, size, room);
	if (seed % 4 == 0 || size < sizeof(header) + 1)
		return size;
	memcpy(&header, data, sizeof(header));
	header.magic = BTF_MAGIC;
	header.version = BTF_VERSION;
	header.hdr_len = sizeof(header);
	header.type_off = 0;
	header.type_len %= size - sizeof(header);
	header.type_len &= ~3;
	header.str_off = header.type_len;
	header.str_len = size - sizeof(header) - header.type_len;
	memcpy(data, &header, sizeof(header));
	data[size - 1] = 0;
	data[sizeof(header) + header.str_off] = 0;
	return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A kernel's BTF is aligned, and ends where it ends. */
	uint8_t *blob = malloc(size);

	if (!blob)
		return 0;
	memcpy(blob, data, size);
	if (resolve_blob(blob, size) == RESOLVED)
		check_reads();
	free(blob);
	return 0;
}
