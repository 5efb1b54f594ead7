// SPDX-License-Identifier: GPL-2.0-only
/* kmemscope slab: slab caches, and slab caches by NUMA node. */
#include "cmd/cmd.h"
#include "cmd/list.h"
#include "table/kinds.h"

static const struct kms_list_command slab = {
	.summary = "Print slab caches, the largest first",
	.operand = "name",
	.view = {
		.kind = &kms_kind_slab,
		.root = "slabs",
		.columns = (const char * const[]){
			"name", "total_bytes", "wasted_bytes", "nr_objects",
			"nr_active_objects", "size", "nr_slabs", "reclaimable",
			NULL
		},
		.sort = "total_bytes",
		.change = "total_bytes",
		.changes = (const char * const[]){
			"name", "total_bytes", "wasted_bytes", "nr_objects",
			"nr_active_objects", "nr_slabs", "nr_partial_slabs",
			NULL
		},
		.flag_help = "count what is really in use; reads each CPU's lists",
		.flag_fills = (const char * const[]){
			"nr_inuse_objects", "nr_cached_objects",
			"inuse_error_objects", "inuse_basis", NULL
		},
		.flag_doubt = "approximate",
		.flag_columns = (const char * const[]){
			"name", "total_bytes", "wasted_bytes", "nr_objects",
			"nr_active_objects", "nr_cached_objects",
			"nr_inuse_objects", NULL
		},
	},
	.option = "per-node",
	.option_help = "one row for each cache and NUMA node",
	.other = {
		.kind = &kms_kind_slab_node,
		.root = "slab_nodes",
		.columns = (const char * const[]){
			"name", "node", "total_bytes", "wasted_bytes",
			"nr_objects", "nr_active_objects", "nr_slabs",
			"nr_partial_slabs", NULL
		},
		.sort = "total_bytes",
		.change = "total_bytes",
	},
};

int kms_cmd_slab(int argc, char **argv)
{
	return kms_list_run(&slab, argc, argv);
}
