/* SPDX-License-Identifier: GPL-2.0-only */
/* From a command line to the request, the columns and the order of a list. */
#ifndef KMS_CMD_LIST_PLAN_H
#define KMS_CMD_LIST_PLAN_H

#include "cmd/options.h"
#include "table/order.h"
#include "table/scope.h"

struct kms_list_plan {
	const struct kms_kind *kind;
	struct kms_request request;	/* with the filters that are options */
	size_t operand;			/* the column that operands name */
	struct kms_scope scope;		/* of the answer */
	struct kms_selection columns;
	struct kms_order order;
	bool sorted;			/* else in the kernel's order */
};

/* Check the options against the record type. Free the plan in any case. */
enum kms_status kms_list_plan(struct kms_list_plan *plan,
			      const struct kms_options *options,
			      struct kms_error *err);

void kms_list_plan_free(struct kms_list_plan *plan);

#endif /* KMS_CMD_LIST_PLAN_H */
