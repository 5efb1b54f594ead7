// SPDX-License-Identifier: GPL-2.0-only
/* Which part of shared memory grew, and who holds it. */
#include <string.h>

#include "diagnose/judge/growers.h"
#include "diagnose/judge/shared_parts.h"
#include "lib/words.h"

/* A part with half of it is the cause. */
static bool is_most(uint64_t bytes, uint64_t whole)
{
	return bytes && bytes >= whole / 2;
}

/* How much more a file system has; 0: no more, or not known. */
static uint64_t mount_growth(const struct kms_case *c,
			     const struct kms_tmpfs *mount)
{
	const struct kms_host_moment *before = &c->obs->host[KMS_HOST_BEFORE];
	const struct kms_tmpfs *old = kms_tmpfs_find(&before->tmpfs,
						     mount->device);
	int64_t growth;

	/* Whether one that was not read before is new is unknown. */
	if (mount->used_bytes == KMS_UNKNOWN || (!old && !before->tmpfs.whole) ||
	    (old && old->used_bytes == KMS_UNKNOWN))
		return 0;
	growth = mount->used_bytes - (old ? old->used_bytes : 0);
	growth = kms_host_growth(c, growth);
	return growth > 0 ? growth : 0;
}

static uint64_t segment_growth(const struct kms_case *c,
			       const struct kms_segment *segment)
{
	const struct kms_segments *before =
		&c->obs->host[KMS_HOST_BEFORE].segments;
	const struct kms_segment *old = kms_segments_find(before, segment->id);
	int64_t growth;

	if (!before->known)
		return 0;
	growth = kms_host_growth(c, segment->bytes - (old ? old->bytes : 0));
	return growth > 0 ? growth : 0;
}

static void segments_add(const struct kms_case *c,
			 struct kms_shared_parts *parts)
{
	const struct kms_segments *now =
		&c->obs->host[KMS_HOST_AFTER].segments;
	uint64_t bytes;
	size_t i;

	for (i = 0; i < now->nr; i++) {
		bytes = segment_growth(c, &now->segment[i]);
		parts->segments_bytes += bytes;
		parts->nr_segments += bytes > 0;
		if (bytes <= parts->segment_bytes)
			continue;
		parts->segment = &now->segment[i];
		parts->segment_bytes = bytes;
	}
}

struct kms_shared_parts kms_shared_parts_grown(struct kms_case *c,
					       uint64_t growth_bytes)
{
	const struct kms_host_moment *now = &c->obs->host[KMS_HOST_AFTER];
	struct kms_shared_parts parts = { 0 };
	uint64_t bytes, seen = 0;
	size_t i;

	for (i = 0; i < now->tmpfs.nr; i++) {
		bytes = mount_growth(c, &now->tmpfs.mount[i]);
		seen += bytes;
		if (bytes <= parts.mount_bytes)
			continue;
		parts.mount = &now->tmpfs.mount[i];
		parts.mount_bytes = bytes;
	}
	segments_add(c, &parts);
	seen += parts.segments_bytes;
	parts.hidden_bytes = growth_bytes > seen ? growth_bytes - seen : 0;
	/* The largest of the three is the part. */
	if (parts.mount_bytes < parts.segments_bytes ||
	    parts.mount_bytes < parts.hidden_bytes)
		parts.mount = NULL;
	if (parts.mount || parts.segments_bytes < parts.hidden_bytes)
		parts.segment = NULL;
	return parts;
}

void kms_shared_place(struct kms_case *c, struct kms_finding *finding,
		      const struct kms_tmpfs *mount, uint64_t bytes,
		      uint64_t whole_bytes)
{
	struct kms_found_directory *place;

	if (finding->nr_directories == KMS_MAX_DIRECTORIES)
		return;
	place = &finding->directory[finding->nr_directories++];
	*place = (struct kms_found_directory){
		.mounted = mount->pid == 1,
		.fs_type = mount->is_ramfs ? "ramfs" : "tmpfs",
		.device = mount->device,
		.inode = KMS_UNKNOWN,
		.nr_negative = KMS_UNKNOWN,
		.nr_positive = KMS_UNKNOWN,
		.total_bytes = mount->used_bytes,
		.share_permille = kms_permille(bytes, whole_bytes),
		.growth_per_second = KMS_UNKNOWN,
		.nr_names = KMS_UNKNOWN,
		.nr_covered = KMS_UNKNOWN,
		.nr_namespaces = 0,
		.container_pid = KMS_UNKNOWN,
	};
	if (place->share_permille > 1000)
		place->share_permille = 1000;
	if (place->mounted) {
		place->path = mount->point;
	} else {
		place->container_path = mount->point;
		place->container_pid = mount->pid;
	}
	if (mount->used_bytes == KMS_UNKNOWN)
		return;
	if (mount->limit_bytes == KMS_UNKNOWN)
		kms_tell(c, &finding->evidence, "%s %s has %s, and no limit",
			 place->fs_type, mount->point,
			 kms_words_bytes(mount->used_bytes).text);
	else
		kms_tell(c, &finding->evidence,
			 "%s %s has %s, of a limit of %s", place->fs_type,
			 mount->point, kms_words_bytes(mount->used_bytes).text,
			 kms_words_bytes(mount->limit_bytes).text);
}

