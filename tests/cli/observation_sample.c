// SPDX-License-Identifier: GPL-2.0-only
/* Observations that tests make up, and what is found in them. */
#include <ctype.h>

#include "observation_sample.h"

struct kms_observation obs;
struct kms_verdict verdict;

/* A host of 16 GiB at rest for 10 s */
int rest(void **state)
{
	static const uint64_t seconds[KMS_NR_MOMENTS] = { 100, 103, 110 };
	size_t i;

	(void)state;
	kms_observation_init(&obs);
	obs.page_bytes = PAGE;
	for (i = 0; i < KMS_NR_MOMENTS; i++)
		obs.moment[i].boottime_ns = seconds[i] * SECOND;
	return 0;
}

int forget(void **state)
{
	(void)state;
	kms_verdict_free(&verdict);
	kms_observation_free(&obs);
	return 0;
}

/* A text that a record owns. */
static const char *own(const char *text)
{
	char *copy = strdup(text);

	assert_non_null(copy);
	return copy;
}

void *add(struct kms_records *records)
{
	void *record = kms_records_add(records);

	assert_non_null(record);
	return record;
}

void slab_node(size_t number, const char *name, uint64_t node, uint64_t bytes)
{
	struct kms_slab_node_record *slab =
		add(&obs.moment[number].slab_nodes.any);

	slab->name = own(name);
	slab->node = node;
	slab->total_bytes = bytes;
}

void cache(const char *name, unsigned int reclaimable, uint64_t size,
	   const uint64_t objects[KMS_NR_MOMENTS])
{
	size_t i;

	for (i = 0; i < KMS_NR_MOMENTS; i++) {
		struct kms_slab_record *slab = add(&obs.moment[i].slabs.any);

		slab->name = own(name);
		slab->size = size;
		slab->reclaimable = reclaimable;
		slab->nr_active_objects = objects[i];
		slab->total_bytes = objects[i] * size;
		slab_node(i, name, 0, objects[i] * size);
	}
}

void memory(uint64_t managed, uint64_t free, uint64_t slab,
	    const int64_t unaccounted[KMS_NR_MOMENTS])
{
	struct kms_node_record *node;
	size_t i;

	for (i = 0; i < KMS_NR_MOMENTS; i++) {
		node = add(&obs.moment[i].nodes.any);
		node->node = 0;
		node->managed_pages = 1;
		node = add(&obs.moment[i].nodes.any);
		node->managed_pages = managed;
		node->free_pages = free;
		node->file_pages = 100000;
		node->shmem_pages = 10000;
		node->slab_reclaimable_pages = slab;
		node->slab_unreclaimable_pages = 5000;
		node->unaccounted_pages = unaccounted ? unaccounted[i] : 0;
		node->unaccounted_error_pages = 1000;
	}
}

void host(void)
{
	memory(4194304, 2000000, 50000, NULL);
}

/* The contents of /proc/sys/fs/dentry-state. */
void dentry_states(uint64_t before, uint64_t before_negative,
			  uint64_t now, uint64_t now_negative)
{
	obs.moment[KMS_MOMENT_FIRST].dentries = (struct kms_dentry_state){
		true, before, before, before_negative,
	};
	obs.moment[KMS_MOMENT_LAST].dentries = (struct kms_dentry_state){
		true, now, now, now_negative,
	};
}

struct kms_zone_record *zone_add(unsigned int node, const char *name,
				 uint64_t managed)
{
	struct kms_zone_record *zone = add(&obs.zones.any);

	zone->node = node;
	zone->zone = own(name);
	zone->managed_pages = managed;
	return zone;
}

void buddy_add(unsigned int node, const char *zone, unsigned int order,
	       int64_t index)
{
	struct kms_buddy_record *buddy = add(&obs.buddies.any);

	buddy->node = node;
	buddy->zone = own(zone);
	buddy->order = order;
	buddy->extfrag_index = index;
}

void walked(size_t number, uint64_t negative, uint64_t positive,
	    unsigned int coverage)
{
	struct kms_walk *walk = &obs.walk[number];

	walk->done = true;
	walk->boottime_ns = (number ? 108 : 101) * SECOND;
	walk->total.nr_hashed = negative + positive;
	walk->total.nr_negative = negative;
	walk->total.nr_positive = positive;
	walk->total.coverage_permille = coverage;
}

void directory(size_t number, unsigned int inode, const char *path,
	       uint64_t negative, uint64_t positive)
{
	struct kms_dentry_directory_record *directory =
		add(&obs.walk[number].directories.any);

	directory->device = own("8:1");
	directory->inode = inode;
	directory->generation = 7;
	directory->fs_type = own("ext4");
	directory->path = own(path);
	directory->nr_dentries = negative + positive;
	directory->nr_negative = negative;
	directory->nr_positive = positive;
	directory->total_bytes = 192 * (negative + positive);
	directory->coverage_permille = 1000;
}

void name(size_t number, unsigned int inode, unsigned int negative,
	  const char *text)
{
	struct kms_dentry_name_record *name = add(&obs.walk[number].names.any);

	name->device = own("8:1");
	name->inode = inode;
	name->generation = 7;
	name->negative = negative;
	name->name = own(text);
}

struct kms_trace *trace_add(const char *cache, unsigned int explained)
{
	struct kms_trace *trace = &obs.trace[obs.nr_traces++];

