// SPDX-License-Identifier: GPL-2.0-only
/* Who allocated from a cache, out of its trace. */
#include <linux/kmemscope.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/judge/allocators.h"
#include "host/container.h"
#include "lib/fold.h"
#include "lib/words.h"

/* The trace of a cache that saw most of it, or NULL. */
const struct kms_traced *kms_case_traced(const struct kms_case *c,
					 const char *cache)
{
	const struct kms_traced *found = NULL;
	uint64_t most = 0, allocs;
	size_t i;

	for (i = 0; i < c->look->nr_traced; i++) {
		const struct kms_traced *traced = &c->look->traced[i];

		if (!traced->done || strcmp(traced->cache, cache))
			continue;
		allocs = kms_field(&traced->trace, 0, KMEMSCOPE_A_TRACE_NR_ALLOCS);
		if (found && (allocs == KMS_UNKNOWN || allocs <= most))
			continue;
		found = traced;
		most = allocs == KMS_UNKNOWN ? 0 : allocs;
	}
	return found;
}

uint64_t kms_traced_dropped(const struct kms_traced *traced)
{
	uint64_t allocs = kms_field(&traced->trace, 0,
				    KMEMSCOPE_A_TRACE_NR_ALLOCS);
	uint64_t dropped = kms_field(&traced->trace, 0,
				     KMEMSCOPE_A_TRACE_NR_DROPPED);

	if (allocs == KMS_UNKNOWN || dropped == KMS_UNKNOWN || dropped > allocs)
		return KMS_UNKNOWN;
	return kms_permille(dropped, allocs);
}

