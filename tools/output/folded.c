// SPDX-License-Identifier: GPL-2.0-only
/* Stacks as flame graphs are made of. */
#include <linux/kmemscope.h>
#include <string.h>

#include "lib/text.h"
#include "output/folded.h"

static const struct kms_value *value_of(const struct kms_rows *rows, size_t row,
					uint16_t attr)
{
	size_t column;

	kms_kind_find_attr(rows->kind, attr, &column);
	return &rows->row[row][column];
}

/* What would end a part of the line is escaped as all else is. */
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

/* Kernel threads and interrupts in brackets, as ps(1) has them. */
static void name_print(FILE *stream, const struct kms_rows *allocators,
		       size_t row)
{
	const struct kms_value *context =
		value_of(allocators, row, KMEMSCOPE_A_TRACE_ALLOCATOR_CONTEXT);
	const struct kms_value *name =
		value_of(allocators, row, KMEMSCOPE_A_TRACE_ALLOCATOR_NAME);
	const char *text = name->presence ? name->text :
			   context->presence ? context->text : "-";
	const bool task = context->presence && !strcmp(context->text, "task");

	if (!task)
		putc('[', stream);
	part_print(stream, text, strlen(text));
	if (!task)
		putc(']', stream);
}

/* The function alone: a graph adds up what its instructions do. */
static void frame_print(FILE *stream, const struct kms_rows *stacks, size_t row)
{
	const struct kms_value *symbol =
		value_of(stacks, row, KMEMSCOPE_A_TRACE_STACK_SYMBOL);
	const char *text = symbol->presence ? symbol->text : "[unknown]";

	putc(';', stream);
	part_print(stream, text, strcspn(text, "+"));
}

/* A stack's frames are neighbours, the innermost first. */
static void frames_print(FILE *stream, const struct kms_rows *stacks,
			 const struct kms_value *stack)
{
	size_t first = 0, end;

	if (!stack->presence)
		return;
	while (first < stacks->nr &&
	       kms_value_compare(
		       value_of(stacks, first, KMEMSCOPE_A_TRACE_STACK_STACK),
		       stack))
		first++;
	end = first;
	while (end < stacks->nr &&
	       !kms_value_compare(value_of(stacks, end,
					   KMEMSCOPE_A_TRACE_STACK_STACK),
				  stack))
		end++;
	while (end > first)
		frame_print(stream, stacks, --end);
}

void kms_folded_print(FILE *stream, const struct kms_rows *allocators,
		      const struct kms_rows *stacks)
{
	size_t i;

	for (i = 0; i < allocators->nr; i++) {
		name_print(stream, allocators, i);
		frames_print(stream, stacks,
			     value_of(allocators, i,
				      KMEMSCOPE_A_TRACE_ALLOCATOR_STACK));
		fprintf(stream, " %llu\n", (unsigned long long)
			value_of(allocators, i,
				 KMEMSCOPE_A_TRACE_ALLOCATOR_NR_ALLOCS)
			->magnitude);
	}
}
