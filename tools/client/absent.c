// SPDX-License-Identifier: GPL-2.0-only
/*
 * Why the module does not answer, and what to do about it: from the running
 * kernel, its lockdown, and the module that is installed for it.
 */
#include <libkmod.h>
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

/* Note the version of a module that dkms built as a stub. */
static void info_take(const struct kmod_list *info, bool *stub, char *version,
		      size_t size)
{
	const struct kmod_list *item;

	kmod_list_foreach(item, info) {
		const char *key = kmod_module_info_get_key(item);
		const char *value = kmod_module_info_get_value(item);

		if (!strcmp(key, "stub"))
			*stub = true;
		else if (!strcmp(key, "version"))
			snprintf(version, size, "%s", value);
	}
}

/* Is the module that is installed for this kernel only a stub? */
static bool installed_is_stub(char *version, size_t size)
{
	struct kmod_ctx *ctx = kmod_new(NULL, NULL);
	struct kmod_module *module = NULL;
	struct kmod_list *found = NULL, *info = NULL;
	bool stub = false;

	if (!ctx)
		return false;
	/* Silent: a missing module is not an error here. */
	kmod_set_log_priority(ctx, -1);
	if (kmod_module_new_from_lookup(ctx, KMEMSCOPE_FAMILY_NAME,
					&found) >= 0 && found) {
		module = kmod_module_get_module(found);
		if (kmod_module_get_info(module, &info) >= 0)
			info_take(info, &stub, version, size);
		kmod_module_info_free_list(info);
		kmod_module_unref(module);
	}
	kmod_module_unref_list(found);
	kmod_unref(ctx);
	return stub;
}

/* Explain why the netlink family is missing; returns KMS_UNSUPPORTED. */
enum kms_status kms_absent_explain(struct kms_error *err)
{
	char version[32] = "unknown", level[32];

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
