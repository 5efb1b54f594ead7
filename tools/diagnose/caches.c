// SPDX-License-Identifier: GPL-2.0-only
/* Slab caches that grew: what fills them. */
#include <linux/kmemscope.h>
#include <string.h>

#include "diagnose/verdict.h"
#include "diagnose/words.h"

static int64_t bytes_in(const struct ks_growths *growths, const char *name)
{
	const struct ks_growth *growth = ks_growths_of(growths, name);

	return growth ? growth->bytes : 0;
}

/* Both parts of the look must have seen it. */
static bool is_steady(const struct ks_case *c, const char *name)
{
	return bytes_in(&c->early, name) > 0 && bytes_in(&c->late, name) > 0;
}

static const struct ks_traced *traced_of(const struct ks_case *c,
					 const char *cache)
{
	size_t i;

	for (i = 0; i < c->look->nr_traced; i++)
		if (c->look->traced[i].done &&
		    !strcmp(c->look->traced[i].cache, cache))
			return &c->look->traced[i];
	return NULL;
}

static void size_tell(struct ks_case *c, struct ks_finding *finding)
{
	uint64_t share = finding->memory_permille;

	ks_tell(c, &finding->evidence,
		"the slab cache %s grew by %s in %.1f s, %s a second",
		finding->cache, ks_words_bytes(finding->growth_bytes).text,
		c->ns / 1e9, ks_words_bytes(finding->bytes_per_second).text);
	ks_tell(c, &finding->evidence, "it has %s, %s of memory",
		ks_words_bytes(finding->total_bytes).text,
		share == KS_UNKNOWN ? "an unknown share" :
				      ks_words_share(share).text);
}

static uint64_t slab_node_bytes(const struct ks_rows *rows, const char *name,
				uint64_t node)
{
	uint64_t sum = 0, bytes;
	size_t i;

	for (i = 0; i < rows->nr; i++) {
		const char *other = ks_field_text(rows, i,
						  KMEMSCOPE_A_SLAB_NODE_NAME);

		bytes = ks_field(rows, i, KMEMSCOPE_A_SLAB_NODE_TOTAL_BYTES);
		if (other && !strcmp(other, name) && bytes != KS_UNKNOWN &&
		    ks_field(rows, i, KMEMSCOPE_A_SLAB_NODE_NODE) == node)
			sum += bytes;
	}
	return sum;
}

static void nodes_fill(struct ks_case *c, struct ks_finding *finding)
{
	const struct ks_rows *before = &c->look->at[KS_LOOK_FIRST].slab_nodes;
	const struct ks_rows *now = &c->look->at[KS_LOOK_LAST].slab_nodes;
	uint64_t node;
	size_t i, j;

	for (i = 0; i < now->nr && before->nr; i++) {
		const char *name = ks_field_text(now, i,
						 KMEMSCOPE_A_SLAB_NODE_NAME);

		if (!name || strcmp(name, finding->cache))
			continue;
		node = ks_field(now, i, KMEMSCOPE_A_SLAB_NODE_NODE);
		for (j = 0; j < finding->nr_nodes; j++)
			if (finding->node[j].node == node)
				break;
		if (j < finding->nr_nodes || j == KS_NODES_MAX)
			continue;
		finding->node[j].node = node;
		finding->node[j].total_bytes = slab_node_bytes(now, name, node);
		finding->node[j].growth_bytes = finding->node[j].total_bytes -
			slab_node_bytes(before, name, node);
		finding->nr_nodes++;
	}
}

/* Fill in what all growing caches have: numbers, and how sure they are. */
static void growth_fill(struct ks_case *c, struct ks_finding *finding,
			const struct ks_growth *growth, uint64_t permille)
{
	const struct ks_traced *traced = traced_of(c, growth->name);
	uint64_t explained = KS_UNKNOWN;
	bool steady = is_steady(c, growth->name);

	finding->cache = growth->name;
	finding->reclaimable = growth->reclaimable;
	finding->total_bytes = growth->total_bytes;
	finding->nr_objects = growth->nr_objects;
	ks_case_rate(c, finding, permille == 1000 ? growth->bytes :
		     growth->bytes / 1000 * (int64_t)permille);
	if (growth->objects_known && growth->objects > 0)
		finding->objects_per_second =
			ks_per_second((double)growth->objects * permille / 1000,
				      c->ns);
	nodes_fill(c, finding);
	size_tell(c, finding);
	if (traced)
		explained = ks_field(&traced->trace, 0,
				     KMEMSCOPE_A_TRACE_EXPLAINED_PERMILLE);
	if (!steady) {
		finding->sure = KS_POSSIBLE;
		finding->why_sure =
			"it grew in one part of the look only: it may be a burst that is over";
	} else if (explained != KS_UNKNOWN &&
		   explained >= KS_EXPLAINED_PERMILLE) {
		finding->sure = KS_CERTAIN;
		finding->why_sure =
			"it grew all the time, and the allocations that were seen explain it";
	} else {
		finding->sure = KS_LIKELY;
		finding->why_sure =
			"it grew all the time, but who allocates was not seen in full";
	}
	ks_tell(c, &finding->unknown,
		"whether it goes on after the %.0f s that were looked at",
		c->ns / 1e9);
}

/* "and of that 97 % by curl <- probe.sh", or nothing. */
static const char *who_words(struct ks_case *c,
			     const struct ks_finding *finding)
{
	const struct ks_found_creator *first = &finding->creator[0];

	if (!finding->nr_creators)
		return "";
	return ks_strings_add(c->strings, ", %s of it by %s",
			      ks_words_share(first->share_permille).text,
			      ks_creator_words(c, first));
}