/* The process that has the most of what counts. */
static struct kms_open_sum open_most(const struct kms_case *c,
				     bool (*counts)(const struct kms_case *c,
						    const struct kms_memory_file *file,
						    const struct kms_tmpfs *mount),
				     const struct kms_tmpfs *mount)
{
	const struct kms_memory_files *open = &c->obs->shared_files.open;
	struct kms_open_sum most = { 0 }, sum;
	size_t i, j;

	/* The largest come first: few processes can have more than these. */
	for (i = 0; i < open->nr && i < 64; i++) {
		if (!counts(c, &open->file[i], mount))
			continue;
		sum = (struct kms_open_sum){ .pid = open->file[i].pid };
		for (j = 0; j < open->nr; j++) {
			if (open->file[j].pid != sum.pid ||
			    !counts(c, &open->file[j], mount))
				continue;
			sum.bytes += open->file[j].bytes;
			sum.nr++;
			sum.largest = sum.largest ?: &open->file[j];
		}
		if (sum.bytes > most.bytes)
			most = sum;
	}
	return most;
}

/* Is it of the file system, or without one in none of them? */
static bool is_of(const struct kms_case *c, const struct kms_memory_file *file,
		  const struct kms_tmpfs *mount)
{
	const struct kms_tmpfs_mounts *mounts =
		&c->obs->host[KMS_HOST_AFTER].tmpfs;
	size_t i;

	if (mount)
		return file->device == mount->number;
	for (i = 0; i < mounts->nr; i++)
		if (mounts->mount[i].number == file->device &&
		    mounts->mount[i].used_bytes != KMS_UNKNOWN)
			return false;
	return true;
}

static bool is_changed(const struct kms_case *c,
		       const struct kms_memory_file *file,
		       const struct kms_tmpfs *mount)
{
	/* Who only reads a file does not fill it. */
	return file->changed && (file->writable || file->deleted) &&
	       is_of(c, file, mount);
}

static bool is_deleted(const struct kms_case *c,
		       const struct kms_memory_file *file,
		       const struct kms_tmpfs *mount)
{
	(void)c;
	(void)mount;
	return file->deleted;
}

struct kms_open_sum kms_open_changed(const struct kms_case *c,
				     const struct kms_tmpfs *mount)
{
	return open_most(c, is_changed, mount);
}

struct kms_open_sum kms_open_deleted(const struct kms_case *c)
{
	return open_most(c, is_deleted, NULL);
}

/* "/memfd:name (deleted)" as "memfd name" */
static const char *file_words(struct kms_case *c,
			      const struct kms_memory_file *file)
{
	static const char memfd[] = "/memfd:", end[] = " (deleted)";
	const char *name = file->name;
	int len;

	if (!name)
		return file->deleted ? "a deleted file in memory" :
				       "a file in memory";
	len = strlen(name);
	if (len >= (int)strlen(end) && !strcmp(name + len - strlen(end), end))
		len -= strlen(end);
	if (!strncmp(name, memfd, strlen(memfd)))
		return kms_strings_add(c->strings, "memfd %.*s",
				       len - (int)strlen(memfd),
				       name + strlen(memfd));
	return kms_strings_add(c->strings, "%s%.*s",
			       file->deleted ? "deleted file " : "", len, name);
}

const char *kms_open_holder(struct kms_case *c, struct kms_finding *finding,
			    const struct kms_open_sum *sum,
			    uint64_t whole_bytes)
{
	struct kms_found_holder *holder = kms_holder_of(c, finding, sum->pid);
	const char *what = file_words(c, sum->largest);

	/* One file that is most of it, or many. */
	if (!is_most(sum->largest->bytes, sum->bytes))
		what = kms_strings_add(c->strings, "%zu %sfiles in memory",
				       sum->nr, sum->largest->deleted ?
				       "deleted " : "");
	if (!holder)
		return what;
	holder->resource = what;
	/* A file that has a name stays. */
	holder->exit_frees = sum->largest->deleted;
	holder->total_bytes = sum->bytes;
	holder->share_permille = kms_permille(sum->bytes, whole_bytes);
	if (holder->share_permille > 1000)
		holder->share_permille = 1000;
	return what;
}

