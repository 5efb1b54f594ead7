/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands that are more than a list, and what all commands share. Each returns
 * what the program exits with; argv[0] is "kmemscope COMMAND", for messages.
 */
#ifndef KMS_CMD_CMD_H
#define KMS_CMD_CMD_H

#include "lib/error.h"

int kms_cmd_diagnose(int argc, char **argv);
int kms_cmd_status(int argc, char **argv);
int kms_cmd_dentry(int argc, char **argv);
int kms_cmd_trace(int argc, char **argv);
int kms_cmd_off(int argc, char **argv);
int kms_cmd_on(int argc, char **argv);

/* Print a failure, in one line, and return status. */
int kms_cmd_fail(char **argv, enum kms_status status,
		 const struct kms_error *err);

/* Refuse a command line whose fault was printed: say where help is. */
int kms_cmd_refuse(char **argv);

/* Refuse an operand that the command does not take. */
int kms_cmd_refuse_operand(char **argv, const char *operand);

void kms_cmd_version(void);

#endif /* KMS_CMD_CMD_H */
