// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts the dentries of given directories exactly, finds the directories'
 * paths, and takes a random sample of the names in each.
 *
 * Copies paths and names as text in the RCU section that found them. The table
 * belongs to one walk, and needs no lock.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <linux/random.h>
#include <linux/string.h>

#include "collect/dentry_directories.h"
#include "record/memory.h"
#include "record/snapshot.h"

#define NR_PLACES	(4 * KMEMSCOPE_MAX_DIRECTORIES)

/**
 * struct sample - one of the names in a directory
 * @name: the name; empty when it was changing
 * @negative: whether it does not exist
 */
struct sample {
	char name[KS_FILE_SIZE];
	bool negative;
};

/**
 * struct directory - one directory
 * @key: what tells it
 * @tally: dentries in it
 * @named: whether @fs_type and @path were set
 * @fs_type: type of the file system
 * @path: its path from the superblock's root; empty when it is too long, or
 *	below another root
 * @samples: names in it
 */
struct directory {
	struct ks_directory_key key;
	struct ks_dentry_tally tally;
	bool named;
	char fs_type[KS_FS_TYPE_SIZE];
	char path[KS_PATH_SIZE];
	struct sample samples[KS_MAX_DIRECTORY_NAMES];
};

/**
 * struct ks_directories - the table
 * @nr: directories in it
 * @places: for each hash of a key, and those after it, the index of a
 *	directory, plus 1; 0 where there is none
 * @random: for the samples
 * @directories: in the order in which they were given
 */
struct ks_directories {
	unsigned int nr;
	u8 places[NR_PLACES];
	struct rnd_state random;
	struct directory directories[KMEMSCOPE_MAX_DIRECTORIES];
};

/* The places have indices of one byte. */
static_assert(KMEMSCOPE_MAX_DIRECTORIES < U8_MAX);

/* The place of a key, or the free one where it belongs. */
static u8 *slot_of(struct ks_directories *directories,
		   const struct ks_directory_key *key)
{
	u32 i = ks_directory_hash(key) % NR_PLACES;
	u8 *place = &directories->places[i];

	while (*place &&
	       !ks_directory_same(&directories->directories[*place - 1].key,
				  key)) {
		i = (i + 1) % NR_PLACES;
		place = &directories->places[i];
	}
	return place;
}

/**
 * ks_directories_new() - make a table of the first few of some directories
 * @top: the directories, in order of interest, all different
 * @nr: how many; those beyond KMEMSCOPE_MAX_DIRECTORIES are left out
 *
 * Context: Process context, sleeps.
 * Return: the table, or an error pointer: -ENOMEM, or -ENOBUFS when it is more
 * than all readers together may take.
 */
struct ks_directories *ks_directories_new(const struct ks_topk_entry *top,
					  unsigned int nr)
{
	struct ks_directories *directories;
	unsigned int i;

	directories = ks_memory_zalloc(sizeof(*directories));
	if (IS_ERR(directories))
		return directories;
	prandom_seed_state(&directories->random, get_random_u32());
	directories->nr = min_t(unsigned int, nr, KMEMSCOPE_MAX_DIRECTORIES);
	for (i = 0; i < directories->nr; i++) {
		directories->directories[i].key = top[i].key;
		*slot_of(directories, &top[i].key) = i + 1;
	}
	return directories;
}

/**
 * ks_directories_free() - free a table
 * @directories: the table
 */
void ks_directories_free(struct ks_directories *directories)
{
	ks_memory_free(directories, sizeof(*directories));
}

/*
 * Checks that a dentry is below its superblock's root. Exports of NFS and open
 * file handles can be below another root, and their path would be misread.
 */
static bool dentry_is_below_root(const struct dentry *dentry)
{
	const struct dentry *parent;
	unsigned int i;

	/* A path that fits has fewer parts. */
	for (i = 0; i < KS_PATH_SIZE; i++, dentry = parent) {
		parent = READ_ONCE(dentry->d_parent);
		if (parent == dentry)
			return dentry == READ_ONCE(dentry->d_sb->s_root);
	}
	return false;
}

/*
 * The kernel makes the path at the end of the buffer; move it to the start. The
 * dentry is cast, as older kernels take no const one. On a race with a rename
 * the kernel takes rename_lock, at most 64 times a walk.
 */
static void directory_name(struct directory *directory,
			   const struct dentry *dentry)
{
	char *path = ERR_PTR(-EXDEV);

	if (dentry_is_below_root(dentry))
		path = dentry_path_raw((struct dentry *)dentry, directory->path,
				       sizeof(directory->path));
	if (IS_ERR(path))
		directory->path[0] = '\0';
	else
		memmove(directory->path, path, strlen(path) + 1);
	strscpy(directory->fs_type, dentry->d_sb->s_type->name,
		sizeof(directory->fs_type));
	directory->named = true;
}

/*
 * A rename may be changing the name. The name still ends within its buffer, but
 * may be half old and half new: then there is no sample. The inner seqcount is
 * used, as on PREEMPT_RT d_seq itself would take the dentry's lock then.
 */
