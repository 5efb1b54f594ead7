/* SPDX-License-Identifier: GPL-2.0-only */
/* Answers that take the kernel longer than a dump may. */
#ifndef KS_JOB_H
#define KS_JOB_H

#include "lib/nl.h"

/*
 * Have the module collect records of the rows' kind as a job, wait for its end
 * and append what it found.
 */
enum ks_status ks_job_rows(struct ks_nl *nl, struct ks_rows *rows,
			   struct ks_error *err);

#endif /* KS_JOB_H */
