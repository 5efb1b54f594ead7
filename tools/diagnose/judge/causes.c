// SPDX-License-Identifier: GPL-2.0-only
/* From growths to causes: what belongs together becomes one finding. */
#include <stdlib.h>
#include <string.h>

#include "diagnose/judge/cause_table.h"
#include "diagnose/judge/cause_words.h"
#include "diagnose/judge/causes.h"
#include "diagnose/judge/holders.h"
#include "lib/array.h"
#include "lib/words.h"

/* A lead that comes slower shows no cause, in objects a second. */
#define MIN_LEADS 1

/* Leaks of one allocator are one if their rates differ by less. */
#define ALIKE_FACTOR 2

/* What may have the cause of a row of the table. */
struct gathering {
	const struct kms_cause *cause;
	struct kms_grown grown;
	double limit;		/* bytes that others grew by at most */
	const struct kms_found_allocator *first;	/* or NULL */
	struct kms_holders holders;
	struct kms_finding *member[KMS_MAX_FINDINGS];
	size_t nr;
};

/* Has no cause yet, and grew? */
static bool is_free(const struct kms_finding *finding)
{
	return finding->cache && finding->growth_bytes != KMS_UNKNOWN &&
	       !finding->nr_holders && !finding->nr_parts &&
	       (!finding->cause || !kms_finding_has_slab(finding));
}

static bool leads(const struct kms_cause *cause, const char *cache)
{
	return kms_cause_fits(cause->lead, KMS_MAX_LEADS, cache);
}

static bool goes_with(const struct kms_cause *cause, const char *cache)
{
	return kms_cause_fits(cause->with, KMS_MAX_WITH, cache);
}

static bool is_lead(const struct kms_cause *cause,
		    const struct kms_finding *finding)
{
	/* A scan fills caches of inodes, of whatever file system. */
	if (cause->reclaimable)
		return finding->reclaimable &&
		       (finding->kind == KMS_FINDING_INODES ||
			leads(cause, finding->cache));
	return leads(cause, finding->cache);
}

/* Names that many causes share show none of them. */
static bool is_common(const char *cache)
{
	static const char * const common[] = {
		"kmalloc-*", "dentry", "filp", "inode_cache", "unaccounted",
		"vmalloc", "percpu", "large_kmalloc", "page_table",
		"radix_tree_node", "kernfs_node_cache", "proc_inode_cache",
	};

	return kms_cause_fits(common, ARRAY_SIZE(common), cache);
}

static double objects_of(const struct kms_growth *growth)
{
	if (growth->objects_known)
		return growth->objects;
	return growth->size ? (double)growth->bytes / growth->size : 0;
}

static struct kms_finding *finding_of(struct kms_case *c, const char *cache)
{
	size_t i;

	for (i = 0; i < c->verdict->nr_findings; i++) {
		struct kms_finding *finding = &c->verdict->finding[i];

		if (is_free(finding) && !strcmp(finding->cache, cache))
			return finding;
	}
	return NULL;
}

/* Nearly all objects of a lead are of the kind that another lead has. */
#define SAME_OBJECTS 0.9

/* Most sockets that came may be of TCP. */
static const char *noun_of(struct kms_case *c, const struct kms_grown *grown)
{
	const char *noun = grown->cause->noun;
	size_t i;

	for (i = 0; i < c->growths.nr && noun == grown->cause->noun; i++) {
		const struct kms_growth *growth = &c->growths.growth[i];

		if (leads(grown->cause, growth->name) && growth->objects > 0 &&
		    objects_of(growth) >= SAME_OBJECTS * grown->objects)
			noun = kms_cause_noun(grown->cause, growth->name);
	}
	return noun;
}

/* The lead of which the most objects came; counters have no objects. */
static bool lead_find(struct kms_case *c, struct gathering *g)
{
	double least = MIN_LEADS * (c->ns / 1e9), objects;
	size_t i;

	for (i = 0; i < c->growths.nr; i++) {
		const struct kms_growth *growth = &c->growths.growth[i];

		if (!leads(g->cause, growth->name))
			continue;
		objects = objects_of(growth);
		if (objects < least || objects <= g->grown.objects)
			continue;
		g->grown.objects = objects;
		g->grown.lead = growth->name;
	}
	for (i = 0; i < c->verdict->nr_findings && !g->grown.lead; i++) {
		const struct kms_finding *finding = &c->verdict->finding[i];

		if (is_free(finding) && is_lead(g->cause, finding))
			g->grown.lead = finding->cache;
	}
	if (!g->grown.lead)
		return false;
	g->grown.cause = g->cause;
	g->grown.noun = noun_of(c, &g->grown);
	g->grown.finding = finding_of(c, g->grown.lead);
	return true;
}

