// SPDX-License-Identifier: GPL-2.0-only
/* kmemscope status: the module, its collectors, and what they cost. */
#include <getopt.h>

#include "cmd/cmd.h"
#include "lib/kinds.h"
#include "out/out.h"

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
	struct ks_answer answer;	/* its rows are the status */
	struct ks_rows collectors;
	struct ks_selection columns;	/* of the collectors */
};

static enum ks_status state_fetch(struct state *state, struct ks_error *err)
{
	struct ks_request status_get = ks_request_rows(&ks_kind_status);
	struct ks_request collectors = ks_request_rows(&ks_kind_collector);
	enum ks_status status;
	struct ks_nl *nl;

	status = ks_nl_open(&nl, err);
	if (status)
		return status;
	state->answer.stamp = ks_stamp_now();
	status = ks_answer_version(&state->answer, nl, err);
	if (!status)
		status = ks_nl_do(nl, &status_get, &state->answer.rows, err);
	if (!status)
		status = ks_nl_dump(nl, &collectors, &state->collectors, err);
	if (!status)
		status = ks_select_all(&state->columns, &ks_kind_collector,
				       err);
	if (!status && !state->answer.rows.nr)
		status = ks_fail(err, KS_ERROR, "the module told no status");
	ks_nl_close(nl);
	return status;
}

static enum ks_status json_print(const struct state *state,
				 struct ks_error *err)
{
	enum ks_status status;

	status = ks_json_begin(stdout, &state->answer, err);
	if (!status)
		status = ks_json_row(stdout, "status", &ks_kind_status,
				     state->answer.rows.row[0], err);
	if (!status)
		status = ks_json_rows(stdout, "collectors", &state->collectors,
				      &state->columns, err);
	if (!status)
		ks_json_end(stdout);
	return status;
}

static enum ks_status state_print(const struct state *state,
				  const struct ks_output *output,
				  struct ks_error *err)
{
	if (output->form == KS_FORM_JSON)
		return json_print(state, err);
	ks_table_print_row(output, &ks_kind_status, state->answer.rows.row[0]);
	if (state->collectors.nr)
		fputc('\n', output->stream);
	return ks_table_print(output, &state->collectors, &state->columns,
			      false, err);
}

int ks_cmd_status(int argc, char **argv)
{
	struct state state = {
		.answer.rows.kind = &ks_kind_status,
		.collectors.kind = &ks_kind_collector,
	};
	struct ks_output output = { .stream = stdout };
	struct ks_error err = { 0 };
	enum ks_status status;
	int letter;

	while ((letter = getopt_long(argc, argv, "JbhV", options_all, NULL)) !=
	       -1) {
		switch (letter) {
		case 'J':
			output.form = KS_FORM_JSON;
			break;
		case 'b':
			output.exact = true;
			break;
		case 'h':
			help_print(argv[0]);
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

	status = state_fetch(&state, &err);
	if (!status)
		status = state_print(&state, &output, &err);
	if (status)
		ks_cmd_fail(argv, status, &err);
	ks_answer_free(&state.answer);
	ks_rows_free(&state.collectors);
	ks_select_free(&state.columns);
	return status;
}
