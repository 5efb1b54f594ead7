// SPDX-License-Identifier: GPL-2.0-only
/* Who allocated from a cache, out of its trace. */
#include <linux/kmemscope.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/container.h"
#include "diagnose/verdict.h"
#include "diagnose/words.h"

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* With stacks one process is several allocators. */
static bool is_same(const struct ks_found_creator *a,
		    const struct ks_found_creator *b)
{
	size_t i;

	for (i = 0; i < KS_PARENTS_MAX; i++)
		if (!same_text(a->parent[i], b->parent[i]))
			return false;
	return same_text(a->context, b->context) &&
	       same_text(a->name, b->name) &&
	       same_text(a->cgroup, b->cgroup) && a->uid == b->uid;
}

static void parents_fill(struct ks_found_creator *creator,
			 const struct ks_rows *rows, size_t row)
{
	static const uint16_t attrs[KS_PARENTS_MAX] = {
		KMEMSCOPE_A_TRACE_ALLOCATOR_PARENT_1,
		KMEMSCOPE_A_TRACE_ALLOCATOR_PARENT_2,
		KMEMSCOPE_A_TRACE_ALLOCATOR_PARENT_3,
		KMEMSCOPE_A_TRACE_ALLOCATOR_PARENT_4,
	};

	while (creator->nr_parents < KS_PARENTS_MAX) {
		const char *name = ks_field_text(rows, row,
						 attrs[creator->nr_parents]);

		if (!name)
			break;
		creator->parent[creator->nr_parents++] = name;
	}
}

static void frames_fill(struct ks_found_creator *creator,
			const struct ks_rows *stacks, uint64_t stack)
{
	uint64_t depth;
	size_t i;

	for (i = 0; i < stacks->nr && stack != KS_UNKNOWN; i++) {
		if (ks_field(stacks, i, KMEMSCOPE_A_TRACE_STACK_STACK) != stack)
			continue;
		depth = ks_field(stacks, i, KMEMSCOPE_A_TRACE_STACK_DEPTH);
		if (depth >= KS_FRAMES_MAX)
			continue;
		creator->frame[depth] =
			ks_field_text(stacks, i,
				      KMEMSCOPE_A_TRACE_STACK_SYMBOL) ?: "?";
		if (creator->nr_frames <= depth)
			creator->nr_frames = depth + 1;
	}
	for (i = 0; i < creator->nr_frames; i++)
		creator->frame[i] = creator->frame[i] ?: "?";
}

static void place_fill(struct ks_case *c, struct ks_found_creator *creator)
{
	struct ks_container container;

	if (creator->who && *creator->who->service.name)
		creator->service = creator->who->service.name;
	if (!creator->cgroup)
		return;
	if (ks_container_find(&container, creator->cgroup))
		creator->container = ks_strings_add(c->strings, "%s %s",
						    container.engine,
						    container.name);
}

static struct ks_found_creator creator_of(struct ks_case *c,
					  const struct ks_traced *traced,
					  size_t row)
{
	const struct ks_rows *rows = &traced->allocators;
	const struct ks_who *who = traced->who ? &traced->who[row] : NULL;
	struct ks_found_creator creator = {
		.context = ks_field_text(rows, row,
				KMEMSCOPE_A_TRACE_ALLOCATOR_CONTEXT),
		.name = ks_field_text(rows, row,
				KMEMSCOPE_A_TRACE_ALLOCATOR_NAME),
		.who = who,
		.cgroup = who ? who->cgroup : NULL,
		.can_reclaim = who && who->can_reclaim,
		.alive = who && who->alive,
		.uid = ks_field(rows, row, KMEMSCOPE_A_TRACE_ALLOCATOR_UID),
		.pid = ks_field(rows, row, KMEMSCOPE_A_TRACE_ALLOCATOR_PID),
		.nr_allocs = ks_field(rows, row,
				KMEMSCOPE_A_TRACE_ALLOCATOR_NR_ALLOCS),
		.per_second = ks_field(rows, row,
				KMEMSCOPE_A_TRACE_ALLOCATOR_ALLOCS_PER_SECOND),
		.nr_outstanding = ks_field(rows, row,
				KMEMSCOPE_A_TRACE_ALLOCATOR_NR_OUTSTANDING),
	};

	parents_fill(&creator, rows, row);
	if (who && who->starter_pid &&
	    who->starter_parent < creator.nr_parents) {
		creator.starter = creator.parent[who->starter_parent];
		creator.starter_pid = who->starter_pid;
	}
	frames_fill(&creator, &traced->stacks,
		    ks_field(rows, row, KMEMSCOPE_A_TRACE_ALLOCATOR_STACK));
	place_fill(c, &creator);
	return creator;
}

static uint64_t sum(uint64_t a, uint64_t b)
{
	return a == KS_UNKNOWN || b == KS_UNKNOWN ? KS_UNKNOWN : a + b;
}

