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

static void size_tell(struct ks_case *c, struct ks_finding *finding)
{
	uint64_t share = finding->memory_permille;

	ks_tell(c, &finding->evidence,
		"the slab cache %s grew by %s in %.1f s, %s/s",
		finding->cache, ks_words_bytes(finding->growth_bytes).text,
		c->ns / 1e9, ks_words_bytes(finding->bytes_per_second).text);
	ks_tell(c, &finding->evidence, "its size is %s, %s of memory",
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
		if (j < finding->nr_nodes)
			continue;
		if (j == KS_NODES_MAX) {
			finding->nr_more_nodes++;
			continue;
		}
		finding->node[j].node = node;
		finding->node[j].total_bytes = slab_node_bytes(now, name, node);
		finding->node[j].growth_bytes = finding->node[j].total_bytes -
			slab_node_bytes(before, name, node);
		finding->nr_nodes++;
	}
}

/* Bytes that it grew by in each part of the look, for people. */
static const char *unsteady_words(struct ks_case *c, const char *cache)
{
	const struct ks_look_at *at = c->look->at;
	int64_t early = bytes_in(&c->early, cache);
	int64_t late = bytes_in(&c->late, cache);

	return ks_strings_add(c->strings,
		"it may be a burst: %s in the first %.1f s, %s in the %.1f s after that",
		ks_words_bytes(early > 0 ? early : 0).text,
		(at[KS_LOOK_MIDDLE].boottime_ns -
		 at[KS_LOOK_FIRST].boottime_ns) / 1e9,
		ks_words_bytes(late > 0 ? late : 0).text,
		(at[KS_LOOK_LAST].boottime_ns -
		 at[KS_LOOK_MIDDLE].boottime_ns) / 1e9);
}

static const char *little_words(struct ks_case *c, uint64_t explained)
{
	static const char format[] =
		"it grew throughout, but the traced allocations account for only %s of it";

	return ks_strings_add(c->strings, format,
			      ks_words_share(explained).text);
}

static void sure_fill(struct ks_case *c, struct ks_finding *finding,
		      bool steady)
{
	const struct ks_traced *traced = ks_case_traced(c, finding->cache);
	uint64_t explained = KS_UNKNOWN, dropped = KS_UNKNOWN;

	if (traced) {
		explained = ks_field(&traced->trace, 0,
				     KMEMSCOPE_A_TRACE_EXPLAINED_PERMILLE);
		dropped = ks_traced_dropped(traced);
	}
	finding->attributed = explained != KS_UNKNOWN &&
			      dropped <= KS_DROPPED_PERMILLE &&
			      explained >= KS_EXPLAINED_PERMILLE &&
			      explained <= KS_OVERSTATED_PERMILLE;
	finding->sure = !steady ? KS_POSSIBLE :
			finding->attributed ? KS_CERTAIN : KS_LIKELY;
	if (!steady)
		finding->why_sure = unsteady_words(c, finding->cache);
	else if (finding->attributed)
		finding->why_sure =
			"it grew throughout, and the traced allocations account for it";
	else if (explained == KS_UNKNOWN)
		finding->why_sure =
			"it grew throughout, but no trace shows who allocates";
	else if (explained < KS_EXPLAINED_PERMILLE)
		finding->why_sure = little_words(c, explained);
	else if (explained > KS_OVERSTATED_PERMILLE)
		finding->why_sure =
			"it grew throughout, but the trace missed frees, so shares are uncertain";
	else
		finding->why_sure =
			"it grew throughout, but too many traced allocations are unattributed";
}

/* Fill in what all growing caches have: numbers, and how sure they are. */
static void growth_fill(struct ks_case *c, struct ks_finding *finding,
			const struct ks_growth *growth, uint64_t permille)
{
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
	sure_fill(c, finding,
		  ks_case_is_steady(c, bytes_in(&c->early, growth->name),
				    bytes_in(&c->late, growth->name)));
	ks_tell(c, &finding->unknown,
		"whether it continues beyond the %.0f s observed", c->ns / 1e9);
}

static uint64_t untraced(const struct ks_finding *finding)
{
	return finding->attributed_permille < 1000 ?
		1000 - finding->attributed_permille : 0;
}

/* "; 97 % from curl", in as few words as are true. */
static const char *who_words(struct ks_case *c,
			     const struct ks_finding *finding)
{
	const struct ks_found_creator *first = &finding->creator[0];
	const char *name;

	if (!finding->nr_creators)
		return "";
	name = ks_creator_name(c, first);
	if (first->traced_permille < KS_NAMED_PERMILLE)
		return "; spread over many allocators";
	if (finding->attributed && first->share_permille != KS_UNKNOWN)
		return ks_strings_add(c->strings, "; %s from %s",
				      ks_words_share(first->share_permille).text,
				      name);
	if (finding->attributed_permille == KS_UNKNOWN || !untraced(finding))
		return ks_strings_add(c->strings, "; %s of traced allocations from %s",
				      ks_words_share(first->traced_permille).text,
				      name);
	return ks_strings_add(c->strings, "; %s from %s, %s untraced",
			      ks_words_share(first->share_permille).text, name,
			      ks_words_share(untraced(finding)).text);
}

static const char *where_words(struct ks_case *c,
			       const struct ks_finding *finding, bool pattern)
{
	const struct ks_found_place *place = &finding->place[0];

	if (!finding->nr_places || !place->path)
		return "";
	pattern = pattern && place->pattern;
	return ks_strings_add(c->strings, " in %s%s%s%s", place->path,
			      pattern ? " (" : "",
			      pattern ? place->pattern : "",
			      pattern ? ")" : "");
}

