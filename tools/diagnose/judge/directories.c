// SPDX-License-Identifier: GPL-2.0-only
/* The directories that dentries are in, out of two walks. */
#include <linux/kmemscope.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/judge/directories.h"
#include "lib/words.h"

/* A directory of a walk. */
struct ranked {
	size_t index;
	uint64_t nr;		/* of the dentries that are meant, now */
	uint64_t grown;		/* since the walk before; KMS_UNKNOWN */
	uint64_t rank;		/* what they are sorted by */
};

static uint64_t count_of(const struct kms_dentry_directory_record *directory,
			 enum kms_dentries which)
{
	const uint64_t nr[] = {
		[KMS_DENTRIES_ALL] = directory->nr_dentries,
		[KMS_DENTRIES_NEGATIVE] = directory->nr_negative,
		[KMS_DENTRIES_POSITIVE] = directory->nr_positive,
	};

	return nr[which] == KMS_UNKNOWN ? 0 : nr[which];
}

static bool same_directory(const struct kms_dentry_directory_record *a,
			   const struct kms_dentry_directory_record *b)
{
	return a->device && b->device && !strcmp(a->device, b->device) &&
	       a->inode == b->inode && a->generation == b->generation;
}

/* Variance of a count that was scaled up from a part of the buckets. */
static double variance_of(uint64_t nr, const struct kms_walk *walk)
{
	uint64_t coverage = walk->total.coverage_permille;
	/* What rounds to 0 is less than half of one. */
	double part = (coverage ? coverage : 0.5) / 1000.0;

	if (coverage == KMS_UNKNOWN || coverage >= 1000)
		return 0;
	return nr * (1 - part) / part;
}

/* Within two standard deviations growth may be chance. */
static bool is_beyond(double grown, double variance)
{
	return grown * grown > 4 * variance;
}

/*
 * The dentries of a directory in the walk before.  One that was not among the
 * largest then had at most as many as the smallest of those, if the module
 * returned all it can.
 */
static uint64_t before_of(const struct kms_walk *before,
			  const struct kms_dentry_directory_record *directory,
			  enum kms_dentries which)
{
	const struct kms_dentry_directory_record *old;
	uint64_t least = UINT64_MAX, nr;

	kms_for_each(old, &before->directories) {
		if (same_directory(directory, old))
			return count_of(old, which);
		nr = count_of(old, KMS_DENTRIES_ALL);
		if (nr < least)
			least = nr;
	}
	return before->directories.nr < KMEMSCOPE_MAX_DIRECTORIES ? 0 : least;
}

static uint64_t grown_of(const struct kms_walk *before,
			 const struct kms_walk *walk,
			 const struct kms_dentry_directory_record *directory,
			 enum kms_dentries which)
{
	uint64_t nr = count_of(directory, which);
	uint64_t old = before_of(before, directory, which);
	double variance = variance_of(nr, walk) + variance_of(old, before);

	if (nr <= old || !is_beyond(nr - old, variance))
		return 0;
	return nr - old;
}

static int rank_compare(const void *a, const void *b)
{
	const struct ranked *left = a, *right = b;

	if (left->rank != right->rank)
		return left->rank < right->rank ? 1 : -1;
	return left->index < right->index ? -1 : 1;
}

static uint64_t total_of(const struct kms_walk *walk, enum kms_dentries which)
{
	switch (which) {
	case KMS_DENTRIES_NEGATIVE:
		return walk->total.nr_negative;
	case KMS_DENTRIES_POSITIVE:
		return walk->total.nr_positive;
	default:
		return walk->total.nr_hashed;
	}
}

static void walk_tell(struct kms_case *c, struct kms_finding *finding,
		      const struct kms_dentry_record *total)
{
	uint64_t coverage = total->coverage_permille;

	if (total->nr_negative != KMS_UNKNOWN &&
	    total->nr_positive != KMS_UNKNOWN)
		kms_tell(c, &finding->evidence,
			 "a walk found %llu negative and %llu positive dentries",
			 (unsigned long long)total->nr_negative,
			 (unsigned long long)total->nr_positive);
	if (coverage < 1000)
		kms_tell(c, &finding->unknown,
			 "the exact counts of dentries: only %s of the hash table was walked",
			 kms_words_share(coverage).text);
}

/* Rank them; returns the total that shares are of. */
static uint64_t directories_rank(struct ranked *all,
				 const struct kms_walk *before,
				 const struct kms_walk *walk,
				 enum kms_dentries which)
{
	uint64_t sum = 0, total = total_of(walk, which), old;
	size_t i;

	for (i = 0; i < walk->directories.nr; i++) {
		const struct kms_dentry_directory_record *directory =
			&walk->directories.record[i];

		all[i].index = i;
		all[i].nr = count_of(directory, which);
		all[i].grown = before ?
			grown_of(before, walk, directory, which) : KMS_UNKNOWN;
		all[i].rank = before ? all[i].grown : all[i].nr;
		sum += all[i].rank;
	}
	qsort(all, walk->directories.nr, sizeof(*all), rank_compare);
	/* The growth of each of the others is unknown, but their sum is not. */
	if (before && total != KMS_UNKNOWN) {
		old = total_of(before, which);
		total = old != KMS_UNKNOWN && total > old ? total - old : 0;
	}
	return total == KMS_UNKNOWN || total < sum ? sum : total;
}

/* Did all dentries together grow by more than the walks may be off? */
static bool is_beyond_error(const struct kms_walk *before,
			    const struct kms_walk *walk,
			    enum kms_dentries which)
{
	uint64_t now = total_of(walk, which), old = total_of(before, which);

