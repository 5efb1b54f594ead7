/* SPDX-License-Identifier: GPL-2.0-only */
/* Parse files of the kernel that a diagnosis reads. */
#ifndef KMS_DIAGNOSE_OBSERVE_PROC_H
#define KMS_DIAGNOSE_OBSERVE_PROC_H

#include "diagnose/observation.h"

/* MemAvailable out of the text of /proc/meminfo; KMS_UNKNOWN without it. */
uint64_t kms_available_parse(const char *text);

/* Parse the text of /proc/sys/fs/dentry-state. */
struct kms_dentry_state kms_dentry_state_parse(const char *text);

#endif /* KMS_DIAGNOSE_OBSERVE_PROC_H */
