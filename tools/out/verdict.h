/* SPDX-License-Identifier: GPL-2.0-only */
/* Printing what a diagnosis found. */
#ifndef KS_OUT_VERDICT_H
#define KS_OUT_VERDICT_H

#include <stdio.h>

#include "diagnose/finding.h"
#include "lib/answer.h"

/* In plain words: the verdict first, then each finding with its evidence. */
void ks_verdict_print(FILE *stream, const struct ks_verdict *verdict);

/* Only what to do: the commands, and what each is predicted to do. */
void ks_verdict_print_remedies(FILE *stream, const struct ks_verdict *verdict);

/* The same in fields; answer has the stamp and the module's version. */
enum ks_status ks_verdict_print_json(FILE *stream,
				     const struct ks_answer *answer,
				     const struct ks_verdict *verdict,
				     struct ks_error *err);

#endif /* KS_OUT_VERDICT_H */
