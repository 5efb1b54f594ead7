// SPDX-License-Identifier: GPL-2.0-only
/* kmemscope off and on: stop all collecting, and allow it again. */
#include <getopt.h>
#include <linux/kmemscope.h>
#include <stdio.h>

#include "client/nl.h"
#include "cmd/cmd.h"
#include "table/kinds.h"

static const struct option options_all[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 }
};

static enum kms_status enabled_set(uint32_t enabled, struct kms_error *err)
{
	struct kms_request request = {
		.kind = &kms_kind_status,
		.cmd = KMEMSCOPE_CMD_STATUS_SET,
		.needs = "CAP_NET_ADMIN and CAP_SYS_ADMIN",
		.filters[0].number = enabled,
		.nr_filters = 1,
	};
	struct kms_rows rows = { .kind = &kms_kind_status };
	enum kms_status status;
	struct kms_nl *nl;

	kms_kind_find_attr(&kms_kind_status, KMEMSCOPE_A_STATUS_ENABLED,
			   &request.filters[0].column);
	status = kms_nl_open(&nl, err);
	if (!status)
		status = kms_nl_do(nl, &request, &rows, err);
	kms_nl_close(nl);
	kms_rows_free(&rows);
	return status;
}

static int switch_run(int argc, char **argv, uint32_t enabled,
		      const char *summary)
{
	struct kms_error err = { 0 };
	enum kms_status status;
	int letter;

	while ((letter = getopt_long(argc, argv, "hV", options_all, NULL)) !=
	       -1) {
		switch (letter) {
		case 'h':
			printf("Usage:\n %s [options]\n\n%s.\n\n"
			       "Options:\n"
			       " -h, --help     print this help\n"
			       " -V, --version  print the version\n\n"
			       "For more details see kmemscope(8).\n",
			       argv[0], summary);
			return KMS_OK;
		case 'V':
			kms_cmd_version();
			return KMS_OK;
		default:
			return kms_cmd_refuse(argv);
		}
	}
	if (optind < argc)
		return kms_cmd_refuse_operand(argv, argv[optind]);
	status = enabled_set(enabled, &err);
	if (status)
		kms_cmd_fail(argv, status, &err);
	return status;
}

int kms_cmd_off(int argc, char **argv)
{
	return switch_run(argc, argv, 0,
			  "Stop all collecting; the module stays loaded");
}

int kms_cmd_on(int argc, char **argv)
{
	return switch_run(argc, argv, 1, "Allow collecting again");
}