/* What counts is what stayed; who frees again what it allocates is no leak. */
static uint64_t weight(const struct ks_found_creator *creator)
{
	uint64_t number = creator->nr_outstanding;

	if (number == KS_UNKNOWN)
		number = creator->nr_allocs;
	return number == KS_UNKNOWN ? 0 : number;
}

static int order(const void *a, const void *b)
{
	uint64_t left = weight(a), right = weight(b);

	return left < right ? 1 : left > right ? -1 : 0;
}

static void creator_merge(struct ks_found_creator *into,
			  const struct ks_found_creator *other)
{
	/* The stack that more of it came from is the one to show. */
	if (weight(other) > weight(into)) {
		memcpy(into->frame, other->frame, sizeof(into->frame));
		into->nr_frames = other->nr_frames;
	}
	into->nr_allocs = sum(into->nr_allocs, other->nr_allocs);
	into->per_second = sum(into->per_second, other->per_second);
	into->nr_outstanding = sum(into->nr_outstanding,
				   other->nr_outstanding);
}

static void trace_tell(struct ks_case *c, struct ks_finding *finding,
		       const struct ks_traced *traced)
{
	const struct ks_rows *trace = &traced->trace;
	uint64_t allocs = ks_field(trace, 0, KMEMSCOPE_A_TRACE_NR_ALLOCS);
	uint64_t frees = ks_field(trace, 0, KMEMSCOPE_A_TRACE_NR_FREES);
	uint64_t ns = ks_field(trace, 0, KMEMSCOPE_A_TRACE_DURATION_NS);
	uint64_t explained = ks_field(trace, 0,
				      KMEMSCOPE_A_TRACE_EXPLAINED_PERMILLE);
	uint64_t dropped = ks_field(trace, 0, KMEMSCOPE_A_TRACE_NR_DROPPED);

	if (allocs != KS_UNKNOWN && frees != KS_UNKNOWN && ns != KS_UNKNOWN)
		ks_tell(c, &finding->evidence,
			"%llu objects allocated and %llu freed in %.1f s of a trace",
			(unsigned long long)allocs, (unsigned long long)frees,
			ns / 1e9);
	if (explained != KS_UNKNOWN)
		ks_tell(c, &finding->evidence,
			"what the trace saw explains %s of the growth",
			ks_words_share(explained).text);
	if (explained != KS_UNKNOWN && explained < KS_EXPLAINED_PERMILLE)
		ks_tell(c, &finding->unknown,
			"who made the rest: allocations in bulk pass no probe");
	if (dropped != KS_UNKNOWN && dropped)
		ks_tell(c, &finding->unknown,
			"who made %llu allocations: there was no room for them",
			(unsigned long long)dropped);
}

static void creators_take(struct ks_case *c, struct ks_finding *finding,
			  const struct ks_traced *traced)
{
	struct ks_found_creator *all;
	size_t i, j, nr = 0;
	uint64_t total = 0;

	all = calloc(traced->allocators.nr + 1, sizeof(*all));
	if (!all) {
		c->strings->failed = true;
		return;
	}
	for (i = 0; i < traced->allocators.nr; i++) {
		struct ks_found_creator creator = creator_of(c, traced, i);

		for (j = 0; j < nr; j++)
			if (is_same(&all[j], &creator))
				break;
		if (j < nr)
			creator_merge(&all[j], &creator);
		else
			all[nr++] = creator;
		total += weight(&creator);
	}
	qsort(all, nr, sizeof(*all), order);
	for (i = 0; i < nr && finding->nr_creators < KS_CREATORS_MAX; i++) {
		all[i].share_permille = ks_permille(weight(&all[i]), total);
		if (!total || all[i].share_permille < KS_NAMED_PERMILLE)
			break;
		finding->creator[finding->nr_creators++] = all[i];
	}
	free(all);
}

void ks_creators_fill(struct ks_case *c, struct ks_finding *finding)
{
	const struct ks_traced *traced = NULL;
	size_t i;

	for (i = 0; i < c->look->nr_traced; i++)
		if (!strcmp(c->look->traced[i].cache, finding->cache))
			traced = &c->look->traced[i];
	if (!traced || !traced->done) {
		ks_lines_add(&finding->unknown,
			     "who allocates: no trace of this cache was made");
		return;
	}
	trace_tell(c, finding, traced);
	creators_take(c, finding, traced);
	if (!finding->nr_creators)
		ks_lines_add(&finding->unknown,
			     "who allocates: the trace saw nobody");
}

const char *ks_creator_words(struct ks_case *c,
			     const struct ks_found_creator *creator)
{
	const char *words;
	size_t i;

	if (!creator->name)
		return ks_strings_add(c->strings, "[%s]",
				      creator->context ?: "unknown");
	words = creator->context && !strcmp(creator->context, "kthread") ?
		ks_strings_add(c->strings, "[%s]", creator->name) :
		creator->name;
	for (i = 0; i < creator->nr_parents; i++)
		words = ks_strings_add(c->strings, "%s <- %s", words,
				       creator->parent[i]);
	return words;
}
