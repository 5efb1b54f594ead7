// SPDX-License-Identifier: GPL-2.0-only
/* kmemscope counters: the kernel's memory counters under their own names. */
#include "cmd/cmd.h"
#include "cmd/list.h"
#include "table/kinds.h"

static const struct kms_list_command counters = {
	.summary = "Print the kernel's zone, node and NUMA event counters",
	.operand = "name",
	.view = {
		.kind = &kms_kind_counter,
		.root = "counters",
		.columns = (const char * const[]){
			"node", "zone", "name", "value", NULL
		},
		.change = "value",
	},
};

int kms_cmd_counters(int argc, char **argv)
{
	return kms_list_run(&counters, argc, argv);
}
