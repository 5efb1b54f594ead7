// SPDX-License-Identifier: GPL-2.0-only
/* The slab cache of dentries, when it grew: of which names, and where. */
#include "diagnose/judge/allocators.h"
#include "diagnose/judge/cache.h"
#include "diagnose/judge/directories.h"
#include "diagnose/judge/headline.h"
#include "diagnose/judge/judge.h"
#include "lib/words.h"

/* Growth is of one kind of dentries if this much of it is. */
#define MOSTLY_PERMILLE 800

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
			    "failed lookups", "negative" },
	[PART_POSITIVE] = { KMS_FINDING_POSITIVE_DENTRIES,
			    KMS_DENTRIES_POSITIVE,
			    "files created or looked up", "positive" },
	[PART_UNKNOWN] = { KMS_FINDING_RECLAIMABLE_SLAB, KMS_DENTRIES_ALL,
			   "cached names", "" },
};

/* Did the kernel count negative dentries while their number grew? */
static bool is_counted(const struct kms_dentry_state *before,
		       const struct kms_dentry_state *now)
{
	return before->known && now->known &&
	       before->nr_negative != KMS_UNKNOWN &&
	       now->nr_negative != KMS_UNKNOWN && now->nr > before->nr;
}

static uint64_t counted_share(const struct kms_dentry_state *before,
			      const struct kms_dentry_state *now)
{
	uint64_t negative;

	if (now->nr_negative <= before->nr_negative)
		return 0;
	negative = now->nr_negative - before->nr_negative;
	if (negative > now->nr - before->nr)
		return 1000;
	return kms_permille(negative, now->nr - before->nr);
}

/* What of all dentries is negative, which need not be what grew. */
static uint64_t walked_share(const struct kms_walk *walk)
{
	if (!walk || walk->total.nr_negative == KMS_UNKNOWN ||
	    walk->total.nr_positive == KMS_UNKNOWN)
		return KMS_UNKNOWN;
	return kms_permille(walk->total.nr_negative, walk->total.nr_negative +
			    walk->total.nr_positive);
}

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

static void part_judge(struct kms_case *c, const struct kms_growth *growth,
		       uint64_t permille, enum part part, bool counted)
{
	struct kms_finding *finding =
		kms_cache_finding(c, parts[part].kind, growth, permille);

	if (!finding)
		return;
	finding->negative = part == PART_NEGATIVE;
	if (counted)
		kms_tell(c, &finding->evidence,
			 "%s of the growth is %s dentries, by the kernel's own count",
			 kms_words_share(permille).text, parts[part].word);
	else
		guess_tell(c, finding, part);
	kms_directories_fill(c, finding, parts[part].which, true);
	kms_allocators_fill(c, finding);
	kms_headline_fill(c, finding, parts[part].what);
	if (finding->nr_directories > 1 && finding->nr_allocators > 1)
		kms_lines_add(&finding->unknown,
			      "which of these processes fills which of these directories");
}

void kms_judge_dentries(struct kms_case *c)
{
	const struct kms_growth *growth = kms_growths_of(&c->all, "dentry");
	const struct kms_dentry_state *before, *now;
	uint64_t negative;
	bool counted;

	if (!growth || !kms_cache_is_judged(c, growth))
		return;
	before = &c->obs->moment[KMS_MOMENT_FIRST].dentries;
	now = &c->obs->moment[KMS_MOMENT_LAST].dentries;
	counted = is_counted(before, now);
	negative = counted ? counted_share(before, now) :
			     walked_share(kms_case_walk(c));
	if (negative == KMS_UNKNOWN) {
		part_judge(c, growth, 1000, PART_UNKNOWN, false);
	} else if (negative >= MOSTLY_PERMILLE) {
		part_judge(c, growth, 1000, PART_NEGATIVE, counted);
	} else if (negative <= 1000 - MOSTLY_PERMILLE) {
		part_judge(c, growth, 1000, PART_POSITIVE, counted);
	} else {
		part_judge(c, growth, negative, PART_NEGATIVE, counted);
		part_judge(c, growth, 1000 - negative, PART_POSITIVE, counted);
	}
}
