// SPDX-License-Identifier: GPL-2.0-only
/* What a look holds: made empty, and given back. */
#include <linux/kmemscope.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diagnose/observation.h"
#include "table/kinds.h"

void kms_moment_init(struct kms_moment *at)
{
	*at = (struct kms_moment){ 0 };
	at->slabs.kind = &kms_kind_slab;
	at->slab_nodes.kind = &kms_kind_slab_node;
	at->nodes.kind = &kms_kind_node;
}

void kms_moment_free(struct kms_moment *at)
{
	kms_rows_free(&at->slabs);
	kms_rows_free(&at->slab_nodes);
	kms_rows_free(&at->nodes);
}

bool kms_moment_host(const struct kms_moment *at, size_t *row)
{
	for (*row = 0; *row < at->nodes.nr; ++*row)
		if (kms_field(&at->nodes, *row, KMEMSCOPE_A_NODE_NODE) ==
		    KMS_UNKNOWN)
			return true;
	return false;
}

void kms_observation_init(struct kms_observation *obs)
{
	size_t i;

	memset(obs, 0, sizeof(*obs));
	obs->page_bytes = (uint32_t)sysconf(_SC_PAGESIZE);
	obs->available_bytes = KMS_UNKNOWN;
	for (i = 0; i < KMS_NR_MOMENTS; i++)
		kms_moment_init(&obs->moment[i]);
	obs->zones.kind = &kms_kind_zone;
	obs->buddies.kind = &kms_kind_buddy;
	for (i = 0; i < KMS_NR_WALKS; i++) {
		obs->walk[i].dentries.kind = &kms_kind_dentry;
		obs->walk[i].directories.kind = &kms_kind_dentry_directory;
		obs->walk[i].names.kind = &kms_kind_dentry_name;
	}
	for (i = 0; i < KMS_MAX_TRACES; i++) {
		obs->trace[i].total.kind = &kms_kind_trace;
		obs->trace[i].allocators.kind = &kms_kind_trace_allocator;
		obs->trace[i].stacks.kind = &kms_kind_trace_stack;
	}
}

static void trace_free(struct kms_trace *trace)
{
	size_t i;

	for (i = 0; trace->facts && i < trace->allocators.nr; i++)
		free(trace->facts[i].cgroup);
	free(trace->facts);
	free(trace->cache);
	kms_rows_free(&trace->total);
	kms_rows_free(&trace->allocators);
	kms_rows_free(&trace->stacks);
}

void kms_observation_free(struct kms_observation *obs)
{
	size_t i;

	for (i = 0; i < KMS_NR_MOMENTS; i++)
		kms_moment_free(&obs->moment[i]);
	kms_rows_free(&obs->zones);
	kms_rows_free(&obs->buddies);
	for (i = 0; i < KMS_NR_WALKS; i++) {
		kms_rows_free(&obs->walk[i].dentries);
		kms_rows_free(&obs->walk[i].directories);
		kms_rows_free(&obs->walk[i].names);
	}
	for (i = 0; i < KMS_MAX_TRACES; i++)
		trace_free(&obs->trace[i]);
	kms_mounts_free(&obs->mounts);
	kms_strings_free(&obs->missing);
	kms_strings_free(&obs->notes);
	kms_value_clear(&obs->version);
}