static bool has_frame(const struct kms_cause *cause,
		      const struct kms_found_allocator *allocator)
{
	size_t i, j, len;

	for (i = 0; i < allocator->nr_frames; i++) {
		for (j = 0; j < KMS_MAX_CAUSE_FRAMES && cause->frame[j]; j++) {
			len = strcspn(allocator->frame[i], "+. ");
			if (strlen(cause->frame[j]) == len &&
			    !strncmp(allocator->frame[i], cause->frame[j],
				     len))
				return true;
		}
	}
	return false;
}

static bool is_task(const struct kms_found_allocator *allocator)
{
	return allocator->name && allocator->context &&
	       !strcmp(allocator->context, "task");
}

/* A job may have one process that lists files, and another that reads them. */
static bool same_parent(const struct kms_found_allocator *a,
			const struct kms_found_allocator *b)
{
	return a->nr_parents && b->nr_parents &&
	       !strcmp(a->parent[0], b->parent[0]);
}

/* Is the first allocator of a finding who also has the lead? */
static bool same_allocator(const struct gathering *g,
			   const struct kms_finding *finding)
{
	const struct kms_found_allocator *first = &finding->allocator[0];
	size_t i;

	if (!finding->nr_allocators)
		return g->grown.finding || g->cause->is_strong ||
		       g->holders.explains;
	if (has_frame(g->cause, first))
		return true;
	for (i = 0; i < g->holders.nr && first->name; i++)
		if (!strcmp(g->holders.holder[i].name, first->name))
			return true;
	if (g->first && (!strcmp(g->first->label, first->label) ||
			 (g->cause->reclaimable &&
			  same_parent(g->first, first))))
		return true;
	/* An interrupt allocates for anybody. */
	return !is_task(first);
}

static bool is_steady(const struct kms_case *c,
		      const struct kms_finding *finding)
{
	const struct kms_growth *growth =
		kms_growths_of(&c->growths, finding->cache);

	if (!kms_finding_has_slab(finding) || !growth)
		return finding->sure != KMS_POSSIBLE;
	return kms_case_is_steady(c, growth->early_bytes, growth->late_bytes);
}

static bool belongs(const struct kms_case *c, const struct gathering *g,
		    const struct kms_finding *finding)
{
	const struct kms_cause *cause = g->cause;

	/* Failed lookups have their own cause. */
	if (!is_free(finding) || finding->negative ||
	    finding->kind == KMS_FINDING_NEGATIVE_DENTRIES ||
	    (cause->reclaimable &&
	     (!finding->reclaimable || finding->guessed)))
		return false;
	if (is_lead(cause, finding) && !is_common(finding->cache))
		return true;
	if (finding != g->grown.finding && !is_lead(cause, finding) &&
	    !goes_with(cause, finding->cache))
		return false;
	if (finding->growth_bytes > g->limit || !same_allocator(g, finding))
		return false;
	return !g->grown.finding || finding == g->grown.finding ||
	       is_steady(c, finding) == is_steady(c, g->grown.finding);
}

/* Bytes that the holders have to explain. */
static int64_t bytes_find(struct kms_case *c, const struct kms_cause *cause)
{
	/* kmalloc() has many users: the leads decide. */
	bool by_leads = cause->witness == KMS_WITNESS_QUEUES;
	int64_t bytes = 0;
	size_t i;

	for (i = 0; i < c->verdict->nr_findings; i++) {
		const struct kms_finding *finding = &c->verdict->finding[i];

		if (is_free(finding) &&
		    (is_lead(cause, finding) ||
		     (!by_leads && goes_with(cause, finding->cache))))
			bytes += finding->growth_bytes;
	}
	return bytes;
}

static void limit_fill(struct gathering *g)
{
	double objects = g->grown.objects, queued;

	if (g->cause->witness == KMS_WITNESS_CGROUPS ||
	    g->holders.nr_grown > objects)
		objects = g->holders.nr_grown;
	g->limit = objects * g->cause->bytes_each;
	if (g->holders.bytes == KMS_UNKNOWN)
		return;
	/* What waits is counted without the room around it. */
	queued = 4.0 * g->holders.bytes;
	if (!g->cause->bytes_each || !objects || queued < g->limit)
		g->limit = queued;
}

