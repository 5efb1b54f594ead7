// SPDX-License-Identifier: GPL-2.0-only
/* Printing an answer in the form that was asked for. */
#include "out/out.h"

static enum ks_status json_print(const struct ks_output *output,
				 const struct ks_answer *answer,
				 const struct ks_selection *columns,
				 struct ks_error *err)
{
	enum ks_status status;

	status = ks_json_begin(output->stream, answer, err);
	if (!status)
		status = ks_json_rows(output->stream, output->root,
				      &answer->rows, columns, err);
	if (!status)
		ks_json_end(output->stream);
	return status;
}

enum ks_status ks_out_answer(const struct ks_output *output,
			     const struct ks_answer *answer,
			     const struct ks_selection *columns,
			     struct ks_error *err)
{
	switch (output->form) {
	case KS_FORM_JSON:
		return json_print(output, answer, columns, err);
	case KS_FORM_RAW:
		ks_raw_print(output, &answer->rows, columns);
		return KS_OK;
	case KS_FORM_PAIRS:
		ks_pairs_print(output, &answer->rows, columns);
		return KS_OK;
	default:
		return ks_table_print(output, &answer->rows, columns,
				      answer->difference, err);
	}
}