	trace->cache = strdup(cache);
	trace->done = true;
	trace->total.duration_ns = 5 * SECOND;
	trace->total.nr_allocs = 1000;
	trace->total.nr_frees = 10;
	trace->total.explained_permille = explained;
	trace->total.nr_dropped = 0;
	trace->facts = calloc(128, sizeof(*trace->facts));
	return trace;
}

static size_t words_count(const char *text)
{
	size_t nr = 1;

	for (; *text; text++)
		nr += *text == ' ';
	return nr;
}

void judge(void)
{
	struct kms_error err = { 0 };

	/* No mount leads anywhere. */
	assert_true(kms_directories_find(&obs, &(struct kms_mounts){ 0 }));
	assert_int_equal(kms_verdict_make(&verdict, &obs, &err), KMS_OK);
	assert_int_equal(kms_remedies_fill(&verdict, &obs, &err), KMS_OK);
	/* A headline has at most 20 words. */
	assert_in_range(words_count(verdict.summary), 1, 20);
}

const struct kms_finding *only(enum kms_finding_kind kind)
{
	const struct kms_finding *found = NULL;
	size_t i;

	for (i = 0; i < verdict.nr_findings; i++) {
		if (verdict.finding[i].kind != kind)
			continue;
		assert_null(found);
		found = &verdict.finding[i];
	}
	assert_non_null(found);
	return found;
}

static void text_print(FILE *stream, void *arg)
{
	(void)arg;
	kms_verdict_print(stream, &verdict);
	kms_verdict_print_remedies(stream, &verdict);
}

/* Undo line wraps. */
static void unwrap(char *text)
{
	char *to = text;

	for (; *text; text++) {
		*to++ = isspace((unsigned char)*text) ? ' ' : *text;
		while (isspace((unsigned char)text[0]) &&
		       isspace((unsigned char)text[1]))
			text++;
	}
	*to = '\0';
}

static bool has_words(char *text, const char *words)
{
	if (strstr(text, words))
		return true;
	unwrap(text);
	return strstr(text, words);
}

void expect_words(const char *words)
{
	char *text = printed(text_print, NULL);
	bool found = has_words(text, words);

	if (!found)
		print_error("no '%s' in:\n%s", words, text);
	free(text);
	assert_true(found);
}

void expect_no_words(const char *words)
{
	char *text = printed(text_print, NULL);
	bool found = has_words(text, words);

	if (found)
		print_error("'%s' in:\n%s", words, text);
	free(text);
	assert_false(found);
}

void allocator(struct kms_trace *trace, const char *words,
	       uint64_t outstanding)
{
	record_add(&trace->allocators.any,
		   "id=%zu %s nr_allocs=%" PRIu64 " nr_outstanding=%" PRIu64
		   " allocs_per_second=9", trace->allocators.nr + 1, words,
		   outstanding, outstanding);
}

struct kms_trace *leak(unsigned int explained)
{
	host();
	cache("kmalloc-256", 0, 256, EACH(5000, 95000, 305000));
	return trace_add("kmalloc-256", explained);
}

void host_moments(void)
{
	size_t i;

	for (i = 0; i < KMS_NR_HOST_MOMENTS; i++) {
		obs.host[i].boottime_ns = (i ? 110 : 100) * SECOND;
		obs.host[i].processes.whole = true;
		obs.host[i].tmpfs.known = true;
		obs.host[i].tmpfs.whole = true;
		obs.host[i].segments.known = true;
	}
	task_at(KMS_HOST_BEFORE, 1, 0, "init");
	task_at(KMS_HOST_AFTER, 1, 0, "init")->spared = true;
}

struct kms_process_memory *task_at(size_t number, uint32_t pid, uint32_t parent,
				   const char *name)
{
	struct kms_process_memories *all = &obs.host[number].processes;
	struct kms_process_memory *process;

	all->process = realloc(all->process,
			       (all->nr + 1) * sizeof(*all->process));
	assert_non_null(all->process);
	process = &all->process[all->nr++];
	*process = (struct kms_process_memory){
		.pid = pid, .parent = parent, .nr_threads = 1,
	};
	snprintf(process->name, sizeof(process->name), "%s", name);
	return process;
}

struct kms_tmpfs *tmpfs(size_t number, unsigned int minor, const char *point,
			uint64_t used)
{
	struct kms_tmpfs_mounts *all = &obs.host[number].tmpfs;
	struct kms_tmpfs *mount;
	char device[16];

	all->mount = realloc(all->mount, (all->nr + 1) * sizeof(*all->mount));
	assert_non_null(all->mount);
	mount = &all->mount[all->nr++];
	snprintf(device, sizeof(device), "0:%u", minor);
	*mount = (struct kms_tmpfs){
		.device = strdup(device), .point = strdup(point),
		.number = minor, .pid = 1, .used_bytes = used,
		.limit_bytes = KMS_UNKNOWN,
	};
	return mount;
}

void host_pages(size_t offset, const uint64_t pages[KMS_NR_MOMENTS])
{
	struct kms_node_record *node;
	size_t i;

	for (i = 0; i < KMS_NR_MOMENTS; i++) {
		kms_for_each(node, &obs.moment[i].nodes)
			if (node->node == KMS_UNKNOWN)
				*(uint64_t *)((char *)node + offset) = pages[i];
	}
}
