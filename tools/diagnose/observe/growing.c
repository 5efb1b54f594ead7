// SPDX-License-Identifier: GPL-2.0-only
/* The caches that grow and are worth a trace. */
#include <stdlib.h>
#include <string.h>

#include "diagnose/growth.h"
#include "diagnose/observe/growing.h"
#include "lib/clock.h"

/* A second trace of one cache, where the first does not explain its growth. */
#define MAX_TRACES_OF_ONE 2

/* Of those that grow the most, this many are traced at a time. */
#define MAX_BY_GROWTH 2

/* Fewer new objects are noise, and so are rates that differ by more. */
#define MIN_SLOW_OBJECTS 10
#define SLOW_FACTOR 4

/* Growth that is this slow is not worth a long trace. */
#define MAX_SLOW_NS (5 * NS_PER_SEC)

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
	if (last == MAX_BY_GROWTH) {
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

static double rate_of(const struct kms_growth *growth,
		      const struct kms_moment *older,
		      const struct kms_moment *newer)
{
	return (double)growth->objects /
	       (newer->boottime_ns - older->boottime_ns);
}

/* Objects of a cache that come at the same rate all the time; else 0. */
static int64_t slow_objects(const struct kms_growths *early,
			    const struct kms_growth *second,
			    const struct kms_moment *const moments[3])
{
	const struct kms_growth *first = kms_growths_of(early, second->name);
	double before, after;

	if (second->reclaimable || !second->objects_known || !first ||
	    !first->objects_known || first->objects <= 0 ||
	    second->objects <= 0 ||
	    first->objects + second->objects < MIN_SLOW_OBJECTS)
		return 0;
	before = rate_of(first, moments[0], moments[1]);
	after = rate_of(second, moments[1], moments[2]);
	if (before > SLOW_FACTOR * after || after > SLOW_FACTOR * before)
		return 0;
	return first->objects + second->objects;
}

/* False when there is no room, or no memory. */
static bool slow_add(struct kms_growing *growing,
		     const struct kms_growth *growth)
{
	if (growing->nr == KMS_MAX_GROWING)
		return false;
	growing->cache[growing->nr] = strdup(growth->name);
	growing->stacks[growing->nr] = true;
	growing->unreclaimable[growing->nr] = true;
	if (!growing->cache[growing->nr])
		return false;
	growing->nr++;
	return true;
}

/* Is there already, or has been traced? */
static bool is_chosen(const struct kms_growing *growing,
		      const struct kms_observation *obs, const char *cache)
{
	size_t i;

	for (i = 0; i < growing->nr; i++)
		if (!strcmp(growing->cache[i], cache))
			return true;
	return is_traced(obs, cache);
}

/* The unreclaimable cache that is the largest of those not chosen yet. */
static const struct kms_growth *
largest_find(const struct kms_growing *growing,
	     const struct kms_observation *obs,
	     const struct kms_growths *growths)
{
	const struct kms_growth *largest = NULL;
	size_t i;

	for (i = 0; i < growths->nr; i++) {
		const struct kms_growth *growth = &growths->growth[i];

		if (!growth->reclaimable &&
		    (!largest || growth->total_bytes > largest->total_bytes) &&
		    !is_chosen(growing, obs, growth->name))
			largest = growth;
	}
	return largest;
}

/* The one with the most objects that come steadily; NULL if there is none. */
static const struct kms_growth *
slow_find(const struct kms_growing *growing, const struct kms_observation *obs,
	  const struct kms_growths *early, const struct kms_growths *late,
	  const struct kms_moment *const moments[3])
{
	const struct kms_growth *most = NULL;
	int64_t objects, best = 0;
	size_t i;

	for (i = 0; i < late->nr; i++) {
		objects = slow_objects(early, &late->growth[i], moments);
		if (objects <= best ||
		    is_chosen(growing, obs, late->growth[i].name))
			continue;
		best = objects;
		most = &late->growth[i];
	}
	return most;
}

void kms_growing_slow(struct kms_growing *growing,
		      const struct kms_observation *obs,
		      const struct kms_moment *older,
		      const struct kms_moment *last,
		      const struct kms_moment *now)
{
	const struct kms_moment *const moments[3] = { older, last, now };
	struct kms_growths early = { 0 }, late;
	const struct kms_growth *most;

	growing->max_ns = MAX_SLOW_NS;
	if (last->boottime_ns >= now->boottime_ns ||
	    !kms_growths_find(&late, last, now))
		return;
	/* The first poll has nothing to compare with. */
	if (older->boottime_ns < last->boottime_ns &&
	    kms_growths_find(&early, older, last)) {
		most = slow_find(growing, obs, &early, &late, moments);
		if (most)
			slow_add(growing, most);
	}
	do {
		most = largest_find(growing, obs, &late);
	} while (most && slow_add(growing, most));
	kms_growths_free(&early);
	kms_growths_free(&late);
}

void kms_growing_free(struct kms_growing *growing)
{
	while (growing->nr)
		free(growing->cache[--growing->nr]);
}