/* Twice: what shows the first allocator need not come first. */
static void members_find(struct kms_case *c, struct gathering *g)
{
	const struct kms_finding *lead = g->grown.finding;
	size_t pass, i;

	if (lead && lead->nr_allocators)
		g->first = &lead->allocator[0];
	for (pass = 0; pass < 2; pass++) {
		g->nr = 0;
		for (i = 0; i < c->verdict->nr_findings; i++)
			if (belongs(c, g, &c->verdict->finding[i]))
				g->member[g->nr++] = &c->verdict->finding[i];
		for (i = 0; i < g->nr && !g->first; i++)
			if (g->member[i]->nr_allocators)
				g->first = &g->member[i]->allocator[0];
	}
}

static int part_compare(const void *a, const void *b)
{
	const struct kms_found_part *left = a, *right = b;

	return left->bytes_per_second < right->bytes_per_second ? 1 :
	       left->bytes_per_second > right->bytes_per_second ? -1 : 0;
}

/* The most of it that is pinned, or that has directories in a scan. */
static bool is_better(const struct kms_cause *cause,
		      const struct kms_finding *finding,
		      const struct kms_finding *than)
{
	if (cause->has_directory &&
	    !finding->nr_directories != !than->nr_directories)
		return finding->nr_directories;
	if (finding->reclaimable != than->reclaimable)
		return !finding->reclaimable;
	return finding->growth_bytes > than->growth_bytes;
}

static void allocators_take(struct kms_finding *into,
			    const struct kms_finding *from)
{
	if (into->nr_allocators || !from->nr_allocators)
		return;
	memcpy(into->allocator, from->allocator, sizeof(into->allocator));
	into->nr_allocators = from->nr_allocators;
	into->attributed = from->attributed;
	into->attributed_permille = from->attributed_permille;
}

/* Of a cache that others use, too, only its growth is of this cause. */
static uint64_t own_bytes(const struct kms_finding *finding)
{
	return is_common(finding->cache) || finding->total_bytes == KMS_UNKNOWN ?
	       finding->growth_bytes : finding->total_bytes;
}

/* One of them stands for all; the others become its parts. */
static struct kms_finding *members_merge(struct kms_case *c,
					 struct gathering *g)
{
	struct kms_finding *into = g->member[0];
	uint64_t total = 0;
	int64_t grown = 0;
	size_t i;

	for (i = 1; i < g->nr; i++)
		if (is_better(g->cause, g->member[i], into))
			into = g->member[i];
	for (i = 0; i < g->nr; i++) {
		const struct kms_finding *from = g->member[i];

		kms_part_add(into, from);
		total += own_bytes(from);
		grown += from->growth_bytes;
		allocators_take(into, from);
		if (from->sure > into->sure) {
			into->sure = from->sure;
			into->why_sure = from->why_sure;
		}
	}
	qsort(into->part, into->nr_parts, sizeof(*into->part), part_compare);
	if (g->nr > 1) {
		into->total_bytes = total;
		into->reclaimable = g->cause->reclaimable;
		into->nr_nodes = 0;
		kms_case_rate(c, into, grown);
	}
	if (!g->cause->reclaimable && kms_finding_has_slab(into) &&
	    !g->cause->has_directory) {
		into->kind = KMS_FINDING_UNRECLAIMABLE_SLAB;
		into->reclaimable = false;
		kms_case_rate(c, into, grown);
	}
	if (!g->cause->has_directory)
		into->nr_directories = 0;
	return into;
}

static void others_remove(struct kms_case *c, struct gathering *g,
			  const struct kms_finding *kept)
{
	size_t i;

	/* From the last on, so that the others stay where they are. */
	for (i = g->nr; i-- > 0;) {
		if (g->member[i] == kept)
			continue;
		kms_finding_remove(c->verdict, g->member[i]);
		if (kept > g->member[i])
			kept--;
	}
}

static void unknown_drop(struct kms_finding *finding, const char *begin)
{
	struct kms_lines *lines = &finding->unknown;
	size_t i, nr = 0;

	for (i = 0; i < lines->nr; i++)
		if (strncmp(lines->line[i], begin, strlen(begin)))
			lines->line[nr++] = lines->line[i];
	lines->nr = nr;
}

