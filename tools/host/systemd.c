// SPDX-License-Identifier: GPL-2.0-only
/* Ask systemd about a process, by libsystemd if that is installed. */
#include "host/systemd.h"

#ifdef KMS_WITH_LIBSYSTEMD

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-login.h>

static bool library_load(struct kms_systemd *systemd)
{
	void *library = dlopen("libsystemd.so.0", RTLD_NOW | RTLD_LOCAL);
	__typeof__(sd_booted) *booted;

	if (!library)
		return false;
	booted = (__typeof__(booted))dlsym(library, "sd_booted");
	/* The header has their types. */
	systemd->unit = (__typeof__(sd_pid_get_unit) *)
			dlsym(library, "sd_pid_get_unit");
	systemd->user_unit = (__typeof__(sd_pid_get_user_unit) *)
			     dlsym(library, "sd_pid_get_user_unit");
	systemd->machine = (__typeof__(sd_pid_get_machine_name) *)
			   dlsym(library, "sd_pid_get_machine_name");
	systemd->owner = (__typeof__(sd_pid_get_owner_uid) *)
			 dlsym(library, "sd_pid_get_owner_uid");
	return booted && booted() > 0 && systemd->unit &&
	       systemd->user_unit && systemd->machine && systemd->owner;
}

const struct kms_systemd *kms_systemd(void)
{
	static struct kms_systemd systemd;
	static bool tried, loaded;

	if (!tried)
		loaded = library_load(&systemd);
	tried = true;
	return loaded ? &systemd : NULL;
}

#else

#include <stddef.h>

const struct kms_systemd *kms_systemd(void)
{
	return NULL;
}

#endif
