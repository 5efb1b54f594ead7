// SPDX-License-Identifier: GPL-2.0-only
/* The allocators of a cache, out of its trace. */
#include <stdlib.h>
#include <string.h>

#include "diagnose/judge/allocator_words.h"
#include "diagnose/judge/allocators.h"
#include "diagnose/judge/trace.h"
#include "lib/fold.h"
#include "lib/words.h"

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool is_text(const char *text, const char *other)
{
	return text && !strcmp(text, other);
}

static const char *folded(struct kms_case *c, const char *name)
{
	char *text = kms_fold_digits(name);
	const char *kept;

	if (!text) {
		c->strings->failed = true;
		return "";
	}
	kept = kms_strings_add(c->strings, "%s", text);
	free(text);
	return kept;
}

/*
 * A text that is equal for allocators that count as one.  Numbers in names do
 * not matter: each worker of a pool has one.  Nor do stacks, except for
 * kworkers: there the function is the allocator.
 */
static const char *key_of(struct kms_case *c,
			  const struct kms_found_allocator *allocator)
{
	const char *key;
	size_t i;

	if (allocator->work)
		return kms_strings_add(c->strings, "work\n%s", allocator->work);
	key = kms_strings_add(c->strings, "%s\n%s", allocator->context ?: "",
			      allocator->name ? folded(c, allocator->name) : "");
	if (is_text(allocator->context, "kthread"))
		return key;
	for (i = 0; i < allocator->nr_parents; i++)
		key = kms_strings_add(c->strings, "%s\n%s", key,
				      folded(c, allocator->parent[i]));
	return kms_strings_add(c->strings, "%s\n%s\n%llu", key,
			       allocator->cgroup ?: "",
			       (unsigned long long)allocator->uid);
}

static void frames_fill(struct kms_found_allocator *allocator,
			const struct kms_trace_stack_records *stacks,
			uint64_t stack)
{
	const struct kms_trace_stack_record *frame;
	size_t i;

	kms_for_each(frame, stacks) {
		if (frame->stack != stack || frame->depth >= KMS_MAX_FRAMES)
			continue;
		allocator->frame[frame->depth] = frame->symbol;
		if (allocator->nr_frames <= frame->depth)
			allocator->nr_frames = frame->depth + 1;
	}
	for (i = 0; i < allocator->nr_frames; i++)
		allocator->frame[i] = allocator->frame[i] ?: "?";
}

static const char *symbol_at(const struct kms_trace_stack_records *stacks,
			     uint64_t stack, uint64_t depth)
{
	const struct kms_trace_stack_record *frame;

	kms_for_each(frame, stacks)
		if (frame->stack == stack && frame->depth == depth)
			return frame->symbol;
	return NULL;
}

/* The function that a kworker runs: process_one_work() calls it. */
static void work_fill(struct kms_case *c, struct kms_found_allocator *allocator,
		      const struct kms_trace_stack_records *stacks,
		      uint64_t stack)
{
	static const char caller[] = "process_one_work+";
	const char *symbol, *module;
	uint64_t depth;

	if (!is_text(allocator->context, "kthread"))
		return;
	for (depth = 1; (symbol = symbol_at(stacks, stack, depth)); depth++)
		if (!strncmp(symbol, caller, strlen(caller)))
			break;
	symbol = symbol ? symbol_at(stacks, stack, depth - 1) : NULL;
	if (!symbol)
		return;
	module = strrchr(symbol, '[');
	allocator->work = kms_strings_add(c->strings, "%.*s%s%s",
					  (int)strcspn(symbol, "+ "), symbol,
					  module ? " " : "", module ?: "");
}

static void parents_fill(struct kms_found_allocator *allocator,
			 const struct kms_trace_allocator_record *record)
{
	const char *parent[KMS_MAX_PARENTS] = {
		record->parent_1, record->parent_2, record->parent_3,
		record->parent_4,
	};
	size_t nr = 0;

	while (nr < KMS_MAX_PARENTS && parent[nr]) {
		allocator->parent[nr] = parent[nr];
		nr++;
	}
	allocator->nr_parents = nr;
}

static void facts_fill(struct kms_found_allocator *allocator,
		       const struct kms_allocator_facts *facts)
{
	allocator->facts = facts;
	allocator->cgroup = facts->cgroup;
	allocator->container = facts->container;
	allocator->can_reclaim = facts->can_reclaim;
	allocator->alive = facts->alive;
	if (*facts->service.name)
		allocator->service = facts->service.name;
	if (facts->starter_pid &&
	    facts->starter_parent < allocator->nr_parents) {
		allocator->starter = allocator->parent[facts->starter_parent];
		allocator->starter_pid = facts->starter_pid;
	}
}

static struct kms_found_allocator allocator_of(struct kms_case *c,
					       const struct kms_trace *trace,
					       size_t i)
{
	const struct kms_trace_allocator_record *record =
		&trace->allocators.record[i];
	struct kms_found_allocator allocator = {
		.context = record->context,
		.name = record->name,
		.nr_alike = 1,
		.share_permille = KMS_UNKNOWN,
		.traced_permille = KMS_UNKNOWN,
		.uid = record->uid,
		.pid = record->pid,
		.nr_allocs = record->nr_allocs,
		.per_second = record->allocs_per_second,
		.nr_outstanding = record->nr_outstanding,
	};

	parents_fill(&allocator, record);
	if (trace->facts)
		facts_fill(&allocator, &trace->facts[i]);
	if (record->stack == KMS_UNKNOWN)
		return allocator;
	frames_fill(&allocator, &trace->stacks, record->stack);
	work_fill(c, &allocator, &trace->stacks, record->stack);
	return allocator;
}

