// SPDX-License-Identifier: GPL-2.0-only
/* kmemscope buddy: free blocks and fragmentation by zone and order. */
#include "cmd/cmd.h"
#include "cmd/list.h"
#include "table/kinds.h"

static const struct kms_list_command buddy = {
	.summary = "Print free blocks and fragmentation by zone and order",
	.view = {
		.kind = &kms_kind_buddy,
		.root = "orders",
		.columns = (const char * const[]){
			"node", "zone", "order", "nr_free", "free_bytes",
			"unusable_index", "extfrag_index", NULL
		},
		.change = "free_bytes",
	},
	.option = "migratetypes",
	.option_help = "walk the free lists, one row for each migrate type",
	.other = {
		.kind = &kms_kind_migratetype,
		.root = "migratetypes",
		.columns = (const char * const[]){
			"node", "zone", "migratetype", "order", "nr_free",
			"approximate", NULL
		},
		.change = "nr_free",
	},
};

int kms_cmd_buddy(int argc, char **argv)
{
	return kms_list_run(&buddy, argc, argv);
}
