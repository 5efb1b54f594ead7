// SPDX-License-Identifier: GPL-2.0-only
/* The processes that hold memory, by what grew in /proc/PID/status. */
#include <stdlib.h>
#include <string.h>

#include "diagnose/judge/growers.h"
#include "lib/text.h"
#include "lib/words.h"

/* More would not fit a page, and the first ones are enough to act on. */
#define MAX_NAMED 3

static uint64_t anon_of(const struct kms_process_memory *process)
{
	return process->anon_bytes + process->swap_bytes;
}

static uint64_t shared_of(const struct kms_process_memory *process)
{
	return process->shmem_bytes;
}

static uint64_t locked_of(const struct kms_process_memory *process)
{
	return process->locked_bytes;
}

static uint64_t page_tables_of(const struct kms_process_memory *process)
{
	return process->page_table_bytes;
}

static uint64_t threads_of(const struct kms_process_memory *process)
{
	return process->zombie ? 0 : process->nr_threads;
}

const struct kms_measure kms_measure_anon = {
	.of = anon_of, .resource = "anonymous memory",
};

const struct kms_measure kms_measure_shared = {
	.of = shared_of, .resource = "shared memory that it maps",
};

const struct kms_measure kms_measure_locked = {
	.of = locked_of, .resource = "locked memory",
};

const struct kms_measure kms_measure_page_tables = {
	.of = page_tables_of, .resource = "page tables",
};

/* On x86 and arm64 the stack of a thread has 16 KiB. */
const struct kms_measure kms_measure_threads = {
	.of = threads_of, .unit_bytes = 16 * 1024, .resource = "threads",
};

/* A process at both moments, or only now. */
struct change {
	const struct kms_process_memory *process;
	bool is_new;
	uint64_t now;
	int64_t growth;
};

/* All of one name that grew, or one of them that grew the most. */
struct group {
	struct change top;
	uint64_t nr;
	uint64_t now;
	int64_t growth;
};

static bool is_whole(const struct kms_case *c)
{
	const struct kms_host_moment *host = c->obs->host;

	return host[KMS_HOST_BEFORE].boottime_ns &&
	       host[KMS_HOST_BEFORE].processes.whole &&
	       host[KMS_HOST_AFTER].processes.whole &&
	       host[KMS_HOST_AFTER].boottime_ns >
	       host[KMS_HOST_BEFORE].boottime_ns;
}

/*
 * Numbers are used again, but not in seconds for a process of the same name, or
 * of the same parent.  A program may change its name, and lose its parent.
 */
static bool is_same(const struct kms_process_memory *before,
		    const struct kms_process_memory *now)
{
	return before && (!strcmp(before->name, now->name) ||
			  before->parent == now->parent);
}

static struct change change_of(const struct kms_case *c,
			       const struct kms_measure *measure,
			       const struct kms_process_memory *now)
{
	const struct kms_process_memory *before =
		kms_process_memories_find(&c->obs->host[KMS_HOST_BEFORE].processes,
					  now->pid);
	struct change change = {
		.process = now,
		.is_new = !is_same(before, now),
		.now = measure->of(now),
	};

	change.growth = change.now -
			(change.is_new ? 0 : measure->of(before));
	return change;
}

double kms_host_growth(const struct kms_case *c, int64_t growth)
{
	const struct kms_host_moment *host = c->obs->host;

	if (host[KMS_HOST_AFTER].boottime_ns <=
	    host[KMS_HOST_BEFORE].boottime_ns)
		return 0;
	return (double)growth * c->ns / (host[KMS_HOST_AFTER].boottime_ns -
					 host[KMS_HOST_BEFORE].boottime_ns);
}

static int64_t in_bytes(const struct kms_measure *measure, int64_t number)
{
	return measure->unit_bytes ? number * (int64_t)measure->unit_bytes :
				     number;
}

int64_t kms_processes_growth(const struct kms_case *c,
			     const struct kms_measure *measure)
{
	const struct kms_process_memories *before, *now;
	int64_t sum = 0;
	size_t i;

	if (!is_whole(c))
		return KMS_UNKNOWN_SIGNED;
	before = &c->obs->host[KMS_HOST_BEFORE].processes;
	now = &c->obs->host[KMS_HOST_AFTER].processes;
	for (i = 0; i < now->nr; i++)
		sum += measure->of(&now->process[i]);
	for (i = 0; i < before->nr; i++)
		sum -= measure->of(&before->process[i]);
	return kms_host_growth(c, in_bytes(measure, sum));
}

bool kms_holder_is_new(const struct kms_case *c,
		       const struct kms_measure *measure)
{
	const struct kms_process_memories *now;
	int64_t sum = 0, largest = 0;
	struct change change;
	size_t i;

	if (!is_whole(c))
		return false;
	now = &c->obs->host[KMS_HOST_AFTER].processes;
	for (i = 0; i < now->nr; i++) {
		change = change_of(c, measure, &now->process[i]);
		if (change.growth <= 0)
			continue;
		sum += change.growth;
		if (change.is_new && change.growth > largest)
			largest = change.growth;
	}
	return 2 * largest > sum;
}

static int name_compare(const void *a, const void *b)
{
	const struct change *left = a, *right = b;

	return strcmp(left->process->name, right->process->name);
}

static int growth_compare(const void *a, const void *b)
{
	const struct group *left = a, *right = b;

	if (left->growth != right->growth)
		return left->growth < right->growth ? 1 : -1;
	if (left->now != right->now)
		return left->now < right->now ? 1 : -1;
	return strcmp(left->top.process->name, right->top.process->name);
}

