// SPDX-License-Identifier: GPL-2.0-only
/* A finding about a slab cache that grew: its numbers and its certainty. */
#include <string.h>

#include "diagnose/judge/cache.h"
#include "diagnose/judge/trace.h"
#include "lib/words.h"

/*
 * A cache that grew by less of the largest growth goes with that.  Growth that
 * can be reclaimed never hides growth that cannot.
 */
#define SIDE_PERMILLE 100

/* More allocations without an allocator make the shares uncertain. */
#define DROPPED_PERMILLE 50

static int64_t bytes_in(const struct kms_growths *growths, const char *name)
{
	const struct kms_growth *growth = kms_growths_of(growths, name);

	return growth ? growth->bytes : 0;
}

static void size_tell(struct kms_case *c, struct kms_finding *finding)
{
	uint64_t share = finding->memory_permille;

	kms_tell(c, &finding->evidence,
		 "the slab cache %s grew by %s in %.1f s, %s/s",
		 finding->cache, kms_words_bytes(finding->growth_bytes).text,
		 c->ns / 1e9, kms_words_bytes(finding->bytes_per_second).text);
	kms_tell(c, &finding->evidence, "its size is %s, %s of memory",
		 kms_words_bytes(finding->total_bytes).text,
		 share == KMS_UNKNOWN ? "an unknown share" :
				      kms_words_share(share).text);
}

static uint64_t node_bytes(const struct kms_slab_node_records *slabs,
			   const char *name, uint64_t node)
{
	const struct kms_slab_node_record *slab;
	uint64_t sum = 0;

	kms_for_each(slab, slabs)
		if (slab->node == node && slab->name &&
		    !strcmp(slab->name, name) &&
		    slab->total_bytes != KMS_UNKNOWN)
			sum += slab->total_bytes;
	return sum;
}

static bool has_node(const struct kms_finding *finding, uint64_t node)
{
	size_t i;

	for (i = 0; i < finding->nr_nodes; i++)
		if (finding->node[i].node == node)
			return true;
	return false;
}

static void nodes_fill(struct kms_case *c, struct kms_finding *finding)
{
	const struct kms_slab_node_records *before =
		&c->obs->moment[KMS_MOMENT_FIRST].slab_nodes;
	const struct kms_slab_node_records *now =
		&c->obs->moment[KMS_MOMENT_LAST].slab_nodes;
	const struct kms_slab_node_record *slab;
	struct kms_found_node *node;

	if (!before->nr)
		return;
	kms_for_each(slab, now) {
		if (!slab->name || strcmp(slab->name, finding->cache) ||
		    has_node(finding, slab->node))
			continue;
		if (finding->nr_nodes == KMS_MAX_NODES) {
			finding->nr_more_nodes++;
			continue;
		}
		node = &finding->node[finding->nr_nodes++];
		node->node = slab->node;
		node->total_bytes = node_bytes(now, slab->name, slab->node);
		node->growth_bytes = node->total_bytes -
			node_bytes(before, slab->name, slab->node);
	}
}

static const char *burst_words(struct kms_case *c, const char *cache)
{
	int64_t early = bytes_in(&c->early, cache);
	int64_t late = bytes_in(&c->late, cache);

	return kms_strings_add(c->strings,
		"it may be a burst, with %s in the first %.1f s and %s in the %.1f s after that",
		kms_words_bytes(early > 0 ? early : 0).text,
		kms_moments_ns(c->obs, KMS_MOMENT_FIRST,
			       KMS_MOMENT_MIDDLE) / 1e9,
		kms_words_bytes(late > 0 ? late : 0).text,
		kms_moments_ns(c->obs, KMS_MOMENT_MIDDLE,
			       KMS_MOMENT_LAST) / 1e9);
}

/* Why steady growth is not certain. */
static const char *doubt_words(struct kms_case *c, uint64_t explained)
{
	if (explained == KMS_UNKNOWN)
		return "it grew throughout, but no trace shows who allocates";
	if (explained < KMS_EXPLAINED_PERMILLE)
		return kms_strings_add(c->strings,
			"it grew throughout, but the traced allocations account for only %s of it",
			kms_words_share(explained).text);
	if (explained > KMS_OVERSTATED_PERMILLE)
		return "it grew throughout, but the trace missed frees, so shares are uncertain";
	return "it grew throughout, but too many traced allocations have no allocator";
}

static void sure_fill(struct kms_case *c, struct kms_finding *finding,
		      bool steady)
{
	const struct kms_trace *trace = kms_case_trace(c, finding->cache);
	uint64_t explained = KMS_UNKNOWN;

	if (trace) {
		explained = trace->total.explained_permille;
		finding->attributed = explained >= KMS_EXPLAINED_PERMILLE &&
			explained <= KMS_OVERSTATED_PERMILLE &&
			kms_trace_dropped(trace) <= DROPPED_PERMILLE;
	}
	if (!steady) {
		finding->sure = KMS_POSSIBLE;
		finding->why_sure = burst_words(c, finding->cache);
	} else if (finding->attributed) {
		finding->sure = KMS_CERTAIN;
		finding->why_sure =
			"it grew throughout, and the traced allocations account for it";
	} else {
		finding->sure = KMS_LIKELY;
		finding->why_sure = doubt_words(c, explained);
	}
}

bool kms_cache_is_judged(const struct kms_case *c,
			 const struct kms_growth *growth)
{
	int64_t largest = growth->reclaimable ? c->largest :
						c->largest_unreclaimable;

	return kms_case_matters(c, growth->bytes, growth->reclaimable) &&
	       growth->bytes >= largest / 1000 * SIDE_PERMILLE;
}

struct kms_finding *kms_cache_finding(struct kms_case *c,
				      enum kms_finding_kind kind,
				      const struct kms_growth *growth,
				      uint64_t permille)
{
	struct kms_finding *finding = kms_finding_add(c->verdict, kind);
	double objects;

	if (!finding)
		return NULL;
	finding->cache = growth->name;
	finding->reclaimable = growth->reclaimable;
	finding->total_bytes = growth->total_bytes;
	finding->nr_objects = growth->nr_objects;
	kms_case_rate(c, finding, permille == 1000 ? growth->bytes :
		      growth->bytes / 1000 * (int64_t)permille);
	objects = (double)growth->objects * permille / 1000;
	if (growth->objects_known && objects > 0)
		finding->objects_per_second = kms_per_second(objects, c->ns);
	nodes_fill(c, finding);
	size_tell(c, finding);
	sure_fill(c, finding,
		  kms_case_is_steady(c, bytes_in(&c->early, growth->name),
				     bytes_in(&c->late, growth->name)));
	kms_tell(c, &finding->unknown,
		 "whether it continues beyond the %.0f s observed",
		 c->ns / 1e9);
	return finding;
}
