// SPDX-License-Identifier: GPL-2.0-only
/* Stacks in the form that flame graphs are made from. */
#include <linux/kmemscope.h>
#include <string.h>

#include "lib/text.h"
#include "output/folded.h"

/* Escape also ';', which ends a part of the line. */
static void part_print(FILE *stream, const char *text, size_t len)
{
	const bool fits = kms_text_fits(text);

	for (; len; len--, text++) {
		if (*text == ';' || (!fits && (unsigned char)*text >= 0x80))
			fprintf(stream, "\\x%02x", (unsigned char)*text);
		else
			putc(*text, stream);
	}
}

/* Kernel threads and interrupts stand in brackets, as in ps(1). */
static void name_print(FILE *stream, const struct kms_rows *allocators,
		       size_t row)
{
	const char *context = kms_rows_text(allocators, row,
				KMEMSCOPE_A_TRACE_ALLOCATOR_CONTEXT);
	const char *name = kms_rows_text(allocators, row,
				KMEMSCOPE_A_TRACE_ALLOCATOR_NAME);
	const bool task = context && !strcmp(context, "task");
	const char *text = name ? name : context ? context : "-";

	if (!task)
		putc('[', stream);
	part_print(stream, text, strlen(text));
	if (!task)
		putc(']', stream);
}

/* The function alone: a graph adds up the instructions of a function. */
static void frame_print(FILE *stream, const struct kms_rows *stacks, size_t row)
{
	const char *symbol = kms_rows_text(stacks, row,
					    KMEMSCOPE_A_TRACE_STACK_SYMBOL);
	const char *text = symbol ? symbol : "[unknown]";

	putc(';', stream);
	part_print(stream, text, strcspn(text, "+"));
}

/* The frames of a stack are neighbours, the innermost first. */
static void frames_print(FILE *stream, const struct kms_rows *stacks,
			 const struct kms_value *stack)
{
	const uint16_t attr = KMEMSCOPE_A_TRACE_STACK_STACK;
	size_t first = 0, end;

	if (!stack->presence)
		return;
	while (first < stacks->nr &&
	       kms_value_compare(kms_rows_value(stacks, first, attr), stack))
		first++;
	end = first;
	while (end < stacks->nr &&
	       !kms_value_compare(kms_rows_value(stacks, end, attr), stack))
		end++;
	while (end > first)
		frame_print(stream, stacks, --end);
}

void kms_folded_print(FILE *stream, const struct kms_rows *allocators,
		      const struct kms_rows *stacks)
{
	const uint16_t attr = KMEMSCOPE_A_TRACE_ALLOCATOR_NR_ALLOCS;
	size_t i;

	for (i = 0; i < allocators->nr; i++) {
		name_print(stream, allocators, i);
		frames_print(stream, stacks,
			     kms_rows_value(allocators, i,
					    KMEMSCOPE_A_TRACE_ALLOCATOR_STACK));
		fprintf(stream, " %llu\n", (unsigned long long)
			kms_rows_value(allocators, i, attr)->magnitude);
	}
}
