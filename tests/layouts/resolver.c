// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pass blobs to the code of the module, and check rules that hold for any blob.
 * Abort if a rule is broken.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Included unchanged, for the names of the members. */
#include "internals/layout.c"

#include "resolver.h"

static char reason[128];
static int error;

/* Replaces the function of module/internals/symbols.c. */
bool ks_pretend_missing(const char *name)
{
	(void)name;
	return false;
}

static void must_hold(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s (error %d, %s)\n", what, error,
		reason);
	abort();
}

/*
 * With an error the reason names a member. Without one each needed member has
 * been found, with the size that it must have.
 */
static void check_outcome(void)
{
	int i;

	if (error) {
		must_hold(error == -ENOENT || error == -EBADMSG ||
			  error == -EINVAL, "the error is one that is known");
		must_hold(memchr(reason, '\0', sizeof(reason)) &&
			  strchr(reason, '.') && strstr(reason, ": "),
			  "the reason names a member");
		return;
	}
	for (i = 0; i < KS_NR_MEMBERS; i++) {
		if (!ks_layout_has(i))
			must_hold(!is_needed(&wanted[i]),
				  "what is needed is there");
		else if (wanted[i].bits)
			must_hold(layout[i].bits == wanted[i].bits,
				  "a member has the size it must have");
	}
}

/**
 * resolve_blob() - open a blob and find all members
 * @blob: the blob
 * @len: its bytes
 *
 * Return: the outcome.
 */
enum outcome resolve_blob(const void *blob, size_t len)
{
	struct ks_btf btf;

	memset(reason, 0, sizeof(reason));
	error = ks_btf_open(&btf, blob, len);
	if (error) {
		must_hold(error == -EINVAL, "a blob is refused with EINVAL");
		return REFUSED;
	}
	error = ks_layout_resolve(&btf, reason, sizeof(reason)) ?:
		ks_layout_resolve_cached(&btf, reason, sizeof(reason));
	ks_btf_close(&btf);
	check_outcome();
	return error ? UNRESOLVED : RESOLVED;
}

/* A number, bit by bit. */
static u64 read_bits(const u8 *object, u32 bit_offset, u32 bits)
{
	u64 value = 0;
	u32 i;

	for (i = 0; i < bits; i++, bit_offset++)
		value |= (u64)(object[bit_offset / 8] >> bit_offset % 8 & 1)
			 << i;
	return value;
}

/**
 * check_reads() - check that members are read from the offsets found
 *
 * Only after a blob was resolved.
 */
void check_reads(void)
{
	static union {
		u64 aligned;
		u8 bytes[1024];
	} object;
	const u32 room = 8 * sizeof(object);
	u64 value;
	u32 i;

	for (i = 0; i < sizeof(object); i++)
		object.bytes[i] = i * 167 + i / 256 + 1;
	for (i = 0; i < KS_NR_MEMBERS; i++) {
		const struct ks_btf_member *m = &layout[i];

		/* A mutation may have moved it anywhere. */
		if (!m->bits || m->bits > 64 || m->bit_offset > room - 128)
			continue;
		if (!ks_layout_read(&object, i, &value) &&
		    value == read_bits(object.bytes, m->bit_offset, m->bits))
			continue;
		fprintf(stderr, "%s: %u bits at bit %u are read wrongly\n",
			wanted[i].places[0], m->bits, m->bit_offset);
		abort();
	}
}

/**
 * print_outcome() - print the outcome of the last blob
 * @outcome: from resolve_blob()
 *
 * Prints a line for each member: bit offset, bits (0 0 if it is absent), and
 * its possible names.
 */
void print_outcome(enum outcome outcome)
{
	int i, place;

	if (outcome == REFUSED)
		printf("refused: %s\n", strerror(-error));
	else if (outcome == UNRESOLVED)
		printf("%s\n", reason);
	for (i = 0; outcome == RESOLVED && i < KS_NR_MEMBERS; i++) {
		printf("%u %u", layout[i].bit_offset, layout[i].bits);
		for (place = 0; place < MAX_PLACES; place++)
			if (wanted[i].places[place])
				printf(" %s", wanted[i].places[place]);
		printf("\n");
	}
}