/*
 * Processes whose mapped shared memory grew by most of it.  What has a name or a
 * number stays when they end.
 */
static bool mapping_tell(struct kms_case *c, struct kms_finding *finding,
			 bool stays)
{
	size_t i;

	kms_holders_grown(c, finding, &kms_measure_shared,
			  finding->growth_bytes);
	if (!finding->nr_holders || finding->holder[0].share_permille < 500) {
		finding->nr_holders = 0;
		return false;
	}
	for (i = 0; i < finding->nr_holders; i++)
		finding->holder[i].exit_frees = !stays;
	return true;
}

static bool mount_tell(struct kms_case *c, struct kms_finding *finding,
		       struct kms_shared_parts *parts)
{
	const struct kms_tmpfs *mount = parts->mount;
	const struct kms_shared_files *files = &c->obs->shared_files;
	struct kms_open_sum sum = kms_open_changed(c, mount);

	kms_shared_place(c, finding, mount, parts->mount_bytes,
			 finding->growth_bytes);
	if (is_most(sum.bytes, parts->mount_bytes)) {
		parts->what = kms_open_holder(c, finding, &sum,
					      mount->used_bytes);
		return true;
	}
	parts->what = kms_strings_add(c->strings, "%s %s",
				      mount->is_ramfs ? "ramfs" : "tmpfs",
				      mount->point);
	if (mapping_tell(c, finding, true))
		return true;
	if (files->grown && is_most(files->grown_bytes, parts->mount_bytes)) {
		parts->what = files->grown;
		kms_tell(c, &finding->evidence,
			 "%s was written to while observed; it has %s",
			 files->grown, kms_words_bytes(files->grown_bytes).text);
	}
	kms_tell(c, &finding->unknown,
		 "who writes there: no process has such a file open now");
	return true;
}

static void segment_tell(struct kms_case *c, struct kms_finding *finding,
			 struct kms_shared_parts *parts)
{
	const struct kms_segment *segment = parts->segment;
	const struct kms_process_memory *maker =
		kms_process_memories_find(&c->obs->host[KMS_HOST_AFTER].processes,
					  segment->maker);
	struct kms_found_holder *holder;

	parts->what = is_most(parts->segment_bytes, parts->segments_bytes) ?
		kms_strings_add(c->strings, "shared memory segment %u",
				segment->id) :
		kms_strings_add(c->strings, "%zu shared memory segments",
				parts->nr_segments);
	kms_tell(c, &finding->evidence,
		 "segment %u has %s in memory, %llu attached, made by process %u; ipcs -m lists it",
		 segment->id, kms_words_bytes(segment->bytes).text,
		 (unsigned long long)segment->nr_attached, segment->maker);
	if (mapping_tell(c, finding, true))
		return;
	/* The number of one that has ended may be of another process now. */
	if (!maker || maker->uid != segment->uid || !segment->nr_attached)
		return;
	holder = kms_holder_of(c, finding, segment->maker);
	if (!holder)
		return;
	holder->resource = parts->what;
	holder->exit_frees = false;
	holder->total_bytes = segment->bytes;
	holder->share_permille = kms_permille(parts->segments_bytes,
					      finding->growth_bytes);
}

bool kms_shared_parts_tell(struct kms_case *c, struct kms_finding *finding,
			   struct kms_shared_parts *parts)
{
	struct kms_open_sum sum;

	if (parts->mount)
		return mount_tell(c, finding, parts);
	if (parts->segment) {
		segment_tell(c, finding, parts);
		return true;
	}
	parts->what = "shared memory";
	sum = kms_open_changed(c, NULL);
	if (parts->hidden_bytes && is_most(sum.bytes, parts->hidden_bytes)) {
		parts->what = kms_open_holder(c, finding, &sum,
					      finding->total_bytes);
		return true;
	}
	if (mapping_tell(c, finding, false))
		return true;
	kms_tell(c, &finding->unknown,
		 "what has it: %s of the growth is in no file that can be seen: deleted files, memfd or GPU objects",
		 kms_words_bytes(parts->hidden_bytes).text);
	return false;
}
