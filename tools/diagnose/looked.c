// SPDX-License-Identifier: GPL-2.0-only
/* What a look holds: made empty, and given back. */
#include <linux/kmemscope.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diagnose/look.h"
#include "lib/kinds.h"

struct ks_dentry_state ks_dentry_state_parse(const char *text)
{
	struct ks_dentry_state state = { .nr_negative = KS_UNKNOWN };
	long nr, unused, age, want, negative, dummy;
	int fields = sscanf(text, "%ld %ld %ld %ld %ld %ld", &nr, &unused,
			    &age, &want, &negative, &dummy);

	if (fields < 2 || nr < 0 || unused < 0)
		return state;
	state.known = true;
	state.nr = nr;
	state.nr_unused = unused;
	if (fields == 6 && negative >= 0)
		state.nr_negative = negative;
	return state;
}

uint64_t ks_available_parse(const char *text)
{
	unsigned long long kib;

	text = strstr(text, "MemAvailable:");
	if (!text || sscanf(text, "MemAvailable: %llu kB", &kib) != 1)
		return KS_UNKNOWN;
	return kib * 1024;
}

void ks_look_at_init(struct ks_look_at *at)
{
	*at = (struct ks_look_at){ 0 };
	at->slabs.kind = &ks_kind_slab;
	at->slab_nodes.kind = &ks_kind_slab_node;
	at->nodes.kind = &ks_kind_node;
}

void ks_look_at_free(struct ks_look_at *at)
{
	ks_rows_free(&at->slabs);
	ks_rows_free(&at->slab_nodes);
	ks_rows_free(&at->nodes);
}

bool ks_look_at_host(const struct ks_look_at *at, size_t *row)
{
	for (*row = 0; *row < at->nodes.nr; ++*row)
		if (ks_field(&at->nodes, *row, KMEMSCOPE_A_NODE_NODE) ==
		    KS_UNKNOWN)
			return true;
	return false;
}

void ks_look_init(struct ks_look *look)
{
	size_t i;

	memset(look, 0, sizeof(*look));
	look->page_bytes = (uint32_t)sysconf(_SC_PAGESIZE);
	look->available_bytes = KS_UNKNOWN;
	for (i = 0; i < KS_NR_LOOKS; i++)
		ks_look_at_init(&look->at[i]);
	look->zones.kind = &ks_kind_zone;
	look->buddies.kind = &ks_kind_buddy;
	for (i = 0; i < KS_NR_WALKS; i++) {
		look->walk[i].dentries.kind = &ks_kind_dentry;
		look->walk[i].directories.kind = &ks_kind_dentry_directory;
		look->walk[i].names.kind = &ks_kind_dentry_name;
	}
	for (i = 0; i < KS_TRACES_MAX; i++) {
		look->traced[i].trace.kind = &ks_kind_trace;
		look->traced[i].allocators.kind = &ks_kind_trace_allocator;
		look->traced[i].stacks.kind = &ks_kind_trace_stack;
	}
}

static void traced_free(struct ks_traced *traced)
{
	size_t i;

	for (i = 0; traced->who && i < traced->allocators.nr; i++)
		free(traced->who[i].cgroup);
	free(traced->who);
	free(traced->cache);
	ks_rows_free(&traced->trace);
	ks_rows_free(&traced->allocators);
	ks_rows_free(&traced->stacks);
}

void ks_look_free(struct ks_look *look)
{
	size_t i;

	for (i = 0; i < KS_NR_LOOKS; i++)
		ks_look_at_free(&look->at[i]);
	ks_rows_free(&look->zones);
	ks_rows_free(&look->buddies);
	for (i = 0; i < KS_NR_WALKS; i++) {
		ks_rows_free(&look->walk[i].dentries);
		ks_rows_free(&look->walk[i].directories);
		ks_rows_free(&look->walk[i].names);
	}
	for (i = 0; i < KS_TRACES_MAX; i++)
		traced_free(&look->traced[i]);
	ks_mounts_free(&look->mounts);
	ks_strings_free(&look->missing);
	ks_strings_free(&look->notes);
	ks_value_clear(&look->version);
}
