/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands of kmemscope; each returns what the program exits with. */
#ifndef KMS_CMD_CMD_H
#define KMS_CMD_CMD_H

#include "lib/error.h"

/* argv[0] is "kmemscope COMMAND", for messages. */
struct kms_command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
};

int kms_cmd_diagnose(int argc, char **argv);
int kms_cmd_status(int argc, char **argv);
int kms_cmd_slab(int argc, char **argv);
int kms_cmd_zone(int argc, char **argv);
int kms_cmd_buddy(int argc, char **argv);
int kms_cmd_node(int argc, char **argv);
int kms_cmd_counters(int argc, char **argv);
int kms_cmd_dentry(int argc, char **argv);
int kms_cmd_trace(int argc, char **argv);
int kms_cmd_off(int argc, char **argv);
int kms_cmd_on(int argc, char **argv);

/* Print a failure, in one line, and return status. */
int kms_cmd_fail(char **argv, enum kms_status status,
		 const struct kms_error *err);

/* Refuse a command line: say where help is, after the reason was printed. */
int kms_cmd_refuse(char **argv);

/* Refuse a command line for an operand that the command does not take. */
int kms_cmd_refuse_operand(char **argv, const char *operand);

void kms_cmd_version(void);

#endif /* KMS_CMD_CMD_H */
