// SPDX-License-Identifier: GPL-2.0-only
/* The version of the module that answers. */
#include <linux/kmemscope.h>

#include "client/version.h"
#include "table/kinds.h"

enum kms_status kms_version_get(struct kms_answer *answer, struct kms_nl *nl,
				struct kms_error *err)
{
	struct kms_request request = kms_request_rows(&kms_kind_status);
	struct kms_rows rows = { .kind = &kms_kind_status };
	enum kms_status status;
	const struct kms_value *version;

	status = kms_nl_do(nl, &request, &rows, err);
	version = kms_rows_value(&rows, 0, KMEMSCOPE_A_STATUS_VERSION);
	if (!status && !kms_value_copy(&answer->version, version))
		status = kms_fail_memory(err);
	kms_rows_free(&rows);
	return status;
}
