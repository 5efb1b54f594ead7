/* SPDX-License-Identifier: GPL-2.0-only */
/* The names that a walk sampled in a directory. */
#ifndef KMS_HOST_SAMPLES_H
#define KMS_HOST_SAMPLES_H

#include "table/field.h"

/* Which names: all, or only those that do not exist, or do. */
enum kms_dentries { KMS_DENTRIES_ALL, KMS_DENTRIES_NEGATIVE, KMS_DENTRIES_POSITIVE };

/*
 * Fill in at most max names of those in the directory of a row: directories
 * and names are of one walk.  The names are the rows' own.  Returns how many.
 */
size_t kms_samples_find(const struct kms_rows *directories, size_t row,
			const struct kms_rows *names, enum kms_dentries which,
			const char **name, size_t max);

#endif /* KMS_HOST_SAMPLES_H */
