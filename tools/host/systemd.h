/* SPDX-License-Identifier: GPL-2.0-only */
/* Ask systemd about a process, by libsystemd if that is installed. */
#ifndef KMS_HOST_SYSTEMD_H
#define KMS_HOST_SYSTEMD_H

#include <sys/types.h>

/*
 * As in sd_pid_get_unit(3): they return a negative errno, ENODATA if the process
 * is in no unit. The caller frees the texts.
 */
struct kms_systemd {
	int (*unit)(pid_t pid, char **unit);
	int (*user_unit)(pid_t pid, char **unit);
	int (*machine)(pid_t pid, char **machine);
	int (*owner)(pid_t pid, uid_t *uid);
};

/*
 * NULL if systemd does not run here, or its library is not installed. The first
 * call loads the library, so that only commands that need it pay for it.
 */
const struct kms_systemd *kms_systemd(void);

#endif /* KMS_HOST_SYSTEMD_H */
