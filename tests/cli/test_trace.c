// SPDX-License-Identifier: GPL-2.0-only
/* What trace needs beside its rows: folded stacks, and other names of caches. */
#include <linux/kmemscope.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/alias.h"
#include "output/folded.h"
#include "table/kinds.h"

static struct kms_value *value_at(struct kms_rows *rows, uint16_t attr)
{
	size_t column;

	assert_true(kms_kind_find_attr(rows->kind, attr, &column));
	return &rows->row[rows->nr - 1][column];
}

static void allocator_add(struct kms_rows *rows, const char *context,
			  const char *name, uint64_t stack, uint64_t nr)
{
	assert_non_null(kms_rows_add(rows));
	*value_at(rows, KMEMSCOPE_A_TRACE_ALLOCATOR_CONTEXT) =
		kms_value_text(context);
	if (name)
		*value_at(rows, KMEMSCOPE_A_TRACE_ALLOCATOR_NAME) =
			kms_value_text(name);
	if (stack)
		*value_at(rows, KMEMSCOPE_A_TRACE_ALLOCATOR_STACK) =
			kms_value_unsigned(stack);
	*value_at(rows, KMEMSCOPE_A_TRACE_ALLOCATOR_NR_ALLOCS) =
		kms_value_unsigned(nr);
}

static void frame_add(struct kms_rows *rows, uint64_t stack, uint64_t depth,
		      const char *symbol)
{
	assert_non_null(kms_rows_add(rows));
	*value_at(rows, KMEMSCOPE_A_TRACE_STACK_STACK) =
		kms_value_unsigned(stack);
	*value_at(rows, KMEMSCOPE_A_TRACE_STACK_DEPTH) =
		kms_value_unsigned(depth);
	if (symbol)
		*value_at(rows, KMEMSCOPE_A_TRACE_STACK_SYMBOL) =
			kms_value_text(symbol);
}

static void folds_stacks(void **state)
{
	struct kms_rows allocators = { .kind = &kms_kind_trace_allocator };
	struct kms_rows stacks = { .kind = &kms_kind_trace_stack };
	char *text = NULL;
	size_t size;
	FILE *stream;

	(void)state;
	allocator_add(&allocators, "task", "a;b c", 7, 12);
	allocator_add(&allocators, "kthread", "kworker/0:1", 9, 3);
	allocator_add(&allocators, "softirq", NULL, 0, UINT64_MAX);
	frame_add(&stacks, 9, 0, NULL);
	frame_add(&stacks, 9, 1, "outer+0x1/0x2");
	frame_add(&stacks, 7, 0, "in.isra.0+0x10/0x20 [module]");
	frame_add(&stacks, 7, 1, "main_loop+0x1/0x2");
	stream = open_memstream(&text, &size);
	assert_non_null(stream);
	kms_folded_print(stream, &allocators, &stacks);
	fclose(stream);
	assert_string_equal(text,
			    "a\\x3bb c;main_loop;in.isra.0 12\n"
			    "[kworker/0:1];outer;[unknown] 3\n"
			    "[softirq] 18446744073709551615\n");
	free(text);
	kms_rows_free(&allocators);
	kms_rows_free(&stacks);
}

static bool is_real(const char *name, void *arg)
{
	return !strcmp(name, arg);
}

/* The other name of a cache, among those of a folder like the kernel's. */
static char *resolve(const char *dir, const char *name)
{
	return kms_alias_resolve(dir, name, is_real, "real");
}

static void finds_other_names(void **state)
{
	char dir[] = "/tmp/kmemscope.XXXXXX";
	static const char * const links[][2] = {
		{ ":0000128", "one" }, { ":0000256", "two" },
		{ ":0000128", "real" }, { ":0000128", "three" },
	};
	char *found;
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(mkdir("alone", 0700), 0);
	for (i = 0; i < 4; i++)
		assert_int_equal(symlink(links[i][0], links[i][1]), 0);
	found = resolve(dir, "one");
	assert_string_equal(found, "real");
	free(found);
	assert_null(resolve(dir, "two"));
	assert_null(resolve(dir, "alone"));
	assert_null(resolve(dir, "none"));
	assert_null(resolve(dir, "../one"));
	assert_null(resolve("/nonexistent", "one"));
	for (i = 0; i < 4; i++)
		assert_int_equal(unlink(links[i][1]), 0);
	assert_int_equal(rmdir("alone"), 0);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folds_stacks),
		cmocka_unit_test(finds_other_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
