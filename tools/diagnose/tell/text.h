/* SPDX-License-Identifier: GPL-2.0-only */
/* Printing what a diagnosis found. */
#ifndef KMS_DIAGNOSE_TELL_TEXT_H
#define KMS_DIAGNOSE_TELL_TEXT_H

#include <stdio.h>

#include "diagnose/finding.h"
#include "table/answer.h"

/* In plain words: the verdict first, then each finding with its evidence. */
void kms_verdict_print(FILE *stream, const struct kms_verdict *verdict);

/* Only what to do: the commands, and what each is predicted to do. */
void kms_verdict_print_remedies(FILE *stream,
				const struct kms_verdict *verdict);

/* The same in fields; answer has the stamp and the module's version. */
enum kms_status kms_verdict_print_json(FILE *stream,
				       const struct kms_answer *answer,
				       const struct kms_verdict *verdict,
				       struct kms_error *err);

#endif /* KMS_DIAGNOSE_TELL_TEXT_H */
