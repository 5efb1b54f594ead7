// SPDX-License-Identifier: GPL-2.0-only
/* Find the container that a cgroup belongs to. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/container.h"
#include "host/file.h"
#include "lib/array.h"
#include "lib/text.h"

/* A hierarchy has a line with a path. */
#define MAX_CGROUP_BYTES (1024 * 1024)

/* Engines print the first 12 of the 64 digits of a container. */
#define ID_DIGITS 64
#define ID_PRINTED 12

/*
 * How the component of a container begins and ends, and in which parent it lies
 * if that is needed to know it. The rest of the component is the name.
 */
static const struct {
	const char *engine;
	const char *parent;	/* '*' at its end: anything; NULL: any */
	const char *before;
	const char *after;
	bool is_id;
} forms[] = {
	{ "docker", NULL, "docker-", ".scope", true },
	{ "docker", "docker", "", "", true },
	{ "podman", NULL, "libpod-", ".scope", true },
	{ "podman", "libpod_parent", "libpod-", "", true },
	{ "cri-o", NULL, "crio-", ".scope", true },
	{ "kubernetes", NULL, "cri-containerd-", ".scope", true },
	{ "kubernetes", "pod*", "", "", true },
	{ "containerd", NULL, "nerdctl-", ".scope", true },
	{ "containerd", NULL, "containerd-", ".scope", true },
	{ "containerd", "default", "", "", true },
	{ "containerd", "k8s.io", "", "", true },
	{ "lxc", NULL, "lxc.payload.", "", false },
	{ "lxc", "lxc", "", "", false },
	{ "systemd-nspawn", NULL, "systemd-nspawn@", ".service", false },
	{ "systemd-machined", "machine.slice", "machine-", ".scope", false },
};

static bool is_id(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!isxdigit((unsigned char)name[i]))
			return false;
	return len == ID_DIGITS;
}

static bool is_parent(const char *wanted, const char *component)
{
	size_t len = strcspn(wanted, "*");

	return !strncmp(component, wanted, len) &&
	       (wanted[len] == '*' || component[len] == '/');
}

/* Fill in the container if the component has the form. */
static bool form_take(struct kms_container *container, size_t form,
		      const char *parent, const char *component, size_t len)
{
	size_t before = strlen(forms[form].before);
	size_t after = strlen(forms[form].after);

	if (forms[form].parent && !is_parent(forms[form].parent, parent))
		return false;
	if (len <= before + after ||
	    strncmp(component, forms[form].before, before) ||
	    strncmp(component + len - after, forms[form].after, after))
		return false;
	component += before;
	len -= before + after;
	if (forms[form].is_id) {
		if (!is_id(component, len))
			return false;
		len = ID_PRINTED;
	}
	if (len >= KMS_MAX_CONTAINER_NAME)
		return false;
	container->engine = forms[form].engine;
	memcpy(container->name, component, len);
	container->name[len] = '\0';
	return true;
}

/*
 * A runtime passes "SLICE:PREFIX:ID" to systemd, which makes a scope of it.
 * Without systemd it makes a cgroup of that name.
 */
static bool mixed_take(struct kms_container *container, const char *component,
		       size_t len)
{
	static const struct {
		const char *engine;
		const char *prefix;
	} runtimes[] = {
		{ "docker", ":docker:" },
		{ "podman", ":libpod:" },
		{ "cri-o", ":crio:" },
		{ "kubernetes", ":cri-containerd:" },
		{ "containerd", ":nerdctl:" },
	};
	const char *id = component + len - ID_DIGITS;
	size_t i, prefix;

	for (i = 0; len > ID_DIGITS && i < ARRAY_SIZE(runtimes); i++) {
		prefix = strlen(runtimes[i].prefix);
		if (len < ID_DIGITS + prefix || !is_id(id, ID_DIGITS) ||
		    strncmp(id - prefix, runtimes[i].prefix, prefix))
			continue;
		container->engine = runtimes[i].engine;
		memcpy(container->name, id, ID_PRINTED);
		container->name[ID_PRINTED] = '\0';
		return true;
	}
	return false;
}

static bool component_take(struct kms_container *container, const char *parent,
			   const char *component, size_t len)
{
	size_t i;

	for (i = 0; len && i < ARRAY_SIZE(forms); i++)
		if (form_take(container, i, parent, component, len))
			return true;
	return mixed_take(container, component, len);
}

static bool ends_with(const char *component, size_t len, const char *suffix)
{
	size_t end = strlen(suffix);

	return len > end && !strncmp(component + len - end, suffix, end);
}

bool kms_container_find(struct kms_container *container, const char *cgroup)
{
	bool found = false, inner = false;
	const char *parent = "";
	size_t len;

	/* Find the innermost: a container may run in another. */
	for (; *cgroup; cgroup += len) {
		cgroup += *cgroup == '/';
		len = strcspn(cgroup, "/");
		if (component_take(container, parent, cgroup, len)) {
			container->inner = inner;
			found = true;
			inner = true;
		}
		inner |= ends_with(cgroup, len, ".service") ||
			 ends_with(cgroup, len, ".scope");
		parent = cgroup;
	}
	return found;
}

/* Does the line name this hierarchy, as in "5:cpu,memory:/path"? */
static bool has_controller(const char *line, const char *name)
{
	const char *list = line + strcspn(line, ":\n");
	size_t len = strlen(name), word;

	if (*list != ':')
		return false;
	do {
		list++;
		word = strcspn(list, ",:\n");
		if (word == len && !strncmp(list, name, len))
			return true;
		list += word;
	} while (*list == ',');
	/* "name=systemd" has no ':', so that is the whole list. */
	return false;
}

const char *kms_container_cgroup(const char *text, size_t *len)
{
	static const char * const wanted[] = { "", "memory", "name=systemd" };
	const char *path = NULL, *line, *start;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		for (line = text; *line; line += *line == '\n') {
			start = line;
			line += strcspn(line, "\n");
			if (!has_controller(start, wanted[i]))
				continue;
			start += strcspn(start, ":\n") + 1;
			start += strcspn(start, ":\n") + 1;
			if (start > line)
				continue;
			/* The root counts only if all are the root. */
			if (path && line - start == 1)
				continue;
			path = start;
			*len = line - start;
			if (*len > 1)
				return path;
		}
	}
	return path;
}

char *kms_container_text(const struct kms_container *container)
{
	char *text;

	return asprintf(&text, "%s %s", container->engine,
			container->name) < 0 ? NULL : text;
}

char *kms_process_cgroup(uint64_t pid)
{
	char path[64], *text, *cgroup = NULL;
	const char *found;
	size_t len;

	snprintf(path, sizeof(path), "/proc/%llu/cgroup",
		 (unsigned long long)pid);
	text = kms_file_read(path, MAX_CGROUP_BYTES);
	found = text ? kms_container_cgroup(text, &len) : NULL;
	if (found)
		cgroup = kms_text_escape(found, len);
	free(text);
	return cgroup;
}
