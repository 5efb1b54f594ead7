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

/* Variance of a count that was scaled up from a part of the buckets. */
static double variance_of(uint64_t nr, uint64_t coverage)
{
	double part = coverage / 1000.0;

	if (coverage == KS_UNKNOWN || coverage >= 1000 || !coverage)
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
	return old->nr < 64 ? 0 : least;
}

static uint64_t grown_of(const struct ks_walk *before,
			 const struct ks_walk *now, size_t row,
			 enum ks_dentries which)
{
	uint64_t nr = count_of(&now->directories, row, which);
	uint64_t old = before_of(before, now, row, which);
	uint64_t covered = ks_field(&now->dentries, 0,
				    KMEMSCOPE_A_DENTRY_COVERAGE_PERMILLE);
	uint64_t covered_old = ks_field(&before->dentries, 0,
					KMEMSCOPE_A_DENTRY_COVERAGE_PERMILLE);
	double variance = variance_of(nr, covered) +
			  variance_of(old, covered_old);
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
	uint64_t coverage = ks_field(&walk->dentries, 0,
				     KMEMSCOPE_A_DENTRY_COVERAGE_PERMILLE);
	uint64_t negative = total_of(walk, KS_DENTRIES_NEGATIVE);
	uint64_t positive = total_of(walk, KS_DENTRIES_POSITIVE);

	if (negative != KS_UNKNOWN && positive != KS_UNKNOWN)
		ks_tell(c, &finding->evidence,
			"a walk met %llu names that do not exist and %llu that do",
			(unsigned long long)negative,
			(unsigned long long)positive);
	if (coverage != KS_UNKNOWN && coverage < 1000)
		ks_tell(c, &finding->unknown,
			"the exact counts of dentries: %s of them were walked",
			ks_words_share(coverage).text);
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
			     "in which directories: dentries could not be walked");
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
			     "which directory grows: these are those with the most, for there was one walk only");
	else if (!finding->nr_places)
		ks_lines_add(&finding->unknown,
			     "in which directories: it is spread over many");
}
