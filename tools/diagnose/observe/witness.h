/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The witnesses of the host, a file each: they read /proc and /sys once, after
 * the last moment, and note what they cannot read.  False: no memory.
 */
#ifndef KMS_DIAGNOSE_OBSERVE_WITNESS_H
#define KMS_DIAGNOSE_OBSERVE_WITNESS_H

#include "diagnose/observation.h"

/* MemAvailable. */
bool kms_available_read(struct kms_observation *obs);

/* The processes, cgroups and services of allocators. */
bool kms_allocators_read(struct kms_observation *obs);

/* The processes that may hold memory, their open files, and all sockets. */
bool kms_holders_read(struct kms_observation *obs);

/* The mounts of directories, and the patterns of their names. */
bool kms_directories_read(struct kms_observation *obs);

/* The files of shared memory, where it grows or is large. */
bool kms_shared_files_read(struct kms_observation *obs);

#endif /* KMS_DIAGNOSE_OBSERVE_WITNESS_H */
