// SPDX-License-Identifier: GPL-2.0-only
/* The directories that dentries are in, out of two walks. */
#include <linux/kmemscope.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/verdict.h"
#include "diagnose/words.h"

/* A directory of a walk, by its row. */
struct directory {
	size_t row;
	uint64_t nr;		/* of the dentries that are meant, now */
	uint64_t grown;		/* since the walk before; KS_UNKNOWN */
	uint64_t rank;		/* what they are sorted by */
};

static uint64_t count_of(const struct ks_rows *rows, size_t row,
			 enum ks_dentries which)
{
	static const uint16_t attrs[] = {
		[KS_DENTRIES_ALL] = KMEMSCOPE_A_DENTRY_DIRECTORY_NR_DENTRIES,
		[KS_DENTRIES_NEGATIVE] =
			KMEMSCOPE_A_DENTRY_DIRECTORY_NR_NEGATIVE,
		[KS_DENTRIES_POSITIVE] =
			KMEMSCOPE_A_DENTRY_DIRECTORY_NR_POSITIVE,
	};
	uint64_t nr = ks_field(rows, row, attrs[which]);

	return nr == KS_UNKNOWN ? 0 : nr;
}

static bool same_directory(const struct ks_rows *a, size_t i,
			   const struct ks_rows *b, size_t j)
{
	const char *left = ks_field_text(a, i,
				KMEMSCOPE_A_DENTRY_DIRECTORY_DEVICE);
	const char *right = ks_field_text(b, j,
				KMEMSCOPE_A_DENTRY_DIRECTORY_DEVICE);

	return left && right && !strcmp(left, right) &&
	       ks_field(a, i, KMEMSCOPE_A_DENTRY_DIRECTORY_INODE) ==
	       ks_field(b, j, KMEMSCOPE_A_DENTRY_DIRECTORY_INODE) &&
	       ks_field(a, i, KMEMSCOPE_A_DENTRY_DIRECTORY_GENERATION) ==
	       ks_field(b, j, KMEMSCOPE_A_DENTRY_DIRECTORY_GENERATION);
}

/* Buckets that a walk came to, out of 1000. */
static uint64_t coverage_of(const struct ks_walk *walk)
{
	return ks_field(&walk->dentries, 0,
			KMEMSCOPE_A_DENTRY_COVERAGE_PERMILLE);
}

/* Variance of a count that was scaled up from a part of the buckets. */
static double variance_of(uint64_t nr, uint64_t coverage)
{
	/* What rounds to 0 is less than half of one. */
	double part = (coverage ? coverage : 0.5) / 1000.0;

	if (coverage == KS_UNKNOWN || coverage >= 1000)
		return 0;
	return nr * (1 - part) / part;
}

/*
 * What a directory had in the walk before.  One that was not among the largest
 * then had at most what the smallest of those had, if there were that many.
 */
static uint64_t before_of(const struct ks_walk *before,
			  const struct ks_walk *now, size_t row,
			  enum ks_dentries which)
{
	const struct ks_rows *old = &before->directories;
	uint64_t least = 0;
	size_t i;

	for (i = 0; i < old->nr; i++) {
		if (same_directory(&now->directories, row, old, i))
			return count_of(old, i, which);
		if (!i || count_of(old, i, KS_DENTRIES_ALL) < least)
			least = count_of(old, i, KS_DENTRIES_ALL);
	}
	return old->nr < KMEMSCOPE_MAX_DIRECTORIES ? 0 : least;
}

static uint64_t grown_of(const struct ks_walk *before,
			 const struct ks_walk *now, size_t row,
			 enum ks_dentries which)
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

static uint64_t total_of(const struct ks_walk *walk, enum ks_dentries which)
{
	static const uint16_t attrs[] = {
		[KS_DENTRIES_ALL] = KMEMSCOPE_A_DENTRY_NR_HASHED,
		[KS_DENTRIES_NEGATIVE] = KMEMSCOPE_A_DENTRY_NR_NEGATIVE,
		[KS_DENTRIES_POSITIVE] = KMEMSCOPE_A_DENTRY_NR_POSITIVE,
	};

	return ks_field(&walk->dentries, 0, attrs[which]);
}

