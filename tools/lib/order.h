/* SPDX-License-Identifier: GPL-2.0-only */
/* In which order to print rows. */
#ifndef KS_ORDER_H
#define KS_ORDER_H

#include "lib/error.h"
#include "lib/rows.h"

enum ks_direction {
	KS_NATURAL,	/* numbers largest first, text from A to Z */
	KS_RISING,
	KS_FALLING,
};

struct ks_order {
	size_t column;
	enum ks_direction direction;
};

/* Parse [+|-]COLUMN. */
enum ks_status ks_order_parse(struct ks_order *order,
			      const struct ks_kind *kind, const char *text,
			      struct ks_error *err);

/*
 * Sort; absent values come last, equal ones keep their order.  In the natural
 * order of differences the largest change, up or down, is first.
 */
enum ks_status ks_order_rows(const struct ks_order *order,
			     struct ks_rows *rows, bool differences,
			     struct ks_error *err);

#endif /* KS_ORDER_H */
