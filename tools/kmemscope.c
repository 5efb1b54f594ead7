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
#include "lib/array.h"

static const struct kms_command commands[] = {
	{ "diagnose", "what is wrong, who does it and what helps",
	  kms_cmd_diagnose },
	{ "status", "the module, its collectors and what they cost",
	  kms_cmd_status },
	{ "slab", "slab caches, also by NUMA node", kms_cmd_slab },
	{ "zone", "memory zones and their watermarks", kms_cmd_zone },
	{ "buddy", "free blocks and fragmentation by order", kms_cmd_buddy },
	{ "node", "NUMA nodes, and memory nobody accounts for", kms_cmd_node },
	{ "counters", "the kernel's own memory counters", kms_cmd_counters },
	{ "dentry", "directories with the most cached names, and superblocks",
	  kms_cmd_dentry },
	{ "trace", "who allocates from a slab cache now", kms_cmd_trace },
	{ "off", "stop all collecting", kms_cmd_off },
	{ "on", "allow collecting again", kms_cmd_on },
};

static void help_print(void)
{
	size_t i;

	printf("Usage:\n kmemscope COMMAND [options]\n\n"
	       "Show where the kernel's memory is.\n\n"
	       "Commands:\n");
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		printf(" %-10s %s\n", commands[i].name, commands[i].summary);
	printf("\nOptions:\n"
	       " -h, --help     print this help\n"
	       " -V, --version  print the version\n\n"
	       "Each command has its own --help.\n"
	       "For more details see kmemscope(8).\n");
}

/* A socket must not become descriptor 1: answers would be written to it. */
static int descriptors_fill(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDONLY);
		if (fd < 0)
			return -1;
	} while (fd <= 2);
	/* Beyond the three: not needed */
	return close(fd);
}

/* What did not reach its file is an error, however late it shows. */
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
	return command->run(argc, argv);
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
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(argv[1], commands[i].name))
			return command_run(&commands[i], argc - 1, argv + 1);
	}
	fprintf(stderr, "kmemscope: unknown %s: '%s'\n",
		argv[1][0] == '-' ? "option" : "command", argv[1]);
	return usage_wrong();
}

int main(int argc, char **argv)
{
	/* Only for the width of characters: numbers stay as they are */
	setlocale(LC_CTYPE, "");
	if (descriptors_fill()) {
		fputs("kmemscope: cannot open /dev/null\n", stderr);
		return KMS_ERROR;
	}
	return stdout_close(arguments_run(argc, argv));
}
