/* SPDX-License-Identifier: GPL-2.0-only */
/* The unit of systemd that a cgroup is, when it may be stopped at all. */
#ifndef KMS_HOST_SERVICE_H
#define KMS_HOST_SERVICE_H

#include "host/process.h"
#include "host/systemd.h"

/* As systemd limits it */
#define KMS_SERVICE_NAME_MAX 256

struct kms_service {
	char name[KMS_SERVICE_NAME_MAX];	/* "": none, or not proved */
	bool is_user;		/* of the manager of one user, not of the system's */
	uint32_t uid;		/* of that user */
	size_t nr_processes;	/* in its cgroup */
	char other[16];		/* one of them that is no such job; "": none */
};

/* Who allocates: a process of this name, started by ones of these. */
struct kms_job_names {
	const char *name;
	const char * const *parents;
	size_t nr_parents;
};

/*
 * Fill in the service that the cgroup is: that itself, for what is below a unit
 * was delegated, and who has it names it as he likes.  root is where cgroups
 * are mounted, cgroup a path below it as escaped text.
 */
void kms_service_find(struct kms_service *service,
		      const struct kms_systemd *systemd,
		      const struct kms_processes *processes, const char *root,
		      const char *cgroup, const struct kms_job_names *job);

#endif /* KMS_HOST_SERVICE_H */