static void walk_tell(struct ks_case *c, struct ks_finding *finding,
		      const struct ks_walk *walk)
{
	uint64_t coverage = coverage_of(walk);
	uint64_t negative = total_of(walk, KS_DENTRIES_NEGATIVE);
	uint64_t positive = total_of(walk, KS_DENTRIES_POSITIVE);

	if (negative != KS_UNKNOWN && positive != KS_UNKNOWN)
		ks_tell(c, &finding->evidence,
			"a walk found %llu negative and %llu positive dentries",
			(unsigned long long)negative,
			(unsigned long long)positive);
	if (coverage != KS_UNKNOWN && coverage < 1000)
		ks_tell(c, &finding->unknown,
			"the exact counts of dentries: %s of the hash table was walked",
			coverage ? ks_words_share(coverage).text :
				   "less than 0.1 %");
}

static size_t directories_rank(struct directory *all,
			       const struct ks_walk *before,
			       const struct ks_walk *walk,
			       enum ks_dentries which, uint64_t *total)
{
	const struct ks_rows *rows = &walk->directories;
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < rows->nr; i++) {
		all[i] = (struct directory){
			.row = i,
			.nr = count_of(rows, i, which),
			.grown = before ? grown_of(before, walk, i, which) :
					  KS_UNKNOWN,
		};
		all[i].rank = before ? all[i].grown : all[i].nr;
		sum += all[i].rank;
	}
	qsort(all, rows->nr, sizeof(*all), order);
	/* The growth of all others is not known, but the sum of theirs is. */
	*total = total_of(walk, which);
	if (before && *total != KS_UNKNOWN) {
		uint64_t old = total_of(before, which);

		*total = old != KS_UNKNOWN && *total > old ? *total - old : 0;
	}
	if (*total == KS_UNKNOWN || *total < sum)
		*total = sum;
	return rows->nr;
}

static const char *largest_path(struct ks_case *c, const struct ks_walk *walk,
				size_t row, enum ks_dentries which)
{
	struct ks_found_place place;

	ks_place_fill(c, &place, walk, row, which);
	return place.path ?: "a directory whose path is unknown";
}

/* Do all dentries together grow by more than the walks may be off? */
static bool is_beyond_error(const struct ks_walk *before,
			    const struct ks_walk *walk, enum ks_dentries which)
{
	uint64_t now = total_of(walk, which), old = total_of(before, which);
	double variance, grown;

	if (now == KS_UNKNOWN || old == KS_UNKNOWN || now <= old)
		return false;
	variance = variance_of(now, coverage_of(walk)) +
		   variance_of(old, coverage_of(before));
	grown = now - old;
	return grown * grown > 4 * variance;
}

/* No directory is named: is that the truth, or too short a walk? */
static void nowhere_tell(struct ks_case *c, struct ks_finding *finding,
			 const struct ks_walk *before,
			 const struct ks_walk *walk, enum ks_dentries which)
{
	const struct ks_rows *rows = &walk->directories;
	uint64_t all = total_of(walk, which), largest = 0;
	size_t i, row = 0;

	if (!before || is_beyond_error(before, walk, which)) {
		ks_lines_add(&finding->unknown,
			     "in which directories: the dentries are spread over many");
		return;
	}
	for (i = 0; i < rows->nr; i++) {
		if (count_of(rows, i, which) <= largest)
			continue;
		largest = count_of(rows, i, which);
		row = i;
	}
	if (!largest || all == KS_UNKNOWN) {
		ks_lines_add(&finding->unknown,
			     "which directory grows: the growth is within the error of the walks");
		return;
	}
	ks_tell(c, &finding->unknown,
		"which directory grows: the growth is within the error of the walks; the largest is %s with %s",
		largest_path(c, walk, row, which),
		ks_words_share(ks_permille(largest, all)).text);
}

void ks_places_fill(struct ks_case *c, struct ks_finding *finding,
		    enum ks_dentries which, bool growing)
{
	const struct ks_walk *walk = ks_case_walk(c);
	const struct ks_walk *before = &c->look->walk[KS_WALK_BEFORE];
	struct directory *all;
	uint64_t total, share, ns = 0;
	size_t nr, i;

	if (!walk) {
		ks_lines_add(&finding->unknown,
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
	for (i = 0; i < nr && finding->nr_places < KS_PLACES_MAX; i++) {
		struct ks_found_place *place =
			&finding->place[finding->nr_places];

		share = ks_permille(all[i].rank, total);
		if (share < KS_NAMED_PERMILLE)
			break;
		ks_place_fill(c, place, walk, all[i].row, which);
		place->share_permille = share;
		if (before)
			place->growth_per_second = ks_per_second(all[i].grown,
								 ns);
		finding->nr_places++;
	}
	free(all);
	if (growing && !before && finding->nr_places)
		ks_lines_add(&finding->unknown,
			     "which directory grows: only one walk was possible; these are the largest");
	else if (!finding->nr_places)
		nowhere_tell(c, finding, before, walk, which);
}
