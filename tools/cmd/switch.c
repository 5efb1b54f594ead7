// SPDX-License-Identifier: GPL-2.0-only
/* kmemscope off and on: stop all collecting, and allow it again. */
#include <getopt.h>
#include <linux/kmemscope.h>
#include <stdio.h>

#include "cmd/cmd.h"
#include "lib/kinds.h"
#include "lib/nl.h"

static const struct option options_all[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 }
};

static enum ks_status enabled_set(uint32_t enabled, struct ks_error *err)
{
	struct ks_request request = {
		.kind = &ks_kind_status,
		.cmd = KMEMSCOPE_CMD_STATUS_SET,
		.needs = "CAP_NET_ADMIN and CAP_SYS_ADMIN",
		.filters[0].number = enabled,
		.nr_filters = 1,
	};
	struct ks_rows rows = { .kind = &ks_kind_status };
	enum ks_status status;
	struct ks_nl *nl;

	ks_kind_find_attr(&ks_kind_status, KMEMSCOPE_A_STATUS_ENABLED,
			  &request.filters[0].column);
	status = ks_nl_open(&nl, err);
	if (!status)
		status = ks_nl_do(nl, &request, &rows, err);
	ks_nl_close(nl);
	ks_rows_free(&rows);
	return status;
}

static int switch_run(int argc, char **argv, uint32_t enabled,
		      const char *summary)
{
	struct ks_error err = { 0 };
	enum ks_status status;
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
			return KS_OK;
		case 'V':
			ks_cmd_version();
			return KS_OK;
		default:
			return ks_cmd_refuse(argv);
		}
	}
	if (optind < argc)
		return ks_cmd_refuse_operand(argv, argv[optind]);
	status = enabled_set(enabled, &err);
	if (status)
		ks_cmd_fail(argv, status, &err);
	return status;
}

int ks_cmd_off(int argc, char **argv)
{
	return switch_run(argc, argv, 0,
			  "Stop all collecting; the module stays loaded");
}

int ks_cmd_on(int argc, char **argv)
{
	return switch_run(argc, argv, 1, "Allow collecting again");
}