static void sample_copy(struct sample *sample, const struct dentry *dentry)
{
	const seqcount_t *changes = &dentry->d_seq.seqcount;
	const unsigned int seq = raw_seqcount_begin(changes);
	/* Pairs with the release of a new name, which is complete then. */
	const unsigned char *name = smp_load_acquire(&dentry->d_name.name);
	size_t i;

	for (i = 0; i < sizeof(sample->name) - 1; i++) {
		/* A rename may write it now; d_seq shows that afterwards. */
		sample->name[i] = READ_ONCE(name[i]);
		if (!sample->name[i])
			break;
	}
	sample->name[i] = '\0';
	sample->negative = d_is_negative(dentry);
	if (read_seqcount_retry(changes, seq))
		sample->name[0] = '\0';
}

/* Keeps each dentry so far in the sample with the same probability. */
static void sample_take(struct ks_directories *directories,
			struct directory *directory,
			const struct dentry *dentry)
{
	const u64 nr = directory->tally.nr;
	u32 i = nr - 1;

	if (nr > KS_MAX_DIRECTORY_NAMES)
		i = reciprocal_scale(prandom_u32_state(&directories->random),
				     min_t(u64, nr, U32_MAX));
	if (i < KS_MAX_DIRECTORY_NAMES)
		sample_copy(&directory->samples[i], dentry);
}

/**
 * ks_directories_add() - count a dentry, if it is in one of the directories
 * @directories: the table
 * @dentry: the dentry
 *
 * Context: the RCU read section that found the dentry.
 */
void ks_directories_add(struct ks_directories *directories,
			const struct dentry *dentry)
{
	const struct dentry *parent;
	struct directory *directory;
	struct ks_directory_key key;
	u8 place;

	parent = ks_dentry_directory(dentry, &key);
	if (!parent)
		return;
	place = *slot_of(directories, &key);
	if (!place)
		return;
	directory = &directories->directories[place - 1];
	if (!directory->named)
		directory_name(directory, parent);
	ks_dentry_tally_add(&directory->tally, dentry);
	sample_take(directories, directory, dentry);
}

/**
 * ks_directories_fill() - make records of the directories
 * @directories: the table
 * @snap: reserved for KMEMSCOPE_MAX_DIRECTORIES records of kind
 *	dentry_directory
 * @scale: what part of all dentries was counted
 */
void ks_directories_fill(const struct ks_directories *directories,
			 struct ks_snapshot *snap,
			 const struct ks_dentry_scale *scale)
{
	struct ks_dentry_directory_record *record;
	const struct directory *directory;
	struct ks_dentry_estimate estimate;
	unsigned int i;

	for (i = 0; i < directories->nr; i++) {
		directory = &directories->directories[i];
		/* All its dentries went away between the two walks. */
		if (!directory->tally.nr)
			continue;
		record = ks_snapshot_begin(snap);
		if (!record)
			return;
		ks_device_print(record->device, sizeof(record->device),
				directory->key.device);
		record->inode = directory->key.inode;
		record->generation = directory->key.generation;
		strscpy(record->fs_type, directory->fs_type,
			sizeof(record->fs_type));
		strscpy(record->path, directory->path, sizeof(record->path));
		estimate = ks_dentry_estimate(&directory->tally, scale);
		record->nr_dentries = estimate.nr_dentries;
		record->nr_negative = estimate.nr_negative;
		record->nr_positive = estimate.nr_positive;
		record->nr_lru = estimate.nr_lru;
		record->total_bytes = estimate.total_bytes;
		record->share_permille = estimate.share_permille;
		record->approximate = ks_dentry_approximate(scale);
		record->coverage_permille = ks_dentry_coverage(scale);
		ks_snapshot_commit(snap);
	}
}

static void sample_fill(const struct directory *directory,
			const struct sample *sample, struct ks_snapshot *snap)
{
	struct ks_dentry_name_record *record;

	if (!sample->name[0])
		return;
	record = ks_snapshot_begin(snap);
	if (!record)
		return;
	ks_device_print(record->device, sizeof(record->device),
			directory->key.device);
	record->inode = directory->key.inode;
	record->generation = directory->key.generation;
	strscpy(record->name, sample->name, sizeof(record->name));
	record->negative = sample->negative;
	ks_snapshot_commit(snap);
}

/**
 * ks_directories_fill_names() - make records of the names
 * @directories: the table
 * @snap: reserved for KS_MAX_DIRECTORY_NAMES records of kind dentry_name for
 *	each of KMEMSCOPE_MAX_DIRECTORIES
 */
void ks_directories_fill_names(const struct ks_directories *directories,
			       struct ks_snapshot *snap)
{
	const struct directory *directory;
	unsigned int i, j;

	for (i = 0; i < directories->nr; i++) {
		directory = &directories->directories[i];
		for (j = 0; j < min_t(u64, directory->tally.nr,
				      KS_MAX_DIRECTORY_NAMES); j++)
			sample_fill(directory, &directory->samples[j], snap);
	}
}
