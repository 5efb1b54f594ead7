/* SPDX-License-Identifier: GPL-2.0-only */
/* The version of the module that answers. */
#ifndef KMS_CLIENT_VERSION_H
#define KMS_CLIENT_VERSION_H

#include "client/nl.h"
#include "table/answer.h"

/* Get the version of the module, and set it in the answer. */
enum kms_status kms_version_get(struct kms_answer *answer, struct kms_nl *nl,
				struct kms_error *err);

#endif /* KMS_CLIENT_VERSION_H */
