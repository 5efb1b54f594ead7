/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of all commands. */
#ifndef KMS_CMD_COMMANDS_H
#define KMS_CMD_COMMANDS_H

#include <stddef.h>

struct kms_list_command;

struct kms_command {
	const char *name;
	const char *summary;
	/* One of the two; run() returns what the program exits with. */
	int (*run)(int argc, char **argv);
	const struct kms_list_command *list;
};

extern const struct kms_command kms_commands[];
extern const size_t kms_nr_commands;

/* Run a command; argv[0] is "kmemscope COMMAND", for messages. */
int kms_command_run(const struct kms_command *command, int argc, char **argv);

#endif /* KMS_CMD_COMMANDS_H */
