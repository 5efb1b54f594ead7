// SPDX-License-Identifier: GPL-2.0-only
/* kmemscope zone: memory zones and their watermarks. */
#include "cmd/cmd.h"
#include "cmd/list.h"
#include "table/kinds.h"

static const struct kms_list_command zone = {
	.summary = "Print memory zones and their watermarks, in pages",
	.view = {
		.kind = &kms_kind_zone,
		.root = "zones",
		.columns = (const char * const[]){
			"node", "zone", "managed_pages", "free_pages",
			"pcp_pages", "min_pages", "low_pages", "high_pages",
			"largest_free_order", NULL
		},
		.change = "free_pages",
		.changes = (const char * const[]){
			"node", "zone", "managed_pages", "free_pages",
			"pcp_pages", "largest_free_order", NULL
		},
	},
};

int kms_cmd_zone(int argc, char **argv)
{
	return kms_list_run(&zone, argc, argv);
}
