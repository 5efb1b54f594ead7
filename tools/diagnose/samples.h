/* SPDX-License-Identifier: GPL-2.0-only */
/* The names that a walk sampled in a directory. */
#ifndef KS_SAMPLES_H
#define KS_SAMPLES_H

#include "diagnose/field.h"

/* Which names: all, or only those that do not exist, or do. */
enum ks_dentries { KS_DENTRIES_ALL, KS_DENTRIES_NEGATIVE, KS_DENTRIES_POSITIVE };

/*
 * Fill in at most max names of those in the directory of a row: directories
 * and names are of one walk.  The names are the rows' own.  Returns how many.
 */
size_t ks_samples_find(const struct ks_rows *directories, size_t row,
		       const struct ks_rows *names, enum ks_dentries which,
		       const char **name, size_t max);

#endif /* KS_SAMPLES_H */
