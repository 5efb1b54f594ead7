/* SPDX-License-Identifier: GPL-2.0-only */
/* Print a verdict. */
#ifndef KMS_DIAGNOSE_TELL_TEXT_H
#define KMS_DIAGNOSE_TELL_TEXT_H

#include <stdio.h>

#include "diagnose/finding.h"
#include "table/answer.h"

/* Print it in plain words: the verdict, then each finding with its evidence. */
void kms_verdict_print(FILE *stream, const struct kms_verdict *verdict);

/* Print only the remedies: the commands, and what each will do. */
void kms_verdict_print_remedies(FILE *stream,
				const struct kms_verdict *verdict);

/* Print it as JSON; answer has the stamp and the version of the module. */
enum kms_status kms_verdict_print_json(FILE *stream,
				       const struct kms_answer *answer,
				       const struct kms_verdict *verdict,
				       struct kms_error *err);

#endif /* KMS_DIAGNOSE_TELL_TEXT_H */