static size_t words_count(const char *text)
{
	size_t nr = *text != '\0';

	for (; *text; text++)
		nr += *text == ' ';
	return nr;
}

/* "the dentry cache", "ext4_inode_cache" */
static const char *cache_words(struct ks_case *c, const char *cache)
{
	static const char end[] = "_cache";
	size_t len = strlen(cache);

	if (len >= strlen(end) && !strcmp(cache + len - strlen(end), end))
		return cache;
	return ks_strings_add(c->strings, "the %s cache", cache);
}

/* Who and where, as far as they fit into a headline. */
static void headline_fill(struct ks_case *c, struct ks_finding *finding,
			  const char *what)
{
	const char *who = who_words(c, finding);
	int dropped;

	for (dropped = 0; dropped < 3; dropped++) {
		ks_summarize(c, finding, "%s%s grow %s by %s/s%s",
			     what, dropped < 2 ?
			     where_words(c, finding, !dropped) : "",
			     cache_words(c, finding->cache),
			     ks_words_bytes(finding->bytes_per_second).text,
			     who);
		if (words_count(finding->summary) <= KS_HEADLINE_WORDS)
			return;
	}
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

/* What of the dentries grew. */
enum part { PART_NEGATIVE, PART_POSITIVE, PART_UNKNOWN };

static const struct {
	enum ks_finding_kind kind;
	enum ks_dentries which;
	const char *what;
	const char *word;
} parts[] = {
	[PART_NEGATIVE] = { KS_FINDING_NEGATIVE_DENTRIES, KS_DENTRIES_NEGATIVE,
			    "lookups of non-existent names", "negative" },
	[PART_POSITIVE] = { KS_FINDING_POSITIVE_DENTRIES, KS_DENTRIES_POSITIVE,
			    "files being created or looked up", "positive" },
	[PART_UNKNOWN] = { KS_FINDING_RECLAIMABLE_SLAB, KS_DENTRIES_ALL,
			   "names", "" },
};

static void guess_tell(struct ks_case *c, struct ks_finding *finding,
		       enum part part)
{
	finding->guessed = true;
	if (finding->sure > KS_POSSIBLE)
		finding->why_sure = part == PART_UNKNOWN ?
			"it grew, but whether the names exist is unknown" :
			"it grew, but only a walk shows what the dentries are, not what grew";
	finding->sure = KS_POSSIBLE;
	if (part == PART_UNKNOWN)
		ks_tell(c, &finding->unknown,
			"whether these names exist: the kernel does not count negative dentries");
}

static void dentry_part(struct ks_case *c, const struct ks_growth *growth,
			uint64_t permille, enum part part, bool counted)
{
	struct ks_finding *finding;

	finding = ks_finding_add(c->verdict, parts[part].kind);
	if (!finding)
		return;
	growth_fill(c, finding, growth, permille);
	finding->negative = part == PART_NEGATIVE;
	if (counted)
		ks_tell(c, &finding->evidence,
			"%s of the growth are %s dentries, by the kernel's own counts",
			ks_words_share(permille).text, parts[part].word);
	else
		guess_tell(c, finding, part);
	ks_places_fill(c, finding, parts[part].which, true);
	ks_creators_fill(c, finding);
	headline_fill(c, finding, parts[part].what);
	if (finding->nr_places > 1 && finding->nr_creators > 1)
		ks_lines_add(&finding->unknown,
			     "which of these processes fills which of these directories");
}

static void dentries_judge(struct ks_case *c, const struct ks_growth *growth)
{
	bool counted;
	uint64_t negative = negative_share(c, &counted);

	if (negative == KS_UNKNOWN) {
		dentry_part(c, growth, 1000, PART_UNKNOWN, false);
	} else if (negative >= KS_MOSTLY_PERMILLE) {
		dentry_part(c, growth, 1000, PART_NEGATIVE, counted);
	} else if (negative <= 1000 - KS_MOSTLY_PERMILLE) {
		dentry_part(c, growth, 1000, PART_POSITIVE, counted);
	} else {
		dentry_part(c, growth, negative, PART_NEGATIVE, counted);
		dentry_part(c, growth, 1000 - negative, PART_POSITIVE, counted);
	}
}

static void cache_judge(struct ks_case *c, const struct ks_growth *growth)
{
	static const struct {
		enum ks_finding_kind finding;
		const char *what;
	} kinds[] = {
		[KS_CACHE_INODE] = { KS_FINDING_INODES, "inodes" },
		[KS_CACHE_MEMORY_INODE] = { KS_FINDING_INODES,
					    "files in memory" },
		[KS_CACHE_RECLAIMABLE] = { KS_FINDING_RECLAIMABLE_SLAB,
					   "reclaimable objects" },
		[KS_CACHE_UNRECLAIMABLE] = { KS_FINDING_UNRECLAIMABLE_SLAB,
					     "unreclaimable objects" },
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
	if (ks_cache_has_directory(growth->kind))
		ks_places_fill(c, finding, KS_DENTRIES_POSITIVE, true);
	ks_creators_fill(c, finding);
	headline_fill(c, finding, growth->noun ?: kinds[growth->kind].what);
}

void ks_judge_caches(struct ks_case *c)
{
	int64_t least;
	size_t i;

	for (i = 0; i < c->all.nr; i++) {
		const struct ks_growth *growth = &c->all.growth[i];

		least = growth->reclaimable ? c->grown : c->grown_unreclaimable;
		if (ks_case_matters(c, growth->bytes, growth->reclaimable) &&
		    growth->bytes >= least / 1000 * KS_SIDE_PERMILLE)
			cache_judge(c, growth);
	}
}