/* What of the growth the trace attributes to allocators, out of 1000. */
static uint64_t attributed(const struct kms_traced *traced)
{
	uint64_t explained = kms_field(&traced->trace, 0,
				       KMEMSCOPE_A_TRACE_EXPLAINED_PERMILLE);
	uint64_t dropped = kms_traced_dropped(traced);

	if (explained == KMS_UNKNOWN || dropped == KMS_UNKNOWN)
		return KMS_UNKNOWN;
	if (explained > 1000)
		explained = 1000;
	return explained * (1000 - dropped) / 1000;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool is_text(const char *text, const char *wanted)
{
	return text && !strcmp(text, wanted);
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
 * What tells allocators apart, as a text.  Numbers in names do not: workers and
 * pools have one each.  Nor do stacks, but for kworkers: there the function
 * that works is the allocator, whoever runs it.
 */
static const char *key_of(struct kms_case *c,
			  const struct kms_found_creator *creator)
{
	const char *key;
	size_t i;

	if (creator->work)
		return kms_strings_add(c->strings, "work\n%s", creator->work);
	key = kms_strings_add(c->strings, "%s\n%s", creator->context ?: "",
			      creator->name ? folded(c, creator->name) : "");
	if (is_text(creator->context, "kthread"))
		return key;
	for (i = 0; i < creator->nr_parents; i++)
		key = kms_strings_add(c->strings, "%s\n%s", key,
				      folded(c, creator->parent[i]));
	return kms_strings_add(c->strings, "%s\n%s\n%llu", key,
			       creator->cgroup ?: "",
			       (unsigned long long)creator->uid);
}

static void frames_fill(struct kms_found_creator *creator,
			const struct kms_rows *stacks, uint64_t stack)
{
	uint64_t depth;
	size_t i;

	for (i = 0; i < stacks->nr && stack != KMS_UNKNOWN; i++) {
		if (kms_field(stacks, i, KMEMSCOPE_A_TRACE_STACK_STACK) !=
		    stack)
			continue;
		depth = kms_field(stacks, i, KMEMSCOPE_A_TRACE_STACK_DEPTH);
		if (depth >= KMS_FRAMES_MAX)
			continue;
		creator->frame[depth] =
			kms_field_text(stacks, i,
				       KMEMSCOPE_A_TRACE_STACK_SYMBOL) ?: "?";
		if (creator->nr_frames <= depth)
			creator->nr_frames = depth + 1;
	}
	for (i = 0; i < creator->nr_frames; i++)
		creator->frame[i] = creator->frame[i] ?: "?";
}

static const char *symbol_at(const struct kms_rows *stacks, uint64_t stack,
			     uint64_t depth)
{
	size_t i;

	for (i = 0; i < stacks->nr; i++)
		if (kms_field(stacks, i, KMEMSCOPE_A_TRACE_STACK_STACK) ==
			    stack &&
		    kms_field(stacks, i, KMEMSCOPE_A_TRACE_STACK_DEPTH) ==
			    depth)
			return kms_field_text(stacks, i,
					      KMEMSCOPE_A_TRACE_STACK_SYMBOL);
	return NULL;
}

/* The function that a kworker runs: process_one_work() calls it. */
static void work_fill(struct kms_case *c, struct kms_found_creator *creator,
		      const struct kms_rows *stacks, uint64_t stack)
{
	static const char caller[] = "process_one_work+";
	const char *symbol, *module;
	uint64_t depth;

	if (stack == KMS_UNKNOWN || !is_text(creator->context, "kthread"))
		return;
	for (depth = 1; (symbol = symbol_at(stacks, stack, depth)); depth++)
		if (!strncmp(symbol, caller, strlen(caller)))
			break;
	symbol = symbol ? symbol_at(stacks, stack, depth - 1) : NULL;
	if (!symbol)
		return;
	module = strrchr(symbol, '[');
	creator->work = kms_strings_add(c->strings, "%.*s%s%s",
					(int)strcspn(symbol, "+ "), symbol,
					module ? " " : "", module ?: "");
}

static void place_fill(struct kms_case *c, struct kms_found_creator *creator)
{
	struct kms_container container;

	if (creator->who && *creator->who->service.name)
		creator->service = creator->who->service.name;
	if (!creator->cgroup)
		return;
	if (kms_container_find(&container, creator->cgroup))
		creator->container = kms_strings_add(c->strings, "%s %s",
						     container.engine,
						     container.name);
}

static struct kms_found_creator creator_of(struct kms_case *c,
					   const struct kms_traced *traced,
					   size_t row)
{
	const struct kms_rows *rows = &traced->allocators;
	const struct kms_who *who = traced->who ? &traced->who[row] : NULL;
	uint64_t stack;
	struct kms_found_creator creator = {
		.context = kms_field_text(rows, row,
				KMEMSCOPE_A_TRACE_ALLOCATOR_CONTEXT),
		.name = kms_field_text(rows, row,
				KMEMSCOPE_A_TRACE_ALLOCATOR_NAME),
		.who = who,
		.cgroup = who ? who->cgroup : NULL,
		.nr_alike = 1,
		.share_permille = KMS_UNKNOWN,
		.traced_permille = KMS_UNKNOWN,
		.can_reclaim = who && who->can_reclaim,
		.alive = who && who->alive,
		.uid = kms_field(rows, row, KMEMSCOPE_A_TRACE_ALLOCATOR_UID),
		.pid = kms_field(rows, row, KMEMSCOPE_A_TRACE_ALLOCATOR_PID),
		.nr_allocs = kms_field(rows, row,
				KMEMSCOPE_A_TRACE_ALLOCATOR_NR_ALLOCS),
		.per_second = kms_field(rows, row,
				KMEMSCOPE_A_TRACE_ALLOCATOR_ALLOCS_PER_SECOND),
		.nr_outstanding = kms_field(rows, row,
				KMEMSCOPE_A_TRACE_ALLOCATOR_NR_OUTSTANDING),
	};

	creator.nr_parents = kms_field_parents(rows, row, creator.parent);
	if (who && who->starter_pid &&
	    who->starter_parent < creator.nr_parents) {
		creator.starter = creator.parent[who->starter_parent];
		creator.starter_pid = who->starter_pid;
	}
	stack = kms_field(rows, row, KMEMSCOPE_A_TRACE_ALLOCATOR_STACK);
	frames_fill(&creator, &traced->stacks, stack);
	work_fill(c, &creator, &traced->stacks, stack);
	place_fill(c, &creator);
	return creator;
}

static uint64_t sum(uint64_t a, uint64_t b)
{
	return a == KMS_UNKNOWN || b == KMS_UNKNOWN ? KMS_UNKNOWN : a + b;
}

/* What counts is what stayed; who frees again what it allocates is no leak. */
static uint64_t weight(const struct kms_found_creator *creator)
{
	uint64_t number = creator->nr_outstanding;

	if (number == KMS_UNKNOWN)
		number = creator->nr_allocs;
	return number == KMS_UNKNOWN ? 0 : number;
}

struct group {
	struct kms_found_creator creator;
	const char *key;
};

static int order(const void *a, const void *b)
{
	const struct group *left_group = a, *right_group = b;
	uint64_t left = weight(&left_group->creator);
	uint64_t right = weight(&right_group->creator);

	return left < right ? 1 : left > right ? -1 : 0;
}

static bool same_parents(const struct kms_found_creator *a,
			 const struct kms_found_creator *b)
{
	size_t i;

	for (i = 0; i < a->nr_parents && i < b->nr_parents; i++)
		if (strcmp(a->parent[i], b->parent[i]))
			return false;
	return a->nr_parents == b->nr_parents;
}

/* One name for several: then no single process or starter is the one. */
static void names_merge(struct kms_case *c, struct kms_found_creator *into,
			const struct kms_found_creator *other)
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

static void creator_merge(struct kms_case *c, struct kms_found_creator *into,
			  const struct kms_found_creator *other)
{
	/* The stack that more of it came from is the one to show. */
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

static void trace_tell(struct kms_case *c, struct kms_finding *finding,
		       const struct kms_traced *traced)
{
	const struct kms_rows *trace = &traced->trace;
	uint64_t allocs = kms_field(trace, 0, KMEMSCOPE_A_TRACE_NR_ALLOCS);
	uint64_t frees = kms_field(trace, 0, KMEMSCOPE_A_TRACE_NR_FREES);
	uint64_t ns = kms_field(trace, 0, KMEMSCOPE_A_TRACE_DURATION_NS);
	uint64_t explained = kms_field(trace, 0,
				       KMEMSCOPE_A_TRACE_EXPLAINED_PERMILLE);
	uint64_t dropped = kms_field(trace, 0, KMEMSCOPE_A_TRACE_NR_DROPPED);

	if (allocs != KMS_UNKNOWN && frees != KMS_UNKNOWN && ns != KMS_UNKNOWN)
		kms_tell(c, &finding->evidence,
			 "a trace of %.1f s saw %llu objects allocated and %llu freed",
			 ns / 1e9, (unsigned long long)allocs,
			 (unsigned long long)frees);
	if (explained != KMS_UNKNOWN)
		kms_tell(c, &finding->evidence,
			 "the traced allocations account for %s of the growth",
			 kms_words_share(explained).text);
	if (explained != KMS_UNKNOWN && explained < KMS_EXPLAINED_PERMILLE)
		kms_tell(c, &finding->unknown,
			 "who allocated the rest: bulk allocations are not traced");
	if (explained != KMS_UNKNOWN && explained > KMS_OVERSTATED_PERMILLE)
		kms_tell(c, &finding->unknown,
			 "how much of it stays: frees in bulk or by kfree_rcu() are not traced");
	if (dropped != KMS_UNKNOWN && dropped)
		kms_tell(c, &finding->unknown,
			 "%llu allocations are unattributed: the allocator table was full",
			 (unsigned long long)dropped);
}

static size_t groups_make(struct kms_case *c, struct group *all,
			  const struct kms_traced *traced, uint64_t *total)
{
	size_t i, j, nr = 0;

	*total = 0;
	for (i = 0; i < traced->allocators.nr; i++) {
		struct kms_found_creator creator = creator_of(c, traced, i);
		const char *key = key_of(c, &creator);

		*total += weight(&creator);
		for (j = 0; j < nr; j++)
			if (!strcmp(all[j].key, key))
				break;
		if (j < nr)
			creator_merge(c, &all[j].creator, &creator);
		else
			all[nr++] = (struct group){ creator, key };
	}
	qsort(all, nr, sizeof(*all), order);
	return nr;
}

static void creators_take(struct kms_case *c, struct kms_finding *finding,
			  const struct kms_traced *traced)
{
	uint64_t total, share;
	struct group *all;
	size_t i, nr;

	all = calloc(traced->allocators.nr + 1, sizeof(*all));
	if (!all) {
		c->strings->failed = true;
		return;
	}
	nr = groups_make(c, all, traced, &total);
	for (i = 0; i < nr && total && i < KMS_CREATORS_MAX; i++) {
		share = kms_permille(weight(&all[i].creator), total);
		/* The largest is named, however small. */
		if (i && share < KMS_NAMED_PERMILLE)
			break;
		all[i].creator.traced_permille = share;
		if (finding->attributed_permille != KMS_UNKNOWN)
			all[i].creator.share_permille =
				share * finding->attributed_permille / 1000;
		finding->creator[finding->nr_creators++] = all[i].creator;
	}
	if (finding->nr_creators &&
	    finding->creator[0].traced_permille < KMS_NAMED_PERMILLE)
		kms_tell(c, &finding->evidence,
			 "the allocations are spread over %zu allocators, none above %s",
			 nr, kms_words_share(KMS_NAMED_PERMILLE).text);
	free(all);
}

void kms_creators_fill(struct kms_case *c, struct kms_finding *finding)
{
	const struct kms_traced *traced = kms_case_traced(c, finding->cache);

	if (!traced) {
		kms_lines_add(&finding->unknown,
			      "who allocates: this cache was not traced");
		return;
	}
	/* What did not grow has no share of growth. */
	if (finding->growth_bytes != KMS_UNKNOWN)
		finding->attributed_permille = attributed(traced);
	trace_tell(c, finding, traced);
	creators_take(c, finding, traced);
	if (!finding->nr_creators)
		kms_lines_add(&finding->unknown,
			      "who allocates: no traced object stayed allocated");
}
