// SPDX-License-Identifier: GPL-2.0-only
/* kmemscope status: the module, its collectors, and their cost. */
#include "client/version.h"
#include "cmd/cmd.h"
#include "cmd/parse.h"
#include "lib/array.h"
#include "output/output.h"
#include "table/kinds.h"

struct state {
	struct kms_answer answer;	/* its rows are the status */
	struct kms_rows collectors;
	struct kms_selection columns;	/* of the collectors */
};

static enum kms_status state_dump(struct state *state, struct kms_nl *nl,
				  struct kms_error *err)
{
	struct kms_request status_get = kms_request_rows(&kms_kind_status);
	struct kms_request collectors = kms_request_rows(&kms_kind_collector);
	enum kms_status status;

	status = kms_version_get(&state->answer, nl, err);
	if (status)
		return status;
	status = kms_nl_do(nl, &status_get, &state->answer.rows, err);
	if (status)
		return status;
	if (!state->answer.rows.nr)
		return kms_fail(err, KMS_ERROR,
				"the module returned no status");
	return kms_nl_dump(nl, &collectors, &state->collectors, err);
}

static enum kms_status state_fetch(struct state *state, struct kms_error *err)
{
	enum kms_status status;
	struct kms_nl *nl;

	status = kms_nl_open(&nl, err);
	if (status)
		return status;
	state->answer.stamp = kms_stamp_now();
	status = state_dump(state, nl, err);
	kms_nl_close(nl);
	if (status)
		return status;
	return kms_select_all(&state->columns, &kms_kind_collector, err);
}

static enum kms_status json_print(const struct state *state,
				  struct kms_error *err)
{
	enum kms_status status;

	status = kms_json_begin(stdout, &state->answer, err);
	if (status)
		return status;
	status = kms_json_row(stdout, "status", &kms_kind_status,
			      state->answer.rows.row[0], err);
	if (status)
		return status;
	status = kms_json_rows(stdout, "collectors", &state->collectors,
			       &state->columns, err);
	if (status)
		return status;
	kms_json_end(stdout);
	return KMS_OK;
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
			       KMS_AMOUNTS, err);
}

static enum kms_status state_show(const struct kms_output *output,
				  struct kms_error *err)
{
	struct state state = {
		.answer.rows.kind = &kms_kind_status,
		.collectors.kind = &kms_kind_collector,
	};
	enum kms_status status;

	status = state_fetch(&state, err);
	if (!status)
		status = state_print(&state, output, err);
	kms_answer_free(&state.answer);
	kms_rows_free(&state.collectors);
	kms_select_free(&state.columns);
	return status;
}

int kms_cmd_status(int argc, char **argv)
{
	struct kms_output output = { .stream = stdout };
	bool json = false;
	const struct kms_option options[] = {
		kms_option_flag('J', "json", "print JSON", &json),
		kms_option_bytes(&output.exact),
	};
	const struct kms_usage usage = {
		.summary =
			"Print the state of the kernel module, its collectors and what they cost",
		.options = options,
		.nr_options = ARRAY_SIZE(options),
	};
	struct kms_error err = { 0 };
	int status;

	if (!kms_cmd_parse(&usage, argc, argv, &status))
		return status;
	if (json)
		output.form = KMS_FORM_JSON;
	status = state_show(&output, &err);
	if (status)
		kms_cmd_fail(argv, status, &err);
	return status;
}
