// SPDX-License-Identifier: GPL-2.0-only
/* kmemscope status: the module, its collectors, and what they cost. */
#include <getopt.h>

#include "client/version.h"
#include "cmd/cmd.h"
#include "output/output.h"
#include "table/kinds.h"

static const struct option options_all[] = {
	{ "json", no_argument, NULL, 'J' },
	{ "bytes", no_argument, NULL, 'b' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 }
};

static void help_print(const char *program)
{
	printf("Usage:\n %s [options]\n\n"
	       "Print the state of the kernel module, its collectors and what they cost.\n\n"
	       "Options:\n"
	       " -J, --json     print JSON\n"
	       " -b, --bytes    print sizes and times in all digits\n"
	       " -h, --help     print this help\n"
	       " -V, --version  print the version\n\n"
	       "For more details see kmemscope(8).\n", program);
}

struct state {
	struct kms_answer answer;	/* its rows are the status */
	struct kms_rows collectors;
	struct kms_selection columns;	/* of the collectors */
};

static enum kms_status state_fetch(struct state *state, struct kms_error *err)
{
	struct kms_request status_get = kms_request_rows(&kms_kind_status);
	struct kms_request collectors = kms_request_rows(&kms_kind_collector);
	enum kms_status status;
	struct kms_nl *nl;

	status = kms_nl_open(&nl, err);
	if (status)
		return status;
	state->answer.stamp = kms_stamp_now();
	status = kms_version_get(&state->answer, nl, err);
	if (!status)
		status = kms_nl_do(nl, &status_get, &state->answer.rows, err);
	if (!status)
		status = kms_nl_dump(nl, &collectors, &state->collectors, err);
	if (!status)
		status = kms_select_all(&state->columns, &kms_kind_collector,
					err);
	if (!status && !state->answer.rows.nr)
		status = kms_fail(err, KMS_ERROR, "the module told no status");
	kms_nl_close(nl);
	return status;
}

static enum kms_status json_print(const struct state *state,
				  struct kms_error *err)
{
	enum kms_status status;

	status = kms_json_begin(stdout, &state->answer, err);
	if (!status)
		status = kms_json_row(stdout, "status", &kms_kind_status,
				      state->answer.rows.row[0], err);
	if (!status)
		status = kms_json_rows(stdout, "collectors", &state->collectors,
				       &state->columns, err);
	if (!status)
		kms_json_end(stdout);
	return status;
}

static enum kms_status state_print(const struct state *state,
				   const struct kms_output *output,
				   struct kms_error *err)
{
	if (output->form == KMS_FORM_JSON)
		return json_print(state, err);
	kms_table_print_row(output, &kms_kind_status,
			    state->answer.rows.row[0]);
	if (state->collectors.nr)
		fputc('\n', output->stream);
	return kms_table_print(output, &state->collectors, &state->columns,
			       false, err);
}

int kms_cmd_status(int argc, char **argv)
{
	struct state state = {
		.answer.rows.kind = &kms_kind_status,
		.collectors.kind = &kms_kind_collector,
	};
	struct kms_output output = { .stream = stdout };
	struct kms_error err = { 0 };
	enum kms_status status;
	int letter;

	while ((letter = getopt_long(argc, argv, "JbhV", options_all, NULL)) !=
	       -1) {
		switch (letter) {
		case 'J':
			output.form = KMS_FORM_JSON;
			break;
		case 'b':
			output.exact = true;
			break;
		case 'h':
			help_print(argv[0]);
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

	status = state_fetch(&state, &err);
	if (!status)
		status = state_print(&state, &output, &err);
	if (status)
		kms_cmd_fail(argv, status, &err);
	kms_answer_free(&state.answer);
	kms_rows_free(&state.collectors);
	kms_select_free(&state.columns);
	return status;
}
