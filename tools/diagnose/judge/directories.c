// SPDX-License-Identifier: GPL-2.0-only
/* The directories that dentries are in, out of two walks. */
#include <linux/kmemscope.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/judge/directories.h"
#include "lib/words.h"

/* A directory of a walk, by its row. */
struct directory {
	size_t row;
	uint64_t nr;		/* of the dentries that are meant, now */
	uint64_t grown;		/* since the walk before; KMS_UNKNOWN */
	uint64_t rank;		/* what they are sorted by */
};

static uint64_t count_of(const struct kms_rows *rows, size_t row,
			 enum kms_dentries which)
{
	static const uint16_t attrs[] = {
		[KMS_DENTRIES_ALL] = KMEMSCOPE_A_DENTRY_DIRECTORY_NR_DENTRIES,
		[KMS_DENTRIES_NEGATIVE] =
			KMEMSCOPE_A_DENTRY_DIRECTORY_NR_NEGATIVE,
		[KMS_DENTRIES_POSITIVE] =
			KMEMSCOPE_A_DENTRY_DIRECTORY_NR_POSITIVE,
	};
	uint64_t nr = kms_field(rows, row, attrs[which]);

	return nr == KMS_UNKNOWN ? 0 : nr;
}

static bool same_directory(const struct kms_rows *a, size_t i,
			   const struct kms_rows *b, size_t j)
{
	const char *left = kms_field_text(a, i,
				KMEMSCOPE_A_DENTRY_DIRECTORY_DEVICE);
	const char *right = kms_field_text(b, j,
				KMEMSCOPE_A_DENTRY_DIRECTORY_DEVICE);

	return left && right && !strcmp(left, right) &&
	       kms_field(a, i, KMEMSCOPE_A_DENTRY_DIRECTORY_INODE) ==
	       kms_field(b, j, KMEMSCOPE_A_DENTRY_DIRECTORY_INODE) &&
	       kms_field(a, i, KMEMSCOPE_A_DENTRY_DIRECTORY_GENERATION) ==
	       kms_field(b, j, KMEMSCOPE_A_DENTRY_DIRECTORY_GENERATION);
}

/* Buckets that a walk came to, out of 1000. */
static uint64_t coverage_of(const struct kms_walk *walk)
{
	return kms_field(&walk->dentries, 0,
			 KMEMSCOPE_A_DENTRY_COVERAGE_PERMILLE);
}

/* Variance of a count that was scaled up from a part of the buckets. */
static double variance_of(uint64_t nr, uint64_t coverage)
{
	/* What rounds to 0 is less than half of one. */
	double part = (coverage ? coverage : 0.5) / 1000.0;

	if (coverage == KMS_UNKNOWN || coverage >= 1000)
		return 0;
	return nr * (1 - part) / part;
}

/*
 * What a directory had in the walk before.  One that was not among the largest
 * then had at most what the smallest of those had, if there were that many.
 */
static uint64_t before_of(const struct kms_walk *before,
			  const struct kms_walk *now, size_t row,
			  enum kms_dentries which)
{
	const struct kms_rows *old = &before->directories;
	uint64_t least = 0;
	size_t i;

	for (i = 0; i < old->nr; i++) {
		if (same_directory(&now->directories, row, old, i))
			return count_of(old, i, which);
		if (!i || count_of(old, i, KMS_DENTRIES_ALL) < least)
			least = count_of(old, i, KMS_DENTRIES_ALL);
	}
	return old->nr < KMEMSCOPE_MAX_DIRECTORIES ? 0 : least;
}

static uint64_t grown_of(const struct kms_walk *before,
			 const struct kms_walk *now, size_t row,
			 enum kms_dentries which)
{
	uint64_t nr = count_of(&now->directories, row, which);
	uint64_t old = before_of(before, now, row, which);
	double variance = variance_of(nr, coverage_of(now)) +
			  variance_of(old, coverage_of(before));
	double grown = nr > old ? nr - old : 0;

	/* Within two standard deviations it may be chance. */
	return grown * grown > 4 * variance ? nr - old : 0;
}

static int order(const void *a, const void *b)
{
	const struct directory *left = a, *right = b;

	if (left->rank != right->rank)
		return left->rank < right->rank ? 1 : -1;
	return left->row < right->row ? -1 : 1;
}

static uint64_t total_of(const struct kms_walk *walk, enum kms_dentries which)
{
	static const uint16_t attrs[] = {
		[KMS_DENTRIES_ALL] = KMEMSCOPE_A_DENTRY_NR_HASHED,
		[KMS_DENTRIES_NEGATIVE] = KMEMSCOPE_A_DENTRY_NR_NEGATIVE,
		[KMS_DENTRIES_POSITIVE] = KMEMSCOPE_A_DENTRY_NR_POSITIVE,
	};

	return kms_field(&walk->dentries, 0, attrs[which]);
}

