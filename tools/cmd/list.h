/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands that list records. */
#ifndef KMS_CMD_LIST_H
#define KMS_CMD_LIST_H

#include "cmd/list_command.h"

/* Returns what the program exits with. */
int kms_list_run(const struct kms_list_command *command, int argc, char **argv);

#endif /* KMS_CMD_LIST_H */
