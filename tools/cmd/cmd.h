/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands of kmemscope; each returns what the program exits with. */
#ifndef KS_CMD_H
#define KS_CMD_H

#include "lib/error.h"

/* argv[0] is "kmemscope COMMAND", for messages. */
struct ks_command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
};

int ks_cmd_diagnose(int argc, char **argv);
int ks_cmd_status(int argc, char **argv);
int ks_cmd_slab(int argc, char **argv);
int ks_cmd_zone(int argc, char **argv);
int ks_cmd_buddy(int argc, char **argv);
int ks_cmd_node(int argc, char **argv);
int ks_cmd_counters(int argc, char **argv);
int ks_cmd_dentry(int argc, char **argv);
int ks_cmd_trace(int argc, char **argv);
int ks_cmd_off(int argc, char **argv);
int ks_cmd_on(int argc, char **argv);

/* Print a failure, in one line, and return status. */
int ks_cmd_fail(char **argv, enum ks_status status, const struct ks_error *err);

/* Refuse a command line: say where help is, after the reason was printed. */
int ks_cmd_refuse(char **argv);

/* Refuse a command line for an operand that the command does not take. */
int ks_cmd_refuse_operand(char **argv, const char *operand);

void ks_cmd_version(void);

#endif /* KS_CMD_H */
