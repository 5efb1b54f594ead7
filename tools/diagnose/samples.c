// SPDX-License-Identifier: GPL-2.0-only
/* The names that a walk sampled in a directory. */
#include <linux/kmemscope.h>
#include <string.h>

#include "diagnose/samples.h"

static bool is_in(const struct ks_rows *names, size_t i,
		  const struct ks_rows *directories, size_t row)
{
	const char *device = ks_field_text(names, i,
					   KMEMSCOPE_A_DENTRY_NAME_DEVICE);
	const char *other = ks_field_text(directories, row,
					  KMEMSCOPE_A_DENTRY_DIRECTORY_DEVICE);

	return device && other && !strcmp(device, other) &&
	       ks_field(names, i, KMEMSCOPE_A_DENTRY_NAME_INODE) ==
	       ks_field(directories, row,
			KMEMSCOPE_A_DENTRY_DIRECTORY_INODE) &&
	       ks_field(names, i, KMEMSCOPE_A_DENTRY_NAME_GENERATION) ==
	       ks_field(directories, row,
			KMEMSCOPE_A_DENTRY_DIRECTORY_GENERATION);
}

size_t ks_samples_find(const struct ks_rows *directories, size_t row,
		       const struct ks_rows *names, enum ks_dentries which,
		       const char **name, size_t max)
{
	const uint64_t wanted = which == KS_DENTRIES_NEGATIVE;
	uint64_t negative;
	size_t nr = 0, i;

	for (i = 0; i < names->nr && nr < max; i++) {
		negative = ks_field(names, i, KMEMSCOPE_A_DENTRY_NAME_NEGATIVE);
		name[nr] = ks_field_text(names, i,
					 KMEMSCOPE_A_DENTRY_NAME_NAME);
		if (name[nr] && is_in(names, i, directories, row) &&
		    (which == KS_DENTRIES_ALL || negative == wanted))
			nr++;
	}
	return nr;
}
