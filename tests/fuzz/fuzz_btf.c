// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzz the module's BTF reader and layout resolver. tests/layouts/resolver.c
 * has the rules that hold for any blob.
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
 * Almost every mutation breaks the header, and then nothing else is parsed. So
 * give three of four a valid header.
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
	/* Aligned, and of its exact size: ASan sees a read behind it. */
	uint8_t *blob = malloc(size);

	if (!blob)
		return 0;
	memcpy(blob, data, size);
	if (resolve_blob(blob, size) == RESOLVED)
		check_reads();
	free(blob);
	return 0;
}
