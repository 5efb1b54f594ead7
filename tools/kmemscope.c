// SPDX-License-Identifier: GPL-2.0-only
/* kmemscope: where the kernel's memory is, as tables and JSON. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/commands.h"

static void help_print(void)
{
	size_t i;

	printf("Usage:\n kmemscope COMMAND [options]\n\n"
	       "Show where the kernel's memory is.\n\n"
	       "Commands:\n");
	for (i = 0; i < kms_nr_commands; i++)
		printf(" %-10s %s\n", kms_commands[i].name,
		       kms_commands[i].summary);
	printf("\nOptions:\n"
	       " -h, --help     print this help\n"
	       " -V, --version  print the version\n\n"
	       "Each command has its own --help.\n"
	       "For more details see kmemscope(8).\n");
}

/*
 * Open descriptors 0 to 2. Else a socket could become descriptor 1, and answers
 * would be written to it.
 */
static int descriptors_fill(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDONLY);
		if (fd < 0)
			return -1;
	} while (fd <= 2);
	/* This one is not needed. */
	return close(fd);
}

/* Output that did not reach its file is an error, however late it shows. */
static int stdout_close(int status)
{
	int failed = ferror(stdout);

	errno = 0;
	if (fclose(stdout) || failed) {
		fprintf(stderr, "kmemscope: write error%s%s\n",
			errno ? ": " : "", errno ? strerror(errno) : "");
		return KMS_ERROR;
	}
	return status;
}

static int command_run(const struct kms_command *command, int argc, char **argv)
{
	char name[64];

	snprintf(name, sizeof(name), "kmemscope %s", command->name);
	argv[0] = name;
	return kms_command_run(command, argc, argv);
}

static int usage_wrong(void)
{
	fputs("Try 'kmemscope --help'.\n", stderr);
	return KMS_ERROR;
}

static int arguments_run(int argc, char **argv)
{
	size_t i;

	if (argc < 2) {
		fputs("kmemscope: no command\n", stderr);
		return usage_wrong();
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		help_print();
		return KMS_OK;
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		kms_cmd_version();
		return KMS_OK;
	}
	for (i = 0; i < kms_nr_commands; i++) {
		if (!strcmp(argv[1], kms_commands[i].name))
			return command_run(&kms_commands[i], argc - 1,
					   argv + 1);
	}
	fprintf(stderr, "kmemscope: unknown %s: '%s'\n",
		argv[1][0] == '-' ? "option" : "command", argv[1]);
	return usage_wrong();
}

int main(int argc, char **argv)
{
	/* Only for the width of characters: the format of numbers stays. */
	setlocale(LC_CTYPE, "");
	if (descriptors_fill()) {
		fputs("kmemscope: cannot open /dev/null\n", stderr);
		return KMS_ERROR;
	}
	return stdout_close(arguments_run(argc, argv));
}
