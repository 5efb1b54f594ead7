// SPDX-License-Identifier: GPL-2.0-only
/* Which part of all there is an answer holds. */
#include <stdlib.h>

#include "lib/scope.h"

enum ks_status ks_scope_add(struct ks_scope *scope, size_t column,
			    const struct ks_value *value, struct ks_error *err)
{
	struct ks_term *terms;

	terms = reallocarray(scope->terms, scope->nr + 1, sizeof(*terms));
	if (!terms)
		return ks_fail_memory(err);
	scope->terms = terms;
	terms[scope->nr].column = column;
	if (!ks_value_copy(&terms[scope->nr].value, value))
		return ks_fail_memory(err);
	scope->nr++;
	return KS_OK;
}

bool ks_scope_limits(const struct ks_scope *scope, size_t column)
{
	size_t i;

	for (i = 0; i < scope->nr; i++) {
		if (scope->terms[i].column == column)
			return true;
	}
	return false;
}

static bool allows(const struct ks_scope *scope, size_t column,
		   const struct ks_value *value)
{
	size_t i;

	if (!ks_scope_limits(scope, column))
		return true;
	for (i = 0; i < scope->nr; i++) {
		if (scope->terms[i].column == column &&
		    !ks_value_compare(&scope->terms[i].value, value))
			return true;
	}
	return false;
}

bool ks_scope_within(const struct ks_scope *inner,
		     const struct ks_scope *outer)
{
	size_t i;

	for (i = 0; i < outer->nr; i++) {
		if (!ks_scope_limits(inner, outer->terms[i].column))
			return false;
	}
	for (i = 0; i < inner->nr; i++) {
		if (!allows(outer, inner->terms[i].column,
			    &inner->terms[i].value))
			return false;
	}
	return true;
}

static bool row_matches(const struct ks_value *row, void *arg)
{
	const struct ks_scope *scope = arg;
	size_t i;

	for (i = 0; i < scope->nr; i++) {
		if (!allows(scope, scope->terms[i].column,
			    &row[scope->terms[i].column]))
			return false;
	}
	return true;
}

void ks_scope_apply(const struct ks_scope *scope, struct ks_rows *rows)
{
	ks_rows_filter(rows, row_matches, (void *)scope);
}

void ks_scope_free(struct ks_scope *scope)
{
	while (scope->nr)
		ks_value_clear(&scope->terms[--scope->nr].value);
	free(scope->terms);
	scope->terms = NULL;
	ks_select_free(&scope->columns);
}