/* Fold what is sorted by name; returns the number of groups. */
static size_t groups_fold(struct group *group, const struct change *change,
			  size_t nr_changes)
{
	struct group *last;
	size_t i, nr = 0;

	for (i = 0; i < nr_changes; i++) {
		if (!nr || strcmp(group[nr - 1].top.process->name,
				  change[i].process->name))
			group[nr++] = (struct group){ .top = change[i] };
		last = &group[nr - 1];
		last->nr++;
		last->now += change[i].now;
		last->growth += change[i].growth;
		if (change[i].growth > last->top.growth)
			last->top = change[i];
	}
	return nr;
}

const char *kms_process_words(struct kms_case *c,
			      const struct kms_process_memory *process)
{
	char *text = kms_text_escape(process->name, strlen(process->name));
	const char *name = kms_strings_add(c->strings, "%s", text ?: "");

	c->strings->failed |= !text;
	free(text);
	return name;
}

struct kms_found_holder *kms_holder_of(struct kms_case *c,
				       struct kms_finding *finding,
				       uint32_t pid)
{
	const struct kms_process_memory *process =
		kms_process_memories_find(&c->obs->host[KMS_HOST_AFTER].processes,
					  pid);
	struct kms_found_holder *holder = kms_holder_add(finding);

	if (!holder)
		return NULL;
	holder->pid = pid;
	holder->exit_frees = true;
	/* It may have started after the processes were read. */
	holder->is_spared = !process || process->spared;
	if (!process)
		return holder;
	holder->name = kms_process_words(c, process);
	holder->uid = process->uid;
	return holder;
}

static void group_tell(struct kms_case *c, struct kms_finding *finding,
		       const struct kms_measure *measure,
		       const struct group *group, uint64_t whole_bytes,
		       bool grown)
{
	/* One of them is the cause, or all are. */
	const bool is_one = group->nr == 1 ||
			    2 * group->top.growth > group->growth;
	uint64_t now = is_one ? group->top.now : group->now;
	int64_t growth = is_one ? group->top.growth : group->growth;
	struct kms_found_holder *holder =
		kms_holder_of(c, finding, group->top.process->pid);

	if (!holder)
		return;
	holder->resource = measure->resource;
	if (!is_one) {
		holder->nr_alike = group->nr;
		holder->pid = KMS_UNKNOWN;
	}
	holder->share_permille =
		kms_permille(in_bytes(measure, grown ? kms_host_growth(c, growth) :
				      growth), whole_bytes);
	if (holder->share_permille > 1000)
		holder->share_permille = 1000;
	holder->total_bytes = in_bytes(measure, now);
	if (measure->unit_bytes)
		holder->nr = now;
	if (!grown)
		return;
	holder->growth_bytes = kms_host_growth(c, in_bytes(measure, growth));
	if (measure->unit_bytes)
		holder->growth_nr = kms_host_growth(c, growth);
}

/* Take what grew, or all with their size for growth. */
static size_t changes_take(const struct kms_case *c,
			   const struct kms_measure *measure,
			   struct change *change, bool grown)
{
	const struct kms_process_memories *now =
		&c->obs->host[KMS_HOST_AFTER].processes;
	size_t i, nr = 0;

	for (i = 0; i < now->nr; i++) {
		if (now->process[i].self)
			continue;
		change[nr] = change_of(c, measure, &now->process[i]);
		if (!grown)
			change[nr].growth = change[nr].now;
		nr += change[nr].growth > 0;
	}
	qsort(change, nr, sizeof(*change), name_compare);
	return nr;
}

static void holders_fill(struct kms_case *c, struct kms_finding *finding,
			 const struct kms_measure *measure,
			 uint64_t whole_bytes, bool grown)
{
	size_t i, nr = c->obs->host[KMS_HOST_AFTER].processes.nr;
	struct change *change = calloc(nr + 1, sizeof(*change));
	struct group *group = calloc(nr + 1, sizeof(*group));
	int64_t bytes;

	c->strings->failed |= !change || !group;
	if (change && group) {
		nr = changes_take(c, measure, change, grown);
		nr = groups_fold(group, change, nr);
		qsort(group, nr, sizeof(*group), growth_compare);
		for (i = 0; i < nr && i < MAX_NAMED; i++) {
			bytes = in_bytes(measure, group[i].growth);
			if (grown)
				bytes = kms_host_growth(c, bytes);
			if (kms_permille(bytes, whole_bytes) <
			    KMS_NAMED_PERMILLE)
				break;
			group_tell(c, finding, measure, &group[i], whole_bytes,
				   grown);
		}
	}
	free(change);
	free(group);
}

void kms_holders_grown(struct kms_case *c, struct kms_finding *finding,
		       const struct kms_measure *measure,
		       uint64_t growth_bytes)
{
	if (is_whole(c))
		holders_fill(c, finding, measure, growth_bytes, true);
}

void kms_holders_largest(struct kms_case *c, struct kms_finding *finding,
			 const struct kms_measure *measure,
			 uint64_t total_bytes)
{
	if (c->obs->host[KMS_HOST_AFTER].processes.whole)
		holders_fill(c, finding, measure, total_bytes, false);
}

const char *kms_holder_words(struct kms_case *c,
			     const struct kms_found_holder *holder)
{
	if (holder->nr_alike > 1)
		return kms_strings_add(c->strings, "%llu %s processes",
				       (unsigned long long)holder->nr_alike,
				       holder->name ?: "similar");
	return kms_strings_add(c->strings, "%s (process %llu)",
			       holder->name ?: "a process",
			       (unsigned long long)holder->pid);
}
