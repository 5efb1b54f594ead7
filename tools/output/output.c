// SPDX-License-Identifier: GPL-2.0-only
/* Print an answer in the form that the user chose. */
#include "output/output.h"

static enum kms_status json_print(const struct kms_output *output,
				  const struct kms_answer *answer,
				  const struct kms_selection *columns,
				  struct kms_error *err)
{
	enum kms_status status;

	status = kms_json_begin(output->stream, answer, err);
	if (status)
		return status;
	status = kms_json_rows(output->stream, output->root, &answer->rows,
			       columns, err);
	if (status)
		return status;
	kms_json_end(output->stream);
	return KMS_OK;
}

enum kms_status kms_out_answer(const struct kms_output *output,
			       const struct kms_answer *answer,
			       const struct kms_selection *columns,
			       struct kms_error *err)
{
	switch (output->form) {
	case KMS_FORM_JSON:
		return json_print(output, answer, columns, err);
	case KMS_FORM_RAW:
		kms_raw_print(output, &answer->rows, columns);
		return KMS_OK;
	case KMS_FORM_PAIRS:
		kms_pairs_print(output, &answer->rows, columns);
		return KMS_OK;
	default:
		return kms_table_print(output, &answer->rows, columns,
				       answer->difference ? KMS_DIFFERENCES :
							    KMS_AMOUNTS, err);
	}
}
