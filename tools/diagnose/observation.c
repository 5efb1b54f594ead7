// SPDX-License-Identifier: GPL-2.0-only
/* What a look holds: made empty, and given back. */
#include <linux/kmemscope.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diagnose/observation.h"
#include "table/kinds.h"

void kms_look_at_init(struct kms_look_at *at)
{
	*at = (struct kms_look_at){ 0 };
	at->slabs.kind = &kms_kind_slab;
	at->slab_nodes.kind = &kms_kind_slab_node;
	at->nodes.kind = &kms_kind_node;
}

void kms_look_at_free(struct kms_look_at *at)
{
	kms_rows_free(&at->slabs);
	kms_rows_free(&at->slab_nodes);
	kms_rows_free(&at->nodes);
}

bool kms_look_at_host(const struct kms_look_at *at, size_t *row)
{
	for (*row = 0; *row < at->nodes.nr; ++*row)
		if (kms_field(&at->nodes, *row, KMEMSCOPE_A_NODE_NODE) ==
		    KMS_UNKNOWN)
			return true;
	return false;
}

void kms_look_init(struct kms_look *look)
{
	size_t i;

	memset(look, 0, sizeof(*look));
	look->page_bytes = (uint32_t)sysconf(_SC_PAGESIZE);
	look->available_bytes = KMS_UNKNOWN;
	for (i = 0; i < KMS_NR_LOOKS; i++)
		kms_look_at_init(&look->at[i]);
	look->zones.kind = &kms_kind_zone;
	look->buddies.kind = &kms_kind_buddy;
	for (i = 0; i < KMS_NR_WALKS; i++) {
		look->walk[i].dentries.kind = &kms_kind_dentry;
		look->walk[i].directories.kind = &kms_kind_dentry_directory;
		look->walk[i].names.kind = &kms_kind_dentry_name;
	}
	for (i = 0; i < KMS_TRACES_MAX; i++) {
		look->traced[i].trace.kind = &kms_kind_trace;
		look->traced[i].allocators.kind = &kms_kind_trace_allocator;
		look->traced[i].stacks.kind = &kms_kind_trace_stack;
	}
}

static void traced_free(struct kms_traced *traced)
{
	size_t i;

	for (i = 0; traced->who && i < traced->allocators.nr; i++)
		free(traced->who[i].cgroup);
	free(traced->who);
	free(traced->cache);
	kms_rows_free(&traced->trace);
	kms_rows_free(&traced->allocators);
	kms_rows_free(&traced->stacks);
}

void kms_look_free(struct kms_look *look)
{
	size_t i;

	for (i = 0; i < KMS_NR_LOOKS; i++)
		kms_look_at_free(&look->at[i]);
	kms_rows_free(&look->zones);
	kms_rows_free(&look->buddies);
	for (i = 0; i < KMS_NR_WALKS; i++) {
		kms_rows_free(&look->walk[i].dentries);
		kms_rows_free(&look->walk[i].directories);
		kms_rows_free(&look->walk[i].names);
	}
	for (i = 0; i < KMS_TRACES_MAX; i++)
		traced_free(&look->traced[i]);
	kms_mounts_free(&look->mounts);
	kms_strings_free(&look->missing);
	kms_strings_free(&look->notes);
	kms_value_clear(&look->version);
}
