/* SPDX-License-Identifier: GPL-2.0-only */
/* The unit of systemd that a cgroup is, when it may be stopped at all. */
#ifndef KS_SERVICE_H
#define KS_SERVICE_H

#include "diagnose/process.h"
#include "lib/systemd.h"

/* As systemd limits it */
#define KS_SERVICE_NAME_MAX 256

struct ks_service {
	char name[KS_SERVICE_NAME_MAX];	/* "": none, or it is not proved */
	bool is_user;		/* of the manager of one user, not of the system's */
	uint32_t uid;		/* of that user */
	size_t nr_processes;	/* in its cgroup */
	char other[16];		/* one of them that is no such job; "": none */
};

/* Who allocates: a process of this name, started by ones of these. */
struct ks_job_names {
	const char *name;
	const char * const *parents;
	size_t nr_parents;
};

/*
 * Fill in the service that the cgroup is: that itself, for what is below a unit
 * was delegated, and who has it names it as he likes.  root is where cgroups
 * are mounted, cgroup a path below it as escaped text.
 */
void ks_service_find(struct ks_service *service,
		     const struct ks_systemd *systemd,
		     const struct ks_processes *processes, const char *root,
		     const char *cgroup, const struct ks_job_names *job);

#endif /* KS_SERVICE_H */
