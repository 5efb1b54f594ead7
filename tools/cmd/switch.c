// SPDX-License-Identifier: GPL-2.0-only
/* kmemscope off and on: stop all collecting, and allow it again. */
#include <linux/kmemscope.h>

#include "client/nl.h"
#include "cmd/cmd.h"
#include "cmd/parse.h"
#include "table/kinds.h"

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
	const struct kms_usage usage = { .summary = summary };
	struct kms_error err = { 0 };
	int status;

	if (!kms_cmd_parse(&usage, argc, argv, &status))
		return status;
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
