// SPDX-License-Identifier: GPL-2.0-only
/* The processes of this host, and who started whom. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/file.h"
#include "host/process.h"
#include "lib/array.h"
#include "lib/clock.h"
#include "lib/text.h"

/* Reading these takes less than a second; beyond, those alike are unknown. */
#define MAX_PROCESSES 20000

/* From the kernel's include/linux/sched.h; /proc/PID/stat has it. */
#define PF_KTHREAD 0x200000

/* From the kernel's include/linux/proc_ns.h; the same on all hosts. */
#define PID_NAMESPACE_INITIAL 0xeffffffc

/* Bounds the chain of parents, which may change while it is followed. */
#define MAX_DEPTH 100

/*
 * These run jobs of others: ending one also ends those, and later ones.  The
 * kernel cuts names to 15 bytes.
 */
static const char * const shared[] = {
	"anacron", "atd", "conmon", "containerd", "containerd-shim", "crio",
	"cron", "crond", "dbus-daemon", "dockerd", "fcron", "inetd", "init",
	"kubelet", "libvirtd", "lxc-start", "lxcfs", "podman", "runsv",
	"runsvdir", "s6-svscan", "s6-supervise", "screen", "sshd",
	"sshd-session", "supervisord", "systemd", "systemd-nspawn",
	"tmux: server", "xinetd",
};

/* PID (NAME) STATE ...: the name may have any bytes but NUL; see proc(5). */
static bool stat_parse(struct kms_process *process, char *text)
{
	/* State, parent, ... flags, ... and, as the 22nd, when it began */
	static const char format[] =
		" %*c %u%*d%*d%*d%*d %u%*u%*u%*u%*u%*u%*u%*d%*d%*d%*d%*d%*d %llu";
	char *name = strchr(text, '('), *end = strrchr(text, ')');
	unsigned long long ticks;
	unsigned int flags;

	if (!name || !end || end < name)
		return false;
	*end++ = '\0';
	snprintf(process->name, sizeof(process->name), "%s", name + 1);
	if (sscanf(end, format, &process->parent, &flags, &ticks) != 3)
		return false;
	process->kernel = flags & PF_KTHREAD;
	process->began_ns = ticks * (NS_PER_SEC / sysconf(_SC_CLK_TCK));
	return true;
}

bool kms_process_read(struct kms_process *process, const char *proc,
		      uint32_t pid)
{
	char path[300], *text;
	bool parsed;

	*process = (struct kms_process){ .pid = pid };
	snprintf(path, sizeof(path), "%.250s/%u/stat", proc, pid);
	text = kms_file_read(path, 4096);
	parsed = text && stat_parse(process, text);
	free(text);
	return parsed;
}

/* Append a process, unless it has gone; false when memory is out. */
static bool process_take(struct kms_processes *processes, const char *proc,
			 uint32_t pid)
{
	struct kms_process process, *more;

	if (!kms_process_read(&process, proc, pid))
		return true;
	more = realloc(processes->process,
		       (processes->nr + 1) * sizeof(*more));
	if (!more)
		return false;
	processes->process = more;
	more[processes->nr++] = process;
	return true;
}

static int process_compare(const void *a, const void *b)
{
	const struct kms_process *left = a, *right = b;

	return left->pid < right->pid ? -1 : left->pid > right->pid;
}

bool kms_processes_read(struct kms_processes *processes, const char *proc)
{
	DIR *folder = opendir(proc);
	bool complete = true;
	struct dirent *entry;
	size_t seen = 0;
	uint64_t pid;

	*processes = (struct kms_processes){ .whole = folder };
	while (folder && complete && (entry = readdir(folder))) {
		if (!kms_text_number(entry->d_name, UINT32_MAX, &pid))
			continue;
		if (seen++ == MAX_PROCESSES) {
			processes->whole = false;
			break;
		}
		complete = process_take(processes, proc, pid);
	}
	if (folder)
		closedir(folder);
	if (processes->nr)
		qsort(processes->process, processes->nr,
		      sizeof(*processes->process), process_compare);
	if (!complete)
		kms_processes_free(processes);
	return complete;
}

const struct kms_process *
kms_processes_find(const struct kms_processes *processes, uint64_t pid)
{
	const struct kms_process key = { .pid = pid };

	if (!processes->nr || pid > UINT32_MAX)
		return NULL;
	return bsearch(&key, processes->process, processes->nr,
		       sizeof(key), process_compare);
}

bool kms_process_is(const struct kms_process *process, const char *text)
{
	char *name = kms_text_unescape(text);
	bool same = name && !strcmp(process->name, name);

	free(name);
	return same;
}

bool kms_process_descends(const struct kms_processes *processes,
			  const struct kms_process *process,
			  const char * const *parents, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		process = kms_processes_find(processes, process->parent);
		if (!process || !kms_process_is(process, parents[i]))
			return false;
	}
	return true;
}

bool kms_process_is_shared(const struct kms_process *process)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(shared); i++)
		if (!strncmp(process->name, shared[i],
			     sizeof(process->name) - 1))
			return true;
	return false;
}

bool kms_process_is_spared(const struct kms_processes *processes,
			   const struct kms_process *process, uint32_t self)
{
	const struct kms_process *mine = kms_processes_find(processes, self);
	size_t depth;

	if (process->pid <= 1 || process->kernel ||
	    kms_process_is_shared(process))
		return true;
	for (depth = 0; mine && depth < MAX_DEPTH; depth++) {
		if (mine->pid == process->pid)
			return true;
		mine = kms_processes_find(processes, mine->parent);
	}
	/* Without itself in the list its parents are unknown. */
	return !kms_processes_find(processes, self) || depth == MAX_DEPTH;
}

void kms_processes_free(struct kms_processes *processes)
{
	free(processes->process);
	*processes = (struct kms_processes){ 0 };
}

bool kms_proc_is_initial(void)
{
	struct stat space;
	char self[32] = "";
	uint64_t pid;

	/* In a /proc of another namespace this is another number, or none. */
	return readlink("/proc/self", self, sizeof(self) - 1) > 0 &&
	       kms_text_number(self, UINT32_MAX, &pid) &&
	       pid == (uint64_t)getpid() &&
	       !stat("/proc/self/ns/pid", &space) &&
	       space.st_ino == PID_NAMESPACE_INITIAL;
}
