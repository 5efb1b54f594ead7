// SPDX-License-Identifier: GPL-2.0-only
/* Begin and free an observation. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diagnose/observation.h"

void kms_moment_init(struct kms_moment *moment)
{
	*moment = (struct kms_moment){ 0 };
	moment->slabs.type = &kms_slab_type;
	moment->slab_nodes.type = &kms_slab_node_type;
	moment->nodes.type = &kms_node_type;
	moment->meminfo = kms_meminfo_parse("");
}

void kms_moment_free(struct kms_moment *moment)
{
	kms_records_free(&moment->slabs.any);
	kms_records_free(&moment->slab_nodes.any);
	kms_records_free(&moment->nodes.any);
}

void kms_host_moment_free(struct kms_host_moment *moment)
{
	kms_process_memories_free(&moment->processes);
	kms_tmpfs_free(&moment->tmpfs);
	kms_segments_free(&moment->segments);
	kms_vmalloc_callers_free(&moment->vmalloc);
	kms_open_files_free(&moment->files);
}

const struct kms_holder_facts *
kms_holder_facts_of(const struct kms_observation *obs, uint64_t pid)
{
	size_t i;

	for (i = 0; i < obs->nr_holders; i++)
		if (obs->holder[i].pid == pid)
			return &obs->holder[i];
	return NULL;
}

const struct kms_node_record *kms_moment_host(const struct kms_moment *moment)
{
	const struct kms_node_record *node;

	kms_for_each(node, &moment->nodes)
		if (node->node == KMS_UNKNOWN)
			return node;
	return NULL;
}

static void walk_init(struct kms_walk *walk)
{
	kms_record_init(&kms_dentry_type, &walk->total);
	walk->directories.type = &kms_dentry_directory_type;
	walk->names.type = &kms_dentry_name_type;
}

static void trace_init(struct kms_trace *trace)
{
	kms_record_init(&kms_trace_type, &trace->total);
	trace->allocators.type = &kms_trace_allocator_type;
	trace->stacks.type = &kms_trace_stack_type;
}

void kms_observation_init(struct kms_observation *obs)
{
	size_t i;

	memset(obs, 0, sizeof(*obs));
	obs->page_bytes = (uint32_t)sysconf(_SC_PAGESIZE);
	obs->available_bytes = KMS_UNKNOWN;
	obs->zones.type = &kms_zone_type;
	obs->buddies.type = &kms_buddy_type;
	for (i = 0; i < KMS_NR_MOMENTS; i++)
		kms_moment_init(&obs->moment[i]);
	for (i = 0; i < KMS_NR_WALKS; i++)
		walk_init(&obs->walk[i]);
	for (i = 0; i < KMS_MAX_TRACES; i++)
		trace_init(&obs->trace[i]);
}

void kms_walk_forget(struct kms_walk *walk)
{
	size_t i;

	for (i = 0; walk->directory && i < walk->directories.nr; i++)
		kms_directory_free(&walk->directory[i]);
	free(walk->directory);
	walk->directory = NULL;
}

static void walk_free(struct kms_walk *walk)
{
	kms_walk_forget(walk);
	kms_record_clear(&kms_dentry_type, &walk->total);
	kms_records_free(&walk->directories.any);
	kms_records_free(&walk->names.any);
}

static void trace_free(struct kms_trace *trace)
{
	size_t i;

	for (i = 0; trace->facts && i < trace->allocators.nr; i++) {
		free(trace->facts[i].cgroup);
		free(trace->facts[i].container);
	}
	free(trace->facts);
	free(trace->cache);
	kms_record_clear(&kms_trace_type, &trace->total);
	kms_records_free(&trace->allocators.any);
	kms_records_free(&trace->stacks.any);
}

void kms_observation_free(struct kms_observation *obs)
{
	size_t i;

	for (i = 0; i < KMS_NR_MOMENTS; i++)
		kms_moment_free(&obs->moment[i]);
	for (i = 0; i < KMS_NR_WALKS; i++)
		walk_free(&obs->walk[i]);
	for (i = 0; i < KMS_MAX_TRACES; i++)
		trace_free(&obs->trace[i]);
	for (i = 0; i < KMS_NR_HOST_MOMENTS; i++)
		kms_host_moment_free(&obs->host[i]);
	kms_memory_files_free(&obs->shared_files.open);
	free(obs->shared_files.grown);
	for (i = 0; i < obs->nr_holders; i++) {
		free(obs->holder[i].cgroup);
		free(obs->holder[i].container);
	}
	kms_sockets_free(&obs->sockets);
	kms_records_free(&obs->zones.any);
	kms_records_free(&obs->buddies.any);
	kms_strings_free(&obs->missing);
	kms_strings_free(&obs->notes);
	kms_value_clear(&obs->version);
}
