// SPDX-License-Identifier: GPL-2.0-only
/* kmemscope counters: the kernel's memory counters under their own names. */
#include "cmd/cmd.h"
#include "cmd/list.h"
#include "lib/kinds.h"

static const struct ks_list_command counters = {
	.summary = "Print the kernel's zone, node and NUMA event counters",
	.operand = "name",
	.view = {
		.kind = &ks_kind_counter,
		.root = "counters",
		.columns = (const char * const[]){
			"node", "zone", "name", "value", NULL
		},
		.change = "value",
	},
};

int ks_cmd_counters(int argc, char **argv)
{
	return ks_list_run(&counters, argc, argv);
}