static const char *where_words(struct ks_case *c,
			       const struct ks_finding *finding)
{
	const struct ks_found_place *place = &finding->place[0];

	if (!finding->nr_places || !place->path)
		return "";
	return ks_strings_add(c->strings, " in %s%s%s%s",
			      place->path, place->pattern ? " (" : "",
			      place->pattern ? place->pattern : "",
			      place->pattern ? ")" : "");
}

/* How much of the growth of dentries were negative ones, out of 1000. */
static uint64_t negative_share(struct ks_case *c, bool *counted)
{
	const struct ks_dentry_state *before =
		&c->look->at[KS_LOOK_FIRST].dentries;
	const struct ks_dentry_state *now = &c->look->at[KS_LOOK_LAST].dentries;
	const struct ks_walk *walk = ks_case_walk(c);
	uint64_t negative, positive;

	*counted = before->known && now->known &&
		   before->nr_negative != KS_UNKNOWN &&
		   now->nr_negative != KS_UNKNOWN && now->nr > before->nr;
	if (*counted) {
		if (now->nr_negative <= before->nr_negative)
			return 0;
		negative = now->nr_negative - before->nr_negative;
		if (negative > now->nr - before->nr)
			return 1000;
		return ks_permille(negative, now->nr - before->nr);
	}
	if (!walk)
		return KS_UNKNOWN;
	negative = ks_field(&walk->dentries, 0, KMEMSCOPE_A_DENTRY_NR_NEGATIVE);
	positive = ks_field(&walk->dentries, 0, KMEMSCOPE_A_DENTRY_NR_POSITIVE);
	if (negative == KS_UNKNOWN || positive == KS_UNKNOWN)
		return KS_UNKNOWN;
	return ks_permille(negative, negative + positive);
}

static void dentry_part(struct ks_case *c, const struct ks_growth *growth,
			uint64_t permille, bool negative, bool counted)
{
	const char *what = negative ? "lookups of names that do not exist" :
				      "files that are made or looked up";
	struct ks_finding *finding;

	finding = ks_finding_add(c->verdict, negative ?
				 KS_FINDING_NEGATIVE_DENTRIES :
				 KS_FINDING_POSITIVE_DENTRIES);
	if (!finding)
		return;
	growth_fill(c, finding, growth, permille);
	if (counted)
		ks_tell(c, &finding->evidence,
			"%s of the growth are %s dentries, by the kernel's own counts",
			ks_words_share(permille).text,
			negative ? "negative" : "positive");
	else
		finding->sure = KS_POSSIBLE;
	ks_places_fill(c, finding, negative ? KS_DENTRIES_NEGATIVE :
					      KS_DENTRIES_POSITIVE, true);
	ks_creators_fill(c, finding);
	ks_summarize(c, finding,
		     "%s%s fill the slab cache dentry by %s a second%s", what,
		     where_words(c, finding),
		     ks_words_bytes(finding->bytes_per_second).text,
		     who_words(c, finding));
	if (finding->nr_places > 1 && finding->nr_creators > 1)
		ks_lines_add(&finding->unknown,
			     "which of these processes fills which of these directories");
}

static void dentries_judge(struct ks_case *c, const struct ks_growth *growth)
{
	bool counted;
	uint64_t negative = negative_share(c, &counted);

	/* Not even a guess: say it of all, and that it is one. */
	if (negative == KS_UNKNOWN)
		negative = 1000;
	if (negative >= KS_MOSTLY_PERMILLE) {
		dentry_part(c, growth, 1000, true, counted);
	} else if (negative <= 1000 - KS_MOSTLY_PERMILLE) {
		dentry_part(c, growth, 1000, false, counted);
	} else {
		dentry_part(c, growth, negative, true, counted);
		dentry_part(c, growth, 1000 - negative, false, counted);
	}
}

static void cache_judge(struct ks_case *c, const struct ks_growth *growth)
{
	static const struct {
		enum ks_finding_kind finding;
		const char *what;
	} kinds[] = {
		[KS_CACHE_INODE] = { KS_FINDING_INODES, "inodes" },
		[KS_CACHE_RECLAIMABLE] = { KS_FINDING_RECLAIMABLE_SLAB,
					   "reclaimable objects" },
		[KS_CACHE_UNRECLAIMABLE] = { KS_FINDING_UNRECLAIMABLE_SLAB,
					     "objects that cannot be reclaimed" },
	};
	struct ks_finding *finding;

	if (growth->kind == KS_CACHE_DENTRY) {
		dentries_judge(c, growth);
		return;
	}
	finding = ks_finding_add(c->verdict, kinds[growth->kind].finding);
	if (!finding)
		return;
	growth_fill(c, finding, growth, 1000);
	if (growth->kind == KS_CACHE_INODE)
		ks_places_fill(c, finding, KS_DENTRIES_POSITIVE, true);
	ks_creators_fill(c, finding);
	ks_summarize(c, finding, "%s%s fill the slab cache %s by %s a second%s",
		     kinds[growth->kind].what, where_words(c, finding),
		     growth->name,
		     ks_words_bytes(finding->bytes_per_second).text,
		     who_words(c, finding));
}

void ks_judge_caches(struct ks_case *c)
{
	size_t i;

	for (i = 0; i < c->all.nr; i++) {
		const struct ks_growth *growth = &c->all.growth[i];

		if (!ks_case_matters(c, growth->bytes) ||
		    growth->bytes < c->grown / 1000 * KS_SIDE_PERMILLE)
			break;
		cache_judge(c, growth);
	}
}
