// SPDX-License-Identifier: GPL-2.0-only
/* Selecting columns, sorting rows, and limiting them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/array.h"
#include "sample.h"
#include "table/kinds.h"
#include "table/order.h"
#include "table/scope.h"
#include "table/select.h"

static void selects_by_any_spelling(void **state)
{
	struct kms_selection selection = { 0 };
	struct kms_error err;

	(void)state;
	assert_int_equal(kms_select_add(&selection, &sample,
					"NODE,size-bytes,Size_Bytes,name",
					&err),
			 KMS_OK);
	assert_int_equal(selection.nr, 3);
	assert_int_equal(selection.column[0], SAMPLE_NODE);
	assert_int_equal(selection.column[1], SAMPLE_SIZE_BYTES);
	assert_int_equal(selection.column[2], SAMPLE_NAME);
	assert_int_equal(kms_select_all(&selection, &sample, &err), KMS_OK);
	assert_int_equal(selection.nr, sample.nr_columns);
	kms_select_free(&selection);
}

static void unknown_column_is_named(void **state)
{
	static const struct {
		const char *list;
		const char *text;
	} cases[] = {
		{ "name,siz,node", "unknown column: 'siz'" },
		{ "name_", "unknown column: 'name_'" },
		{ "", "unknown column: ''" },
		{ "name,", "unknown column: ''" },
	};
	struct kms_selection selection = { 0 };
	struct kms_error err;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(kms_select_add(&selection, &sample,
						cases[i].list, &err),
				 KMS_ERROR);
		assert_string_equal(err.text, cases[i].text);
	}
	kms_select_free(&selection);
}

/* All kinds of the spec: found by name and number, none twice. */
static void kinds_are_sound(void **state)
{
	static const struct kms_kind * const kinds[] = {
		&kms_kind_status, &kms_kind_collector, &kms_kind_slab,
		&kms_kind_slab_node, &kms_kind_zone, &kms_kind_buddy,
		&kms_kind_migratetype, &kms_kind_node, &kms_kind_counter,
	};
	const struct kms_column *column;
	size_t i, j, found;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		for (j = 0; j < kinds[i]->nr_columns; j++) {
			column = &kinds[i]->columns[j];
			assert_true(kms_kind_find(kinds[i], column->title,
						  strlen(column->title),
						  &found));
			assert_int_equal(found, j);
			assert_true(kms_kind_find_attr(kinds[i], column->attr,
						       &found));
			assert_int_equal(found, j);
			/* A request has numbers of this size only */
			assert_true(!column->key ||
				    column->type == KMS_TYPE_U32 ||
				    column->type == KMS_TYPE_STRING);
		}
	}
}

static void rows_make(struct kms_rows *rows)
{
	rows->kind = &sample;
	sample_add(rows, TEXT("b"), NUMBER(0), NUMBER(5));
	sample_add(rows, TEXT("c"), NUMBER(1), ABSENT);
	sample_add(rows, TEXT("a"), NUMBER(2), NUMBER(UINT64_MAX));
	sample_add(rows, ABSENT, NUMBER(3), NUMBER(5));
	sample_add(rows, TEXT("d"), NUMBER(4), NUMBER(0));
}

/* The nodes of the rows, in their order, tell which went where. */
static void order_is(const char *sort, bool differences, const char *nodes)
{
	struct kms_rows rows = { 0 };
	char got[16] = "";
	struct kms_order order;
	struct kms_error err;
	size_t i;

	rows_make(&rows);
	if (differences)
		rows.row[4][SAMPLE_SIZE_BYTES] = SIGNED(-7);
	assert_int_equal(kms_order_parse(&order, &sample, sort, &err), KMS_OK);
	assert_int_equal(kms_order_rows(&order, &rows, differences, &err),
			 KMS_OK);
	for (i = 0; i < rows.nr; i++)
		got[i] = '0' + (char)rows.row[i][SAMPLE_NODE].magnitude;
	assert_string_equal(got, nodes);
	kms_rows_free(&rows);
}

static void sorts_naturally(void **state)
{
	(void)state;
	order_is("size_bytes", false, "20341");
	order_is("NAME", false, "20143");
}

static void sorts_as_told(void **state)
{
	(void)state;
	order_is("+size-bytes", false, "40321");
	order_is("-size_bytes", false, "20341");
	order_is("+name", false, "20143");
	order_is("-name", false, "41023");
	order_is("last_ns", false, "01234");
}

static void sorts_changes_by_size(void **state)
{
	(void)state;
	order_is("size_bytes", true, "24031");
	order_is("-size_bytes", true, "20341");
	order_is("+size_bytes", true, "40321");
	order_is("node", true, "43210");
}

static void scopes_nest(void **state)
{
	struct kms_scope all = { 0 }, node = { 0 }, both = { 0 };
	struct kms_value zero = NUMBER(0), one = NUMBER(1);
	struct kms_rows rows = { 0 };
	struct kms_error err;

	(void)state;
	kms_scope_add(&node, SAMPLE_NODE, &zero, &err);
	kms_scope_add(&both, SAMPLE_NODE, &zero, &err);
	kms_scope_add(&both, SAMPLE_NODE, &one, &err);
	assert_true(kms_scope_within(&node, &all));
	assert_true(kms_scope_within(&node, &both));
	assert_true(kms_scope_within(&both, &both));
	assert_false(kms_scope_within(&all, &node));
	assert_false(kms_scope_within(&both, &node));
	rows_make(&rows);
	kms_scope_apply(&both, &rows);
	assert_int_equal(rows.nr, 2);
	kms_scope_apply(&node, &rows);
	assert_int_equal(rows.nr, 1);
	assert_string_equal(rows.row[0][SAMPLE_NAME].text, "b");
	kms_rows_free(&rows);
	kms_scope_free(&node);
	kms_scope_free(&both);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(selects_by_any_spelling),
		cmocka_unit_test(unknown_column_is_named),
		cmocka_unit_test(kinds_are_sound),
		cmocka_unit_test(sorts_naturally),
		cmocka_unit_test(sorts_as_told),
		cmocka_unit_test(sorts_changes_by_size),
		cmocka_unit_test(scopes_nest),
	};

	return cmocka_run_group_tests_name("columns", tests, NULL, NULL);
}
