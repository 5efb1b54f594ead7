/* SPDX-License-Identifier: GPL-2.0-only */
/* Why the module does not answer. */
#ifndef KMS_CLIENT_ABSENT_H
#define KMS_CLIENT_ABSENT_H

#include "lib/error.h"

enum kms_status kms_absent_explain(struct kms_error *err);

#endif /* KMS_CLIENT_ABSENT_H */
