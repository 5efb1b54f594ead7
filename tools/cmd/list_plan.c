// SPDX-License-Identifier: GPL-2.0-only
/* From a command line to the request, the columns and the order of a list. */
#include <string.h>

#include "cmd/list_plan.h"
#include "lib/array.h"
#include "lib/text.h"

static enum kms_status filter_prepare(struct kms_list_plan *plan,
				      const struct kms_option_filter *given,
				      struct kms_error *err)
{
	const struct kms_column *column;
	struct kms_filter *filter;
	uint64_t number = 0;
	size_t index;

	if (!kms_kind_find_key(plan->kind, given->name, &index))
		return kms_fail(err, KMS_ERROR, "--%s: %s have no column %s",
				given->name, plan->kind->listing.rows,
				given->column->title);
	column = &plan->kind->columns[index];
	if (column->type != KMS_TYPE_STRING &&
	    !kms_text_number(given->text, column->type == KMS_TYPE_U32 ?
			     UINT32_MAX : UINT64_MAX, &number))
		return kms_fail(err, KMS_ERROR, "--%s: not a number: '%s'",
				given->name, given->text);
	filter = &plan->request.filters[plan->request.nr_filters++];
	filter->column = index;
	filter->text = given->text;
	filter->number = number;
	return KMS_OK;
}

/* Note the value that a filter asks for. */
static enum kms_status term_add(struct kms_list_plan *plan, size_t column,
				const char *text, uint64_t number,
				struct kms_error *err)
{
	struct kms_value value = kms_value_unsigned(number);
	enum kms_status status;

	if (plan->kind->columns[column].type == KMS_TYPE_STRING) {
		value.presence = KMS_TEXT;
		value.text = kms_text_escape(text, strlen(text));
		if (!value.text)
			return kms_fail_memory(err);
	}
	status = kms_scope_add(&plan->scope, column, &value, err);
	kms_value_clear(&value);
	return status;
}

static enum kms_status filters_prepare(struct kms_list_plan *plan,
				       const struct kms_options *options,
				       struct kms_error *err)
{
	const struct kms_filter *filter;
	enum kms_status status;
	size_t i;

	plan->request = kms_request_rows(plan->kind);
	for (i = 0; i < options->nr_filters; i++) {
		if (!options->filters[i].text)
			continue;
		status = filter_prepare(plan, &options->filters[i], err);
		if (status)
			return status;
	}
	for (i = 0; i < plan->request.nr_filters; i++) {
		filter = &plan->request.filters[i];
		status = term_add(plan, filter->column, filter->text,
				  filter->number, err);
		if (status)
			return status;
	}
	return KMS_OK;
}

static enum kms_status operands_prepare(struct kms_list_plan *plan,
					const struct kms_options *options,
					struct kms_error *err)
{
	enum kms_status status;
	size_t i;

	if (!options->operand || !options->nr_operands)
		return KMS_OK;
	if (!kms_kind_find_key(plan->kind, options->operand, &plan->operand) ||
	    plan->request.nr_filters == KMS_MAX_FILTERS)
		return kms_fail(err, KMS_ERROR, "unexpected argument: '%s'",
				options->operands[0]);
	for (i = 0; i < options->nr_operands; i++) {
		status = term_add(plan, plan->operand, options->operands[i], 0,
				  err);
		if (status)
			return status;
	}
	return KMS_OK;
}

/* The columns that are printed unless others are named. */
static enum kms_status default_select(struct kms_list_plan *plan,
				      const struct kms_options *options,
				      struct kms_error *err)
{
	const struct kms_listing *listing = &plan->kind->listing;
	const char * const *names = listing->columns;

	if (options->all_columns || options->output.form != KMS_FORM_TABLE)
		return kms_select_all(&plan->columns, plan->kind, err);
	if (options->flag)
		names = plan->kind->flags->columns;
	if (kms_options_compare(options) && listing->changes)
		names = listing->changes;
	return kms_select_names(&plan->columns, plan->kind, names, err);
}

static enum kms_status columns_prepare(struct kms_list_plan *plan,
				       const struct kms_options *options,
				       struct kms_error *err)
{
	const char *given = options->columns;
	enum kms_status status;

	if (!given || *given == '+' || options->all_columns) {
		status = default_select(plan, options, err);
		if (status)
			return status;
	}
	if (!given)
		return KMS_OK;
	status = kms_select_add(&plan->columns, plan->kind,
				given + (*given == '+'), err);
	if (status || options->output.form != KMS_FORM_JSON ||
	    plan->columns.nr == plan->kind->nr_columns)
		return status;
	return kms_select_add(&plan->scope.columns, plan->kind, given,
			      err);
}

static enum kms_status order_prepare(struct kms_list_plan *plan,
				     const struct kms_options *options,
				     struct kms_error *err)
{
	const struct kms_listing *listing = &plan->kind->listing;
	const char *sort = options->sort;

	if (!sort)
		sort = kms_options_compare(options) ? listing->sort_changes :
						  listing->sort;
	plan->sorted = sort;
	if (!sort)
		return KMS_OK;
	return kms_order_parse(&plan->order, plan->kind, sort, err);
}

/* Does the column have values only with the flag of the kind? */
static bool flag_fills(const struct kms_kind *kind, size_t column)
{
	const char * const *name = kind->nr_flags ? kind->flags->fills : NULL;

	for (; name && *name; name++) {
		if (!strcmp(*name, kind->columns[column].name))
			return true;
	}
	return false;
}

/* Naming a column that only the flag fills sets the flag. */
static enum kms_status flag_prepare(struct kms_list_plan *plan,
				    const struct kms_options *options,
				    struct kms_error *err)
{
	const char *given = options->columns;
	struct kms_selection named = { 0 };
	bool flag = options->flag;
	enum kms_status status;
	size_t i;

	if (given) {
		status = kms_select_add(&named, plan->kind,
					given + (*given == '+'), err);
		if (status) {
			kms_select_free(&named);
			return status;
		}
	}
	for (i = 0; i < named.nr; i++)
		flag |= flag_fills(plan->kind, named.column[i]);
	kms_select_free(&named);
	if (plan->sorted)
		flag |= flag_fills(plan->kind, plan->order.column);
	if (flag)
		plan->request.flag = plan->kind->flags;
	return KMS_OK;
}

enum kms_status kms_list_plan(struct kms_list_plan *plan,
			      const struct kms_options *options,
			      struct kms_error *err)
{
	static enum kms_status (*const steps[])(struct kms_list_plan *plan,
						const struct kms_options *options,
						struct kms_error *err) = {
		filters_prepare, operands_prepare, columns_prepare,
		order_prepare, flag_prepare,
	};
	enum kms_status status;
	size_t i;

	*plan = (struct kms_list_plan){
		.kind = options->view->kind,
		.scope.top = options->top,
	};
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		status = steps[i](plan, options, err);
		if (status)
			return status;
	}
	return KMS_OK;
}

void kms_list_plan_free(struct kms_list_plan *plan)
{
	kms_select_free(&plan->columns);
	kms_scope_free(&plan->scope);
}
