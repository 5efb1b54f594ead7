// SPDX-License-Identifier: GPL-2.0-only
/* Messages that all commands share. */
#include <stdio.h>

#include "cmd/cmd.h"
#include "lib/text.h"

int kms_cmd_fail(char **argv, enum kms_status status,
		 const struct kms_error *err)
{
	fprintf(stderr, "%s: ", argv[0]);
	kms_text_print(stderr, err->text);
	fputc('\n', stderr);
	return status;
}

int kms_cmd_refuse(char **argv)
{
	fprintf(stderr, "Try '%s --help'.\n", argv[0]);
	return KMS_ERROR;
}

int kms_cmd_refuse_operand(char **argv, const char *operand)
{
	fprintf(stderr, "%s: unexpected argument: '%s'\n", argv[0], operand);
	return kms_cmd_refuse(argv);
}

void kms_cmd_version(void)
{
	puts("kmemscope " KMEMSCOPE_VERSION);
}
