// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of all commands. A command that only lists records is one row:
 * module/spec/reader.yaml says which columns it prints.
 */
#include "cmd/cmd.h"
#include "cmd/commands.h"
#include "cmd/list.h"
#include "lib/array.h"
#include "table/kinds.h"

const struct kms_command kms_commands[] = {
	{
		.name = "diagnose",
		.summary = "what is wrong, who does it and what helps",
		.run = kms_cmd_diagnose,
	}, {
		.name = "status",
		.summary = "the module, its collectors and what they cost",
		.run = kms_cmd_status,
	}, {
		.name = "slab",
		.summary = "slab caches, also by NUMA node",
		.list = &(const struct kms_list_command){
			.summary = "Print slab caches, the largest first",
			.page = "kmemscope-slab",
			.operand = "name",
			.views = {
				{ .kind = &kms_kind_slab },
				{
					.kind = &kms_kind_slab_node,
					.option = "per-node",
					.option_help =
					"one row for each cache and NUMA node",
				},
			},
		},
	}, {
		.name = "zone",
		.summary = "memory zones and their watermarks",
		.list = &(const struct kms_list_command){
			.summary = "Print memory zones and their watermarks, in pages",
			.views = { { .kind = &kms_kind_zone } },
		},
	}, {
		.name = "buddy",
		.summary = "free blocks and fragmentation by order",
		.list = &(const struct kms_list_command){
			.summary = "Print free blocks and fragmentation by zone and order",
			.views = {
				{ .kind = &kms_kind_buddy },
				{
					.kind = &kms_kind_migratetype,
					.option = "migratetypes",
					.option_help =
					"walk the free lists, one row for each migrate type",
				},
			},
		},
	}, {
		.name = "node",
		.summary = "NUMA nodes, and memory that no counter explains",
		.list = &(const struct kms_list_command){
			.summary = "Print NUMA nodes and, last, the whole host, in pages",
			.views = { { .kind = &kms_kind_node } },
		},
	}, {
		.name = "counters",
		.summary = "the kernel's own memory counters",
		.list = &(const struct kms_list_command){
			.summary = "Print the kernel's zone, node and NUMA event counters",
			.operand = "name",
			.views = { { .kind = &kms_kind_counter } },
		},
	}, {
		.name = "dentry",
		.summary = "directories with the most cached names, and superblocks",
		.run = kms_cmd_dentry,
	}, {
		.name = "trace",
		.summary = "who allocates from a slab cache now",
		.run = kms_cmd_trace,
	}, {
		.name = "off",
		.summary = "stop all collecting",
		.run = kms_cmd_off,
	}, {
		.name = "on",
		.summary = "allow collecting again",
		.run = kms_cmd_on,
	},
};

const size_t kms_nr_commands = ARRAY_SIZE(kms_commands);

int kms_command_run(const struct kms_command *command, int argc, char **argv)
{
	return command->list ? kms_list_run(command->list, argc, argv) :
			       command->run(argc, argv);
}