static uint64_t sum(uint64_t a, uint64_t b)
{
	return a == KMS_UNKNOWN || b == KMS_UNKNOWN ? KMS_UNKNOWN : a + b;
}

/* Objects that stayed count: one that frees what it allocates leaks nothing. */
static uint64_t weight(const struct kms_found_allocator *allocator)
{
	uint64_t number = allocator->nr_outstanding;

	if (number == KMS_UNKNOWN)
		number = allocator->nr_allocs;
	return number == KMS_UNKNOWN ? 0 : number;
}

struct group {
	struct kms_found_allocator allocator;
	const char *key;
};

static int group_compare(const void *a, const void *b)
{
	const struct group *left_group = a, *right_group = b;
	uint64_t left = weight(&left_group->allocator);
	uint64_t right = weight(&right_group->allocator);

	return left < right ? 1 : left > right ? -1 : 0;
}

static bool same_parents(const struct kms_found_allocator *a,
			 const struct kms_found_allocator *b)
{
	size_t i;

	for (i = 0; i < a->nr_parents && i < b->nr_parents; i++)
		if (strcmp(a->parent[i], b->parent[i]))
			return false;
	return a->nr_parents == b->nr_parents;
}

/* One name for several stands for no single process or starter. */
static void names_merge(struct kms_case *c, struct kms_found_allocator *into,
			const struct kms_found_allocator *other)
{
	size_t i;

	if (into->nr_alike > 1 || !same_text(into->name, other->name)) {
		if (into->nr_alike++ == 1)
			into->name = folded(c, into->name);
		into->pid = KMS_UNKNOWN;
		into->alive = false;
	}
	if (same_parents(into, other))
		return;
	for (i = 0; i < into->nr_parents; i++)
		into->parent[i] = folded(c, into->parent[i]);
	into->starter = NULL;
}

static void allocator_merge(struct kms_case *c,
			    struct kms_found_allocator *into,
			    const struct kms_found_allocator *other)
{
	/* Show the stack that most of it came from. */
	if (weight(other) > weight(into)) {
		memcpy(into->frame, other->frame, sizeof(into->frame));
		into->nr_frames = other->nr_frames;
	}
	names_merge(c, into, other);
	into->nr_allocs = sum(into->nr_allocs, other->nr_allocs);
	into->per_second = sum(into->per_second, other->per_second);
	into->nr_outstanding = sum(into->nr_outstanding,
				   other->nr_outstanding);
}

static size_t groups_make(struct kms_case *c, struct group *all,
			  const struct kms_trace *trace, uint64_t *total)
{
	size_t i, j, nr = 0;

	*total = 0;
	for (i = 0; i < trace->allocators.nr; i++) {
		struct kms_found_allocator allocator =
			allocator_of(c, trace, i);
		const char *key = key_of(c, &allocator);

		*total += weight(&allocator);
		for (j = 0; j < nr; j++)
			if (!strcmp(all[j].key, key))
				break;
		if (j < nr)
			allocator_merge(c, &all[j].allocator, &allocator);
		else
			all[nr++] = (struct group){ allocator, key };
	}
	qsort(all, nr, sizeof(*all), group_compare);
	return nr;
}

static void allocators_take(struct kms_case *c, struct kms_finding *finding,
			    const struct kms_trace *trace)
{
	uint64_t total, share;
	struct group *all;
	size_t i, nr;

	all = calloc(trace->allocators.nr + 1, sizeof(*all));
	if (!all) {
		c->strings->failed = true;
		return;
	}
	nr = groups_make(c, all, trace, &total);
	for (i = 0; i < nr && total && i < KMS_MAX_ALLOCATORS; i++) {
		share = kms_permille(weight(&all[i].allocator), total);
		/* The largest is named, however small. */
		if (i && share < KMS_NAMED_PERMILLE)
			break;
		all[i].allocator.traced_permille = share;
		if (finding->attributed_permille != KMS_UNKNOWN)
			all[i].allocator.share_permille =
				share * finding->attributed_permille / 1000;
		kms_allocator_words(c->strings, finding, &all[i].allocator);
		finding->allocator[finding->nr_allocators++] = all[i].allocator;
	}
	if (finding->nr_allocators &&
	    finding->allocator[0].traced_permille < KMS_NAMED_PERMILLE)
		kms_tell(c, &finding->evidence,
			 "the allocations are spread over %zu allocators, none above %s",
			 nr, kms_words_share(KMS_NAMED_PERMILLE).text);
	free(all);
}

void kms_allocators_fill(struct kms_case *c, struct kms_finding *finding)
{
	const struct kms_trace *trace = kms_case_trace(c, finding->cache);

	if (!trace) {
		kms_lines_add(&finding->unknown,
			      "who allocates: this cache was not traced");
		return;
	}
	/* Without growth there is no share of it. */
	if (finding->growth_bytes != KMS_UNKNOWN)
		finding->attributed_permille = kms_trace_attributed(trace);
	kms_trace_tell(c, finding, &trace->total);
	allocators_take(c, finding, trace);
	if (!finding->nr_allocators)
		kms_lines_add(&finding->unknown,
			      "who allocates: no traced object stayed allocated");
}