static void holders_take(struct kms_finding *finding,
			 const struct kms_holders *holders)
{
	struct kms_found_holder *holder;
	size_t i;

	for (i = 0; i < holders->nr; i++) {
		holder = kms_holder_add(finding);
		if (!holder)
			return;
		*holder = holders->holder[i];
		if (holder->share_permille != KMS_UNKNOWN)
			holder->growth_bytes = finding->growth_bytes / 1000.0 *
					       holder->share_permille;
	}
	unknown_drop(finding, "who allocates");
	unknown_drop(finding, "whose");
	unknown_drop(finding, "in which director");
	unknown_drop(finding, "which directory");
}

static void cause_fill(struct kms_case *c, struct gathering *g)
{
	struct kms_finding *finding = members_merge(c, g);
	const double seconds = c->ns / 1e9;

	finding->cause = g->cause->name;
	finding->freed_by = g->cause->freed_by;
	if (g->holders.explains)
		holders_take(finding, &g->holders);
	else if (g->cause->witness == KMS_WITNESS_OBJECTS)
		g->holders.nr_grown = g->grown.objects;
	if (finding->nr_allocators)
		unknown_drop(finding, "who allocates: this cache");
	if (g->grown.objects && finding->nr_parts > 1)
		finding->objects_per_second = g->grown.objects / seconds + 0.5;
	kms_cause_words(c, finding, &(struct kms_cause_found){
		.cause = g->cause,
		.grown = &g->grown,
		.holders = &g->holders,
		.nr_members = g->nr,
	});
	others_remove(c, g, finding);
}

static void cause_judge(struct kms_case *c, const struct kms_cause *cause)
{
	struct gathering g = { .cause = cause };

	if (!lead_find(c, &g))
		return;
	g.grown.bytes = bytes_find(c, cause);
	kms_holders_find(c, &g.holders, &g.grown);
	if (cause->needs_holder && !g.holders.explains)
		return;
	if (!g.holders.explains)
		g.holders.nr = 0;
	limit_fill(&g);
	members_find(c, &g);
	if (g.nr)
		cause_fill(c, &g);
}

/* Do these two leak alike: the same allocator, at about the same rate? */
static bool is_alike(const struct kms_finding *a, const struct kms_finding *b)
{
	uint64_t left = a->objects_per_second, right = b->objects_per_second;

	return a->nr_allocators && b->nr_allocators &&
	       a->allocator[0].label && b->allocator[0].label &&
	       !strcmp(a->allocator[0].label, b->allocator[0].label) &&
	       left != KMS_UNKNOWN && right != KMS_UNKNOWN &&
	       left <= ALIKE_FACTOR * right && right <= ALIKE_FACTOR * left;
}

/* Unreclaimable caches that one allocator fills are one leak. */
static void leaks_merge(struct kms_case *c)
{
	static const struct kms_cause leak = { .name = "kernel_leak" };
	struct kms_verdict *verdict = c->verdict;
	struct gathering g;
	size_t i, j;

	for (i = 0; i < verdict->nr_findings; i++) {
		struct kms_finding *first = &verdict->finding[i];

		if (first->kind != KMS_FINDING_UNRECLAIMABLE_SLAB ||
		    !is_free(first) || first->cause)
			continue;
		g = (struct gathering){ .cause = &leak, .member = { first },
					.nr = 1 };
		for (j = i + 1; j < verdict->nr_findings; j++) {
			struct kms_finding *other = &verdict->finding[j];

			if (other->kind == first->kind && is_free(other) &&
			    !other->cause && is_alike(first, other) &&
			    is_steady(c, first) == is_steady(c, other))
				g.member[g.nr++] = other;
		}
		if (g.nr == 1)
			continue;
		first = members_merge(c, &g);
		kms_leak_words(c, first, g.nr);
		others_remove(c, &g, first);
		/* Another may be in its place now. */
		i--;
	}
}

void kms_causes_judge(struct kms_case *c)
{
	const struct kms_cause *cause;
	size_t i;

	for (cause = kms_causes; cause->name; cause++)
		cause_judge(c, cause);
	leaks_merge(c);
	for (i = 0; i < c->verdict->nr_findings; i++)
		kms_cause_name(c, &c->verdict->finding[i]);
}
