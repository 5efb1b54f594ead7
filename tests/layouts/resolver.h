/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module's BTF reader and layout resolver, in user space.
 */
#ifndef LAYOUTS_RESOLVER_H
#define LAYOUTS_RESOLVER_H

#include <stddef.h>

/**
 * enum outcome - the result for a blob
 * @REFUSED: the blob was not opened
 * @UNRESOLVED: a member is missing, has another size, or is corrupt
 * @RESOLVED: all members were found
 * @NR_OUTCOMES: the number of outcomes
 */
enum outcome {
	REFUSED,
	UNRESOLVED,
	RESOLVED,
	NR_OUTCOMES,
};

enum outcome resolve_blob(const void *blob, size_t len);
void check_reads(void);
void print_outcome(enum outcome outcome);

#endif /* LAYOUTS_RESOLVER_H */
