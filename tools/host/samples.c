// SPDX-License-Identifier: GPL-2.0-only
/* The names that a walk sampled in a directory. */
#include <linux/kmemscope.h>
#include <string.h>

#include "host/samples.h"

static bool is_in(const struct kms_rows *names, size_t i,
		  const struct kms_rows *directories, size_t row)
{
	const char *device = kms_field_text(names, i,
					    KMEMSCOPE_A_DENTRY_NAME_DEVICE);
	const char *other = kms_field_text(directories, row,
					   KMEMSCOPE_A_DENTRY_DIRECTORY_DEVICE);

	return device && other && !strcmp(device, other) &&
	       kms_field(names, i, KMEMSCOPE_A_DENTRY_NAME_INODE) ==
	       kms_field(directories, row,
			 KMEMSCOPE_A_DENTRY_DIRECTORY_INODE) &&
	       kms_field(names, i, KMEMSCOPE_A_DENTRY_NAME_GENERATION) ==
	       kms_field(directories, row,
			 KMEMSCOPE_A_DENTRY_DIRECTORY_GENERATION);
}

size_t kms_samples_find(const struct kms_rows *directories, size_t row,
			const struct kms_rows *names, enum kms_dentries which,
			const char **name, size_t max)
{
	const uint64_t wanted = which == KMS_DENTRIES_NEGATIVE;
	uint64_t negative;
	size_t nr = 0, i;

	for (i = 0; i < names->nr && nr < max; i++) {
		negative =
			kms_field(names, i, KMEMSCOPE_A_DENTRY_NAME_NEGATIVE);
		name[nr] = kms_field_text(names, i,
					  KMEMSCOPE_A_DENTRY_NAME_NAME);
		if (name[nr] && is_in(names, i, directories, row) &&
		    (which == KMS_DENTRIES_ALL || negative == wanted))
			nr++;
	}
	return nr;
}
