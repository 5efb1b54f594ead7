/* SPDX-License-Identifier: GPL-2.0-only */
/* Find the unit of systemd whose cgroup this is, if it may be stopped. */
#ifndef KMS_HOST_SERVICE_H
#define KMS_HOST_SERVICE_H

#include "host/process.h"
#include "host/systemd.h"

/* systemd's limit */
#define KMS_MAX_SERVICE_NAME 256

struct kms_service {
	char name[KMS_MAX_SERVICE_NAME];	/* "": none, or not proved */
	bool is_user;		/* its manager is a user's, not the system's */
	uint32_t uid;		/* of that user */
	size_t nr_processes;	/* in its cgroup */
	char other[16];		/* a process that is not of the job; "": none */
};

/* A job: a process of this name, and its parents by name. */
struct kms_job_names {
	const char *name;
	const char * const *parents;
	size_t nr_parents;
};

/*
 * Find the service whose own cgroup this is.  Cgroups below a unit's do not
 * count: they are delegated, so their names prove nothing.  root is where
 * cgroups are mounted, and cgroup an escaped path below it.
 */
void kms_service_find(struct kms_service *service,
		      const struct kms_systemd *systemd,
		      const struct kms_processes *processes, const char *root,
		      const char *cgroup, const struct kms_job_names *job);

#endif /* KMS_HOST_SERVICE_H */
