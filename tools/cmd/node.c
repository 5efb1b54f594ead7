// SPDX-License-Identifier: GPL-2.0-only
/* kmemscope node: NUMA nodes and, in the row without node, the whole host. */
#include "cmd/cmd.h"
#include "cmd/list.h"
#include "table/kinds.h"

static const struct kms_list_command node = {
	.summary = "Print NUMA nodes, and last the whole host, in pages",
	.view = {
		.kind = &kms_kind_node,
		.root = "nodes",
		.columns = (const char * const[]){
			"node", "managed_pages", "free_pages", "file_pages",
			"anon_pages", "slab_reclaimable_pages",
			"slab_unreclaimable_pages", "unaccounted_pages", NULL
		},
		.change = "free_pages",
	},
};

int kms_cmd_node(int argc, char **argv)
{
	return kms_list_run(&node, argc, argv);
}
