/* SPDX-License-Identifier: GPL-2.0-only */
/* How a function reports that it failed, and why. */
#ifndef KMS_LIB_ERROR_H
#define KMS_LIB_ERROR_H

/* Return values of functions, and the exit status of the program. */
enum kms_status {
	KMS_OK = 0,
	KMS_ERROR = 1,
	KMS_UNSUPPORTED = 2,	/* no module, or the collector is off */
	KMS_PARTIAL = 3,	/* there is an answer, but a partial one */
};

struct kms_error {
	int code;		/* the kernel's errno, else 0 */
	char text[1024];
};

/* Set the text, clear the code, and return status. */
enum kms_status kms_fail(struct kms_error *err, enum kms_status status,
			 const char *format, ...) __attribute__
	((format(printf, 3, 4)));

enum kms_status kms_fail_memory(struct kms_error *err);

#endif /* KMS_LIB_ERROR_H */
