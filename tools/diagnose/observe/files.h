/* SPDX-License-Identifier: GPL-2.0-only */
/* Count open files, sockets and cgroups at one time. */
#ifndef KMS_DIAGNOSE_OBSERVE_FILES_H
#define KMS_DIAGNOSE_OBSERVE_FILES_H

#include "diagnose/observation.h"

/*
 * Count them, of the processes that this moment of the host has, until a time
 * of CLOCK_BOOTTIME.  False when memory is out.
 */
bool kms_files_observe(struct kms_observation *obs, size_t number,
		       uint64_t until_ns);

/* Parse the text of cgroup.stat. */
struct kms_cgroup_counts kms_cgroup_counts_parse(const char *text);

#endif /* KMS_DIAGNOSE_OBSERVE_FILES_H */
