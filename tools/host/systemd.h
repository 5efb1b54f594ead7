/* SPDX-License-Identifier: GPL-2.0-only */
/* What systemd knows about a process, by libsystemd where that is there. */
#ifndef KMS_HOST_SYSTEMD_H
#define KMS_HOST_SYSTEMD_H

#include <sys/types.h>

/*
 * See sd_pid_get_unit(3): these return a negative errno, ENODATA where the
 * process is in none.  The caller frees what they fill in.
 */
struct kms_systemd {
	int (*unit)(pid_t pid, char **unit);
	int (*user_unit)(pid_t pid, char **unit);
	int (*machine)(pid_t pid, char **machine);
	int (*owner)(pid_t pid, uid_t *uid);
};

/*
 * NULL when systemd does not run here, or its library is not installed.  It is
 * loaded on the first call, so that only commands that need it pay for it.
 */
const struct kms_systemd *kms_systemd(void);

#endif /* KMS_HOST_SYSTEMD_H */
