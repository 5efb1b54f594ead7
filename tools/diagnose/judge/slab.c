// SPDX-License-Identifier: GPL-2.0-only
/* Slab caches that grew: what fills them. */
#include <linux/kmemscope.h>
#include <string.h>

#include "diagnose/allocator_words.h"
#include "diagnose/judge/allocators.h"
#include "diagnose/judge/directories.h"
#include "diagnose/judge/judge.h"
#include "lib/words.h"

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

static uint64_t slab_node_bytes(const struct kms_rows *rows, const char *name,
				uint64_t node)
{
	uint64_t sum = 0, bytes;
	size_t i;

	for (i = 0; i < rows->nr; i++) {
		const char *other = kms_field_text(rows, i,
						   KMEMSCOPE_A_SLAB_NODE_NAME);

		bytes = kms_field(rows, i, KMEMSCOPE_A_SLAB_NODE_TOTAL_BYTES);
		if (other && !strcmp(other, name) && bytes != KMS_UNKNOWN &&
		    kms_field(rows, i, KMEMSCOPE_A_SLAB_NODE_NODE) == node)
			sum += bytes;
	}
	return sum;
}

static void nodes_fill(struct kms_case *c, struct kms_finding *finding)
{
	const struct kms_rows *before = &c->look->at[KMS_LOOK_FIRST].slab_nodes;
	const struct kms_rows *now = &c->look->at[KMS_LOOK_LAST].slab_nodes;
	uint64_t node;
	size_t i, j;

	for (i = 0; i < now->nr && before->nr; i++) {
		const char *name = kms_field_text(now, i,
						  KMEMSCOPE_A_SLAB_NODE_NAME);

		if (!name || strcmp(name, finding->cache))
			continue;
		node = kms_field(now, i, KMEMSCOPE_A_SLAB_NODE_NODE);
		for (j = 0; j < finding->nr_nodes; j++)
			if (finding->node[j].node == node)
				break;
		if (j < finding->nr_nodes)
			continue;
		if (j == KMS_NODES_MAX) {
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
static const char *unsteady_words(struct kms_case *c, const char *cache)
{
	const struct kms_look_at *at = c->look->at;
	int64_t early = bytes_in(&c->early, cache);
	int64_t late = bytes_in(&c->late, cache);

	return kms_strings_add(c->strings,
		"it may be a burst: %s in the first %.1f s, %s in the %.1f s after that",
		kms_words_bytes(early > 0 ? early : 0).text,
		(at[KMS_LOOK_MIDDLE].boottime_ns -
		 at[KMS_LOOK_FIRST].boottime_ns) / 1e9,
		kms_words_bytes(late > 0 ? late : 0).text,
		(at[KMS_LOOK_LAST].boottime_ns -
		 at[KMS_LOOK_MIDDLE].boottime_ns) / 1e9);
}

static const char *little_words(struct kms_case *c, uint64_t explained)
{
	static const char format[] =
		"it grew throughout, but the traced allocations account for only %s of it";

	return kms_strings_add(c->strings, format,
			       kms_words_share(explained).text);
}

static void sure_fill(struct kms_case *c, struct kms_finding *finding,
		      bool steady)
{
	const struct kms_traced *traced = kms_case_traced(c, finding->cache);
	uint64_t explained = KMS_UNKNOWN, dropped = KMS_UNKNOWN;

	if (traced) {
		explained = kms_field(&traced->trace, 0,
				      KMEMSCOPE_A_TRACE_EXPLAINED_PERMILLE);
		dropped = kms_traced_dropped(traced);
	}
	finding->attributed = explained != KMS_UNKNOWN &&
			      dropped <= KMS_DROPPED_PERMILLE &&
			      explained >= KMS_EXPLAINED_PERMILLE &&
			      explained <= KMS_OVERSTATED_PERMILLE;
	finding->sure = !steady ? KMS_POSSIBLE :
			finding->attributed ? KMS_CERTAIN : KMS_LIKELY;
	if (!steady)
		finding->why_sure = unsteady_words(c, finding->cache);
	else if (finding->attributed)
		finding->why_sure =
			"it grew throughout, and the traced allocations account for it";
	else if (explained == KMS_UNKNOWN)
		finding->why_sure =
			"it grew throughout, but no trace shows who allocates";
	else if (explained < KMS_EXPLAINED_PERMILLE)
		finding->why_sure = little_words(c, explained);
	else if (explained > KMS_OVERSTATED_PERMILLE)
		finding->why_sure =
			"it grew throughout, but the trace missed frees, so shares are uncertain";
	else
		finding->why_sure =
			"it grew throughout, but too many traced allocations are unattributed";
}

/* Fill in what all growing caches have: numbers, and how sure they are. */
static void growth_fill(struct kms_case *c, struct kms_finding *finding,
			const struct kms_growth *growth, uint64_t permille)
{
	finding->cache = growth->name;
	finding->reclaimable = growth->reclaimable;
	finding->total_bytes = growth->total_bytes;
	finding->nr_objects = growth->nr_objects;
	kms_case_rate(c, finding, permille == 1000 ? growth->bytes :
		      growth->bytes / 1000 * (int64_t)permille);
	if (growth->objects_known && growth->objects > 0)
		finding->objects_per_second = kms_per_second(
			(double)growth->objects * permille / 1000, c->ns);
	nodes_fill(c, finding);
	size_tell(c, finding);
	sure_fill(c, finding,
		  kms_case_is_steady(c, bytes_in(&c->early, growth->name),
				     bytes_in(&c->late, growth->name)));
	kms_tell(c, &finding->unknown,
		 "whether it continues beyond the %.0f s observed",
		 c->ns / 1e9);
}

static uint64_t untraced(const struct kms_finding *finding)
{
	return finding->attributed_permille < 1000 ?
		1000 - finding->attributed_permille : 0;
}

/* "; 97 % from curl", in as few words as are true. */
static const char *who_words(struct kms_case *c,
			     const struct kms_finding *finding)
{
	const struct kms_found_creator *first = &finding->creator[0];
	const char *name;

	if (!finding->nr_creators)
		return "";
	name = kms_creator_name(c->strings, first);
	if (first->traced_permille < KMS_NAMED_PERMILLE)
		return "; spread over many allocators";
	if (finding->attributed && first->share_permille != KMS_UNKNOWN)
		return kms_strings_add(c->strings, "; %s from %s",
				       kms_words_share(first->share_permille).text,
				       name);
	if (finding->attributed_permille == KMS_UNKNOWN || !untraced(finding))
		return kms_strings_add(c->strings, "; %s of traced allocations from %s",
				       kms_words_share(first->traced_permille).text,
				       name);
	return kms_strings_add(c->strings, "; %s from %s, %s untraced",
			       kms_words_share(first->share_permille).text,
			       name, kms_words_share(untraced(finding)).text);
}

static const char *where_words(struct kms_case *c,
			       const struct kms_finding *finding, bool pattern)
{
	const struct kms_found_place *place = &finding->place[0];

	if (!finding->nr_places || !place->path)
		return "";
	pattern = pattern && place->pattern;
	return kms_strings_add(c->strings, " in %s%s%s%s", place->path,
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
static const char *cache_words(struct kms_case *c, const char *cache)
{
	static const char end[] = "_cache";
	size_t len = strlen(cache);

	if (len >= strlen(end) && !strcmp(cache + len - strlen(end), end))
		return cache;
	return kms_strings_add(c->strings, "the %s cache", cache);
}

/* Who and where, as far as they fit into a headline. */
static void headline_fill(struct kms_case *c, struct kms_finding *finding,
			  const char *what)
{
	const char *who = who_words(c, finding);
	int dropped;

	for (dropped = 0; dropped < 3; dropped++) {
		kms_summarize(c, finding, "%s%s grow %s by %s/s%s",
			      what, dropped < 2 ?
			      where_words(c, finding, !dropped) : "",
			      cache_words(c, finding->cache),
			      kms_words_bytes(finding->bytes_per_second).text,
			      who);
		if (words_count(finding->summary) <= KMS_HEADLINE_WORDS)
			return;
	}
}

/* How much of the growth of dentries were negative ones, out of 1000. */
static uint64_t negative_share(struct kms_case *c, bool *counted)
{
	const struct kms_dentry_state *before =
		&c->look->at[KMS_LOOK_FIRST].dentries;
	const struct kms_dentry_state *now =
		&c->look->at[KMS_LOOK_LAST].dentries;
	const struct kms_walk *walk = kms_case_walk(c);
	uint64_t negative, positive;

	*counted = before->known && now->known &&
		   before->nr_negative != KMS_UNKNOWN &&
		   now->nr_negative != KMS_UNKNOWN && now->nr > before->nr;
	if (*counted) {
		if (now->nr_negative <= before->nr_negative)
			return 0;
		negative = now->nr_negative - before->nr_negative;
		if (negative > now->nr - before->nr)
			return 1000;
		return kms_permille(negative, now->nr - before->nr);
	}
	if (!walk)
		return KMS_UNKNOWN;
	negative =
		kms_field(&walk->dentries, 0, KMEMSCOPE_A_DENTRY_NR_NEGATIVE);
	positive =
		kms_field(&walk->dentries, 0, KMEMSCOPE_A_DENTRY_NR_POSITIVE);
	if (negative == KMS_UNKNOWN || positive == KMS_UNKNOWN)
		return KMS_UNKNOWN;
	return kms_permille(negative, negative + positive);
}

/* What of the dentries grew. */
enum part { PART_NEGATIVE, PART_POSITIVE, PART_UNKNOWN };

static const struct {
	enum kms_finding_kind kind;
	enum kms_dentries which;
	const char *what;
	const char *word;
} parts[] = {
	[PART_NEGATIVE] = { KMS_FINDING_NEGATIVE_DENTRIES,
			    KMS_DENTRIES_NEGATIVE,
			    "lookups of non-existent names", "negative" },
	[PART_POSITIVE] = { KMS_FINDING_POSITIVE_DENTRIES,
			    KMS_DENTRIES_POSITIVE,
			    "files being created or looked up", "positive" },
	[PART_UNKNOWN] = { KMS_FINDING_RECLAIMABLE_SLAB, KMS_DENTRIES_ALL,
			   "names", "" },
};

static void guess_tell(struct kms_case *c, struct kms_finding *finding,
		       enum part part)
{
	finding->guessed = true;
	if (finding->sure > KMS_POSSIBLE)
		finding->why_sure = part == PART_UNKNOWN ?
			"it grew, but whether the names exist is unknown" :
			"it grew, but only a walk shows what the dentries are, not what grew";
	finding->sure = KMS_POSSIBLE;
	if (part == PART_UNKNOWN)
		kms_tell(c, &finding->unknown,
			 "whether these names exist: the kernel does not count negative dentries");
}

static void dentry_part(struct kms_case *c, const struct kms_growth *growth,
			uint64_t permille, enum part part, bool counted)
{
	struct kms_finding *finding;

	finding = kms_finding_add(c->verdict, parts[part].kind);
	if (!finding)
		return;
	growth_fill(c, finding, growth, permille);
	finding->negative = part == PART_NEGATIVE;
	if (counted)
		kms_tell(c, &finding->evidence,
			 "%s of the growth are %s dentries, by the kernel's own counts",
			 kms_words_share(permille).text, parts[part].word);
	else
		guess_tell(c, finding, part);
	kms_places_fill(c, finding, parts[part].which, true);
	kms_creators_fill(c, finding);
	headline_fill(c, finding, parts[part].what);
	if (finding->nr_places > 1 && finding->nr_creators > 1)
		kms_lines_add(&finding->unknown,
			      "which of these processes fills which of these directories");
}

static void dentries_judge(struct kms_case *c, const struct kms_growth *growth)
{
	bool counted;
	uint64_t negative = negative_share(c, &counted);

	if (negative == KMS_UNKNOWN) {
		dentry_part(c, growth, 1000, PART_UNKNOWN, false);
	} else if (negative >= KMS_MOSTLY_PERMILLE) {
		dentry_part(c, growth, 1000, PART_NEGATIVE, counted);
	} else if (negative <= 1000 - KMS_MOSTLY_PERMILLE) {
		dentry_part(c, growth, 1000, PART_POSITIVE, counted);
	} else {
		dentry_part(c, growth, negative, PART_NEGATIVE, counted);
		dentry_part(c, growth, 1000 - negative, PART_POSITIVE, counted);
	}
}

static void cache_judge(struct kms_case *c, const struct kms_growth *growth)
{
	static const struct {
		enum kms_finding_kind finding;
		const char *what;
	} kinds[] = {
		[KMS_CACHE_INODE] = { KMS_FINDING_INODES, "inodes" },
		[KMS_CACHE_MEMORY_INODE] = { KMS_FINDING_INODES,
					    "files in memory" },
		[KMS_CACHE_RECLAIMABLE] = { KMS_FINDING_RECLAIMABLE_SLAB,
					   "reclaimable objects" },
		[KMS_CACHE_UNRECLAIMABLE] = { KMS_FINDING_UNRECLAIMABLE_SLAB,
					     "unreclaimable objects" },
	};
	struct kms_finding *finding;

	if (growth->kind == KMS_CACHE_DENTRY) {
		dentries_judge(c, growth);
		return;
	}
	finding = kms_finding_add(c->verdict, kinds[growth->kind].finding);
	if (!finding)
		return;
	growth_fill(c, finding, growth, 1000);
	if (kms_cache_has_directory(growth->kind))
		kms_places_fill(c, finding, KMS_DENTRIES_POSITIVE, true);
	kms_creators_fill(c, finding);
	headline_fill(c, finding, growth->noun ?: kinds[growth->kind].what);
}

void kms_judge_caches(struct kms_case *c)
{
	int64_t least;
	size_t i;

	for (i = 0; i < c->all.nr; i++) {
		const struct kms_growth *growth = &c->all.growth[i];

		least = growth->reclaimable ? c->grown : c->grown_unreclaimable;
		if (kms_case_matters(c, growth->bytes, growth->reclaimable) &&
		    growth->bytes >= least / 1000 * KMS_SIDE_PERMILLE)
			cache_judge(c, growth);
	}
}
