// SPDX-License-Identifier: GPL-2.0-only
/* Which part of all rows an answer holds. */
#include <stdlib.h>

#include "table/scope.h"

enum kms_status kms_scope_add(struct kms_scope *scope, size_t column,
			      const struct kms_value *value,
			      struct kms_error *err)
{
	struct kms_term *terms;

	terms = reallocarray(scope->terms, scope->nr + 1, sizeof(*terms));
	if (!terms)
		return kms_fail_memory(err);
	scope->terms = terms;
	terms[scope->nr].column = column;
	if (!kms_value_copy(&terms[scope->nr].value, value))
		return kms_fail_memory(err);
	scope->nr++;
	return KMS_OK;
}

bool kms_scope_limits(const struct kms_scope *scope, size_t column)
{
	size_t i;

	for (i = 0; i < scope->nr; i++) {
		if (scope->terms[i].column == column)
			return true;
	}
	return false;
}

static bool allows(const struct kms_scope *scope, size_t column,
		   const struct kms_value *value)
{
	size_t i;

	if (!kms_scope_limits(scope, column))
		return true;
	for (i = 0; i < scope->nr; i++) {
		if (scope->terms[i].column == column &&
		    !kms_value_compare(&scope->terms[i].value, value))
			return true;
	}
	return false;
}

bool kms_scope_within(const struct kms_scope *inner,
		      const struct kms_scope *outer)
{
	size_t i;

	for (i = 0; i < outer->nr; i++) {
		if (!kms_scope_limits(inner, outer->terms[i].column))
			return false;
	}
	for (i = 0; i < inner->nr; i++) {
		if (!allows(outer, inner->terms[i].column,
			    &inner->terms[i].value))
			return false;
	}
	return true;
}

static bool row_matches(const struct kms_value *row, void *arg)
{
	const struct kms_scope *scope = arg;
	size_t i;

	for (i = 0; i < scope->nr; i++) {
		if (!allows(scope, scope->terms[i].column,
			    &row[scope->terms[i].column]))
			return false;
	}
	return true;
}

void kms_scope_apply(const struct kms_scope *scope, struct kms_rows *rows)
{
	kms_rows_filter(rows, row_matches, (void *)scope);
}

void kms_scope_free(struct kms_scope *scope)
{
	while (scope->nr)
		kms_value_clear(&scope->terms[--scope->nr].value);
	free(scope->terms);
	scope->terms = NULL;
	kms_select_free(&scope->columns);
}
