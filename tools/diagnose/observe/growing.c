// SPDX-License-Identifier: GPL-2.0-only
/* The caches that grow and are worth a trace. */
#include <stdlib.h>
#include <string.h>

#include "diagnose/growth.h"
#include "diagnose/observe/growing.h"

/* A second trace of one cache, where the first does not explain its growth. */
#define MAX_TRACES_OF_ONE 2

/* After this many refused traces no other is requested. */
#define MAX_REFUSED 3

/* Growth by this much more than the minimum replaces a reclaimable cache. */
#define LEAK_FACTOR 4

/* A cache that grew by less of the largest growth, out of 1000, is left out. */
#define MIN_PERMILLE 100

/* Has it been traced as often as is worth it? */
static bool is_traced(const struct kms_observation *obs, const char *cache)
{
	size_t i, nr = 0;

	if (obs->nr_refused >= MAX_REFUSED)
		return true;
	for (i = 0; i < obs->nr_traces; i++) {
		const struct kms_trace *trace = &obs->trace[i];
		uint64_t explained = trace->total.explained_permille;

		if (strcmp(trace->cache, cache))
			continue;
		if (++nr == MAX_TRACES_OF_ONE ||
		    (explained >= KMS_EXPLAINED_PERMILLE &&
		     explained <= KMS_OVERSTATED_PERMILLE))
			return true;
	}
	return false;
}

static void growing_add(struct kms_growing *growing,
			const struct kms_growth *growth, int64_t min_bytes)
{
	size_t i, last = growing->nr;

	for (i = 0; i < growing->nr; i++)
		if (!strcmp(growing->cache[i], growth->name))
			return;
	if (last == KMS_MAX_GROWING) {
		/* A backup must not keep a leak from being traced. */
		if (growth->reclaimable ||
		    growth->bytes < LEAK_FACTOR * min_bytes ||
		    growing->unreclaimable[--last])
			return;
		free(growing->cache[last]);
		growing->nr--;
	}
	growing->cache[last] = strdup(growth->name);
	/* Of files the process matters, not the function. */
	growing->stacks[last] = !kms_cache_has_directory(growth->kind);
	growing->unreclaimable[last] = !growth->reclaimable;
	if (growing->cache[last])
		growing->nr++;
}

void kms_growing_find(struct kms_growing *growing,
		      const struct kms_observation *obs,
		      const struct kms_moment *older,
		      const struct kms_moment *newer, int64_t min_bytes)
{
	/* Growth that can be reclaimed hides none that cannot. */
	int64_t largest[2] = { 0, 0 };
	struct kms_growths growths;
	size_t i;

	if (!kms_growths_find(&growths, older, newer))
		return;
	for (i = 0; i < growths.nr; i++) {
		const struct kms_growth *growth = &growths.growth[i];
		int64_t *most = &largest[growth->reclaimable];

		if (growth->bytes > *most)
			*most = growth->bytes;
		if (growth->bytes < min_bytes ||
		    growth->bytes < *most / 1000 * MIN_PERMILLE)
			continue;
		growing->dentries |= kms_cache_has_directory(growth->kind);
		if (!is_traced(obs, growth->name))
			growing_add(growing, growth, min_bytes);
	}
	kms_growths_free(&growths);
}

void kms_growing_free(struct kms_growing *growing)
{
	while (growing->nr)
		free(growing->cache[--growing->nr]);
}
