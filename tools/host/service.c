// SPDX-License-Identifier: GPL-2.0-only
/*
 * Find the unit of systemd whose cgroup this is.
 *
 * libsystemd answers for a process, so ask about one in the cgroup.  The last
 * part of the cgroup's path must be the unit's name: then it is the unit's own
 * cgroup, and none below it.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/file.h"
#include "host/service.h"
#include "lib/array.h"
#include "lib/text.h"

#define MAX_FILE (1024 * 1024)

/* The pids in a cgroup, one a line; NULL when they cannot be read. */
static char *members_read(const char *root, const char *cgroup)
{
	static const char * const mounts[] = { "", "/unified", "/systemd" };
	char *bytes = kms_text_unescape(cgroup), *path, *text = NULL;
	size_t i;

	for (i = 0; bytes && !text && i < ARRAY_SIZE(mounts); i++) {
		if (asprintf(&path, "%s%s%s/cgroup.procs", root, mounts[i],
			     bytes) < 0)
			break;
		text = kms_file_read(path, MAX_FILE);
		free(path);
	}
	free(bytes);
	return text;
}

/* May it name a unit?  systemctl(1) takes some characters for patterns. */
static bool is_service(const char *name)
{
	static const char marks[] = ":_.-\\@", suffix[] = ".service";
	size_t len = strlen(name), end = sizeof(suffix) - 1, i;

	if (len <= end || len >= KMS_MAX_SERVICE_NAME || *name == '-' ||
	    strcmp(name + len - end, suffix))
		return false;
	for (i = 0; i < len; i++)
		if (!isascii(name[i]) ||
		    (!isalnum(name[i]) && !strchr(marks, name[i])))
			return false;
	return true;
}

static bool is_last(const char *cgroup, const char *name)
{
	char *text = kms_text_escape(name, strlen(name));
	const char *last = strrchr(cgroup, '/');
	bool is = text && last && !strcmp(last + 1, text);

	free(text);
	return is;
}

/* Take the name if it is that of the cgroup itself. */
static bool name_take(struct kms_service *service, const char *name,
		      const char *cgroup)
{
	if (!is_service(name) || !is_last(cgroup, name))
		return false;
	snprintf(service->name, sizeof(service->name), "%s", name);
	return true;
}

/* Find the unit of a process in the cgroup; false: none that may be stopped. */
static bool unit_ask(struct kms_service *service,
		     const struct kms_systemd *systemd, pid_t pid,
		     const char *cgroup)
{
	char *name = NULL, *inner = NULL, *machine = NULL, manager[64];
	bool found = false;
	uid_t uid;

	if (systemd->machine(pid, &machine) >= 0 ||
	    systemd->unit(pid, &name) < 0) {
		free(machine);
		return false;
	}
	if (systemd->user_unit(pid, &inner) < 0) {
		found = strncmp(name, "user@", 5) &&
			name_take(service, name, cgroup);
	} else if (systemd->owner(pid, &uid) >= 0) {
		snprintf(manager, sizeof(manager), "user@%u.service", uid);
		found = !strcmp(name, manager) &&
			name_take(service, inner, cgroup);
		service->is_user = true;
		service->uid = uid;
	}
	free(name);
	free(inner);
	return found;
}

static bool is_of_job(const struct kms_process *process,
		      const struct kms_job_names *job)
{
	size_t i;

	if (kms_process_is_shared(process))
		return false;
	if (job->name && kms_process_is(process, job->name))
		return true;
	for (i = 0; i < job->nr_parents; i++)
		if (kms_process_is(process, job->parents[i]))
			return true;
	return false;
}

void kms_service_find(struct kms_service *service,
		      const struct kms_systemd *systemd,
		      const struct kms_processes *processes, const char *root,
		      const char *cgroup, const struct kms_job_names *job)
{
	const struct kms_process *process;
	char *text, *next, *line;
	bool found = false;

	*service = (struct kms_service){ 0 };
	text = systemd ? members_read(root, cgroup) : NULL;
	for (next = text; next && (line = strsep(&next, "\n"));) {
		process = kms_processes_find(processes,
					     strtoul(line, NULL, 10));
		if (!process)
			continue;
		if (!found &&
		    !unit_ask(service, systemd, process->pid, cgroup))
			break;
		found = true;
		service->nr_processes++;
		if (!is_of_job(process, job))
			snprintf(service->other, sizeof(service->other), "%s",
				 process->name);
	}
	if (!found)
		*service = (struct kms_service){ 0 };
	free(text);
}