static void walk_tell(struct kms_case *c, struct kms_finding *finding,
		      const struct kms_walk *walk)
{
	uint64_t coverage = coverage_of(walk);
	uint64_t negative = total_of(walk, KMS_DENTRIES_NEGATIVE);
	uint64_t positive = total_of(walk, KMS_DENTRIES_POSITIVE);

	if (negative != KMS_UNKNOWN && positive != KMS_UNKNOWN)
		kms_tell(
			c, &finding->evidence,
			"a walk found %llu negative and %llu positive dentries",
			(unsigned long long)negative,
			(unsigned long long)positive);
	if (coverage != KMS_UNKNOWN && coverage < 1000)
		kms_tell(c, &finding->unknown,
			 "the exact counts of dentries: %s of the hash table was walked",
			 coverage ? kms_words_share(coverage).text :
				   "less than 0.1 %");
}

static size_t directories_rank(struct directory *all,
			       const struct kms_walk *before,
			       const struct kms_walk *walk,
			       enum kms_dentries which, uint64_t *total)
{
	const struct kms_rows *rows = &walk->directories;
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < rows->nr; i++) {
		all[i] = (struct directory){
			.row = i,
			.nr = count_of(rows, i, which),
			.grown = before ? grown_of(before, walk, i, which) :
					  KMS_UNKNOWN,
		};
		all[i].rank = before ? all[i].grown : all[i].nr;
		sum += all[i].rank;
	}
	qsort(all, rows->nr, sizeof(*all), order);
	/* The growth of all others is not known, but the sum of theirs is. */
	*total = total_of(walk, which);
	if (before && *total != KMS_UNKNOWN) {
		uint64_t old = total_of(before, which);

		*total = old != KMS_UNKNOWN && *total > old ? *total - old : 0;
	}
	if (*total == KMS_UNKNOWN || *total < sum)
		*total = sum;
	return rows->nr;
}

static const char *largest_path(struct kms_case *c, const struct kms_walk *walk,
				size_t row, enum kms_dentries which)
{
	struct kms_found_place place;

	kms_place_fill(c, &place, walk, row, which);
	return place.path ?: "a directory whose path is unknown";
}

/* Do all dentries together grow by more than the walks may be off? */
static bool is_beyond_error(const struct kms_walk *before,
			    const struct kms_walk *walk,
			    enum kms_dentries which)
{
	uint64_t now = total_of(walk, which), old = total_of(before, which);
	double variance, grown;

	if (now == KMS_UNKNOWN || old == KMS_UNKNOWN || now <= old)
		return false;
	variance = variance_of(now, coverage_of(walk)) +
		   variance_of(old, coverage_of(before));
	grown = now - old;
	return grown * grown > 4 * variance;
}

/* No directory is named: is that the truth, or too short a walk? */
static void nowhere_tell(struct kms_case *c, struct kms_finding *finding,
			 const struct kms_walk *before,
			 const struct kms_walk *walk, enum kms_dentries which)
{
	const struct kms_rows *rows = &walk->directories;
	uint64_t all = total_of(walk, which), largest = 0;
	size_t i, row = 0;

	if (!before || is_beyond_error(before, walk, which)) {
		kms_lines_add(&finding->unknown,
			      "in which directories: the dentries are spread over many");
		return;
	}
	for (i = 0; i < rows->nr; i++) {
		if (count_of(rows, i, which) <= largest)
			continue;
		largest = count_of(rows, i, which);
		row = i;
	}
	if (!largest || all == KMS_UNKNOWN) {
		kms_lines_add(&finding->unknown,
			      "which directory grows: the growth is within the error of the walks");
		return;
	}
	kms_tell(c, &finding->unknown,
		 "which directory grows: the growth is within the error of the walks; the largest is %s with %s",
		 largest_path(c, walk, row, which),
		 kms_words_share(kms_permille(largest, all)).text);
}

void kms_places_fill(struct kms_case *c, struct kms_finding *finding,
		     enum kms_dentries which, bool growing)
{
	const struct kms_walk *walk = kms_case_walk(c);
	const struct kms_walk *before = &c->look->walk[KMS_WALK_BEFORE];
	struct directory *all;
	uint64_t total, share, ns = 0;
	size_t nr, i;

	if (!walk) {
		kms_lines_add(&finding->unknown,
			      "in which directories: the dentries could not be walked");
		return;
	}
	if (!growing || walk == before || !before->done)
		before = NULL;
	else
		ns = walk->boottime_ns - before->boottime_ns;
	walk_tell(c, finding, walk);
	all = calloc(walk->directories.nr + 1, sizeof(*all));
	if (!all) {
		c->strings->failed = true;
		return;
	}
	nr = directories_rank(all, before, walk, which, &total);
	for (i = 0; i < nr && finding->nr_places < KMS_PLACES_MAX; i++) {
		struct kms_found_place *place =
			&finding->place[finding->nr_places];

		share = kms_permille(all[i].rank, total);
		if (share < KMS_NAMED_PERMILLE)
			break;
		kms_place_fill(c, place, walk, all[i].row, which);
		place->share_permille = share;
		if (before)
			place->growth_per_second = kms_per_second(all[i].grown,
								  ns);
		finding->nr_places++;
	}
	free(all);
	if (growing && !before && finding->nr_places)
		kms_lines_add(&finding->unknown,
			      "which directory grows: only one walk was possible; these are the largest");
	else if (!finding->nr_places)
		nowhere_tell(c, finding, before, walk, which);
}
