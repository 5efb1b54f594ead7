// SPDX-License-Identifier: GPL-2.0-only
/* What all commands say in the same words. */
#include <stdio.h>

#include "cmd/cmd.h"
#include "lib/text.h"

int ks_cmd_fail(char **argv, enum ks_status status, const struct ks_error *err)
{
	fprintf(stderr, "%s: ", argv[0]);
	ks_text_print(stderr, err->text);
	fputc('\n', stderr);
	return status;
}

int ks_cmd_refuse(char **argv)
{
	fprintf(stderr, "Try '%s --help'.\n", argv[0]);
	return KS_ERROR;
}

int ks_cmd_refuse_operand(char **argv, const char *operand)
{
	fprintf(stderr, "%s: unexpected argument: '%s'\n", argv[0], operand);
	return ks_cmd_refuse(argv);
}

void ks_cmd_version(void)
{
	puts("kmemscope " KMEMSCOPE_VERSION);
}