	if (now == KMS_UNKNOWN || old == KMS_UNKNOWN || now <= old)
		return false;
	return is_beyond(now - old,
			 variance_of(now, walk) + variance_of(old, before));
}

static void largest_tell(struct kms_case *c, struct kms_finding *finding,
			 const struct kms_walk *walk, enum kms_dentries which)
{
	uint64_t all = total_of(walk, which), largest = 0, nr;
	const char *path = NULL;
	size_t i;

	for (i = 0; i < walk->directories.nr; i++) {
		nr = count_of(&walk->directories.record[i], which);
		if (nr <= largest)
			continue;
		largest = nr;
		path = walk->directory ? walk->directory[i].path : NULL;
	}
	if (!largest || all == KMS_UNKNOWN) {
		kms_lines_add(&finding->unknown,
			      "which directory grows: the growth is within the error of the walks");
		return;
	}
	kms_tell(c, &finding->unknown,
		 "which directory grows: the growth is within the error of the walks; the largest is %s with %s",
		 path ?: "a directory whose path is unknown",
		 kms_words_share(kms_permille(largest, all)).text);
}

static void directory_fill(struct kms_found_directory *found,
			   const struct kms_walk *walk, size_t index,
			   enum kms_dentries which)
{
	const struct kms_dentry_directory_record *record =
		&walk->directories.record[index];
	const struct kms_directory *directory;
	const struct kms_pattern *pattern;

	*found = (struct kms_found_directory){
		.fs_type = record->fs_type,
		.device = record->device ?: "",
		.inode = record->inode,
		.nr_negative = record->nr_negative,
		.nr_positive = record->nr_positive,
		.total_bytes = record->total_bytes,
		.growth_per_second = KMS_UNKNOWN,
	};
	if (!walk->directory)
		return;
	directory = &walk->directory[index];
	pattern = &directory->pattern[which];
	found->path = directory->path;
	found->mounted = directory->reachable && !directory->deleted;
	found->deleted = directory->deleted;
	found->overlay = directory->overlay;
	found->nr_namespaces = directory->nr_namespaces;
	found->container = directory->container;
	found->container_path = directory->container_path;
	found->container_pid = directory->container_pid;
	found->pattern = pattern->text;
	found->example = pattern->example;
	found->nr_names = pattern->nr_names;
	found->nr_covered = pattern->nr_covered;
}

/*
 * Dentries of sockets, pipes and other files without a path are in no
 * directory, and no walk meets them.  So what the walks saw grow may be the
 * smaller part: shares are of all that grew.  Returns 0 if it is the larger.
 */
static uint64_t grown_in_all(const struct kms_finding *finding,
			     uint64_t walked, uint64_t ns)
{
	double grown;

	/* A burst may lie between the walks, or not. */
	if (strcmp(finding->cache, "dentry") || finding->sure == KMS_POSSIBLE ||
	    finding->objects_per_second == KMS_UNKNOWN)
		return 0;
	grown = (double)finding->objects_per_second * ns / NS_PER_SEC;
	return walked * 2 < grown ? grown : 0;
}

/*
 * Name those with a large enough share, the largest first.  False if most of
 * what grew is in no directory.
 */
static bool directories_take(struct kms_case *c, struct kms_finding *finding,
			     const struct kms_walk *before,
			     const struct kms_walk *walk,
			     enum kms_dentries which)
{
	size_t nr = walk->directories.nr, i;
	struct ranked *all = calloc(nr + 1, sizeof(*all));
	uint64_t total, share, all_grown = 0, ns = 0;

	if (!all) {
		c->strings->failed = true;
		return true;
	}
	if (before)
		ns = walk->boottime_ns - before->boottime_ns;
	total = directories_rank(all, before, walk, which);
	if (before && which == KMS_DENTRIES_POSITIVE)
		all_grown = grown_in_all(finding, total, ns);
	if (all_grown) {
		kms_tell(c, &finding->evidence,
			 "at most %s of the new dentries are in directories: the others are of sockets, pipes and the like",
			 kms_words_share(kms_permille(total, all_grown)).text);
		total = all_grown;
	}
	for (i = 0; i < nr && i < KMS_MAX_DIRECTORIES; i++) {
		struct kms_found_directory *found = &finding->directory[i];

		share = kms_permille(all[i].rank, total);
		if (share < KMS_NAMED_PERMILLE)
			break;
		directory_fill(found, walk, all[i].index, which);
		found->share_permille = share;
		if (before)
			found->growth_per_second =
				kms_per_second(all[i].grown, ns);
		finding->nr_directories++;
	}
	free(all);
	return !all_grown;
}

void kms_directories_fill(struct kms_case *c, struct kms_finding *finding,
			  enum kms_dentries which, bool growing)
{
	const struct kms_walk *walk = c->walk;
	const struct kms_walk *before = &c->obs->walk[KMS_WALK_BEFORE];
	bool have_path;

	if (!walk) {
		kms_lines_add(&finding->unknown,
			      "in which directories: the dentries could not be walked");
		return;
	}
	if (!growing || walk == before || !before->done)
		before = NULL;
	walk_tell(c, finding, &walk->total);
	have_path = directories_take(c, finding, before, walk, which);
	if (finding->nr_directories) {
		if (growing && !before)
			kms_lines_add(&finding->unknown,
				      "which directory grows: only one walk was possible; these are the largest");
	} else if (!have_path) {
		kms_lines_add(&finding->unknown,
			      "which files: most of these dentries are in no directory");
	} else if (!before || is_beyond_error(before, walk, which)) {
		kms_lines_add(&finding->unknown,
			      "in which directories: the dentries are spread over many");
	} else {
		/* Too short a walk, not the truth */
		largest_tell(c, finding, walk, which);
	}
}
