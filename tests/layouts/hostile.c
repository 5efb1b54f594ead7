// SPDX-License-Identifier: GPL-2.0-only
/*
 * Resolve a blob as it is, or after mutations.
 *
 * usage: hostile show BLOB		the outcome
 *	  hostile HOW BLOB [COUNT]	counts of outcomes: refused,
 *					unresolved, resolved; HOW is one of
 *	cut	to COUNT lengths; the header does not change
 *	shorten	sections, by their lengths in the header
 *	header	fields set to values at their limits
 *	flip	one to four bits, COUNT times, always the same ones
 *
 * It aborts on a report of a sanitizer, on a broken rule of resolver.c, and on
 * a blob that takes longer than MAX_SECONDS.
 */
#include <err.h>
#include <linux/btf.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "resolver.h"

#define MAX_SECONDS	10

static size_t outcomes[NR_OUTCOMES];

/* In memory of its exact size, so that ASan sees a read behind it. */
static void *copy(const void *blob, size_t len)
{
	void *mine = malloc(len);

	if (!mine)
		err(2, "malloc");
	return memcpy(mine, blob, len);
}

/* Resolve a blob, count the outcome, and free the blob. */
static enum outcome attempt(void *blob, size_t len)
{
	enum outcome outcome;

	alarm(MAX_SECONDS);
	outcome = resolve_blob(blob, len);
	if (outcome == RESOLVED)
		check_reads();
	alarm(0);
	free(blob);
	outcomes[outcome]++;
	return outcome;
}

static void cut(const void *blob, size_t len, size_t count)
{
	size_t i, at;

	for (i = 0; i < count; i++) {
		/* All lengths within the header, the rest spread evenly. */
		at = i < 64 ? i : 64 + (len - 64) * (i - 64) / (count - 64);
		if (at < len && attempt(copy(blob, at), at) != REFUSED)
			errx(1, "%zu of %zu bytes are accepted", at, len);
	}
}

static void shorten(const void *blob, size_t len, size_t count)
{
	const struct btf_header *header = blob;
	size_t i;

	for (i = 0; i < count; i++) {
		struct btf_header *types = copy(blob, len);
		struct btf_header *strings = copy(blob, len);

		types->type_len = (u64)header->type_len * i / count;
		/* Every other time a multiple of 4, for whole types. */
		if (i % 2)
			types->type_len &= ~3;
		attempt(types, len);
		strings->str_len = (u64)header->str_len * i / count;
		attempt(strings, len);
	}
}

static const u32 limits[] = {
	0, 1, 2, 3, 4, 8, 12, 16, 20, 23, 24, 25, 28, 32, 0xff, 0xffff,
	0x7fffffff, 0x80000000, 0xffffffe8, 0xfffffff0, 0xfffffffc, 0xffffffff,
};

#define NR_LIMITS	(sizeof(limits) / sizeof(*limits))

/* Set single fields and pairs, from hdr_len on, also around the length. */
static void header(const void *blob, size_t len)
{
	enum { FIRST = offsetof(struct btf_header, hdr_len) / 4, END = 6 };
	size_t i, k, field, other;

	for (field = FIRST; field < END; field++)
		for (other = field; other < END; other++)
			for (i = 0; i < NR_LIMITS; i++)
				for (k = 0; k < 2 * NR_LIMITS; k++) {
					u32 *mine = copy(blob, len);

					mine[field] = limits[i];
					mine[other] = limits[k / 2] +
						      k % 2 * len;
					attempt((void *)mine, len);
				}
}

static void flip(const void *blob, size_t len, size_t count)
{
	u64 state = 0x9e3779b97f4a7c15;
	size_t i, bits;

	for (i = 0; i < count; i++) {
		u8 *mine = copy(blob, len);

		for (bits = 0; bits <= i % 4; bits++) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			mine[state / 8 % len] ^= 1 << state % 8;
		}
		attempt(mine, len);
	}
}

static void *read_file(const char *name, size_t *len)
{
	FILE *file = fopen(name, "rb");
	static char room[1 << 25];
	void *blob;

	if (!file)
		err(2, "%s", name);
	*len = fread(room, 1, sizeof(room), file);
	if (ferror(file) || *len == sizeof(room))
		errx(2, "%s: cannot be read as a whole", name);
	fclose(file);
	blob = copy(room, *len);
	return blob;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	size_t len, count = argc > 3 ? strtoul(argv[3], NULL, 0) : 0;
	void *blob;

	if (argc < 3)
		errx(2, "usage: hostile show|cut|shorten|header|flip BLOB [COUNT]");
	blob = read_file(argv[2], &len);
	if (!strcmp(how, "show")) {
		print_outcome(attempt(blob, len));
		return 0;
	}
	if (!strcmp(how, "cut"))
		cut(blob, len, count);
	else if (!strcmp(how, "shorten"))
		shorten(blob, len, count);
	else if (!strcmp(how, "header"))
		header(blob, len);
	else if (!strcmp(how, "flip"))
		flip(blob, len, count);
	else
		errx(2, "there is no way to be hostile called '%s'", how);
	free(blob);
	printf("%zu refused, %zu unresolved, %zu resolved\n", outcomes[REFUSED],
	       outcomes[UNRESOLVED], outcomes[RESOLVED]);
	return 0;
}
