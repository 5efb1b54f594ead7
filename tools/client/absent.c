// SPDX-License-Identifier: GPL-2.0-only
/*
 * Why the module does not answer, and what to do about it: from the running
 * kernel, its lockdown, and the module that is installed for it.
 */
#include <linux/kmemscope.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/absent.h"

#define LOCKDOWN "/sys/kernel/security/lockdown"

/* Read the level that stands in brackets in the kernel's list. */
static bool lockdown_read(char *level, size_t size)
{
	FILE *file = fopen(LOCKDOWN, "re");
	char list[128] = "";
	char *start, *end;

	if (!file)
		return false;
	if (!fgets(list, sizeof(list), file))
		list[0] = '\0';
	fclose(file);
	start = strchr(list, '[');
	end = start ? strchr(start, ']') : NULL;
	if (!end)
		return false;
	*end = '\0';
	snprintf(level, size, "%s", start + 1);
	return strcmp(level, "none") != 0;
}

/* Read one field of the installed module; false when it is empty. */
static bool modinfo_read(const char *field, char *value, size_t size)
{
	char command[128];
	FILE *modinfo;
	bool found;

	/* A service or cron may have no sbin in its PATH. */
	snprintf(command, sizeof(command),
		 "PATH=/usr/sbin:/sbin:/usr/bin:/bin modinfo -F %s %s 2>/dev/null",
		 field, KMEMSCOPE_FAMILY_NAME);
	modinfo = popen(command, "re");
	if (!modinfo)
		return false;
	found = fgets(value, size, modinfo);
	pclose(modinfo);
	if (!found)
		return false;
	value[strcspn(value, "\n")] = '\0';
	return *value;
}

/*
 * Does what is installed for this kernel only stand in for the module?  By a
 * program, as libkmod pulls in libcrypto: mapping that took one third of all
 * instructions of "kmemscope slab", though only this error needs it.
 */
static bool installed_is_stub(char *version, size_t size)
{
	char stub[16];

	if (!modinfo_read("stub", stub, sizeof(stub)))
		return false;
	if (!modinfo_read("version", version, size))
		snprintf(version, size, "unknown");
	return true;
}

/* Explain why the netlink family is missing; returns KMS_UNSUPPORTED. */
enum kms_status kms_absent_explain(struct kms_error *err)
{
	char version[32], level[32];

	if (access("/sys/module/" KMEMSCOPE_FAMILY_NAME, F_OK) == 0)
		return kms_fail(err, KMS_UNSUPPORTED,
				"the kernel module is loaded, but answers only in the initial network namespace");
	if (installed_is_stub(version, sizeof(version)))
		return kms_fail(err, KMS_UNSUPPORTED,
				"this kernel is not supported by module version %s, which did not compile for it",
				version);
	if (lockdown_read(level, sizeof(level)))
		return kms_fail(err, KMS_UNSUPPORTED,
				"the kernel module is not loaded, and kernel lockdown (%s) only lets it load if it is signed by a key the kernel trusts",
				level);
	return kms_fail(err, KMS_UNSUPPORTED,
			"the kernel module is not loaded; load it with: modprobe %s",
			KMEMSCOPE_FAMILY_NAME);
}
