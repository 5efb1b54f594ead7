/* SPDX-License-Identifier: GPL-2.0-only */
/* How a function says that, and why, it did not do what it was asked. */
#ifndef KMS_LIB_ERROR_H
#define KMS_LIB_ERROR_H

/* What a function returns, and what the program exits with. */
enum kms_status {
	KMS_OK = 0,
	KMS_ERROR = 1,
	KMS_UNSUPPORTED = 2,	/* no module, or the collector is off */
	KMS_PARTIAL = 3,		/* the answer is there, but not whole */
};

struct kms_error {
	int code;		/* errno as the kernel said it, else 0 */
	char text[1024];
};

/* Set the text, forget the code, and return status: "return kms_fail(...)". */
enum kms_status kms_fail(struct kms_error *err, enum kms_status status,
			 const char *format, ...) __attribute__
	((format(printf, 3, 4)));

enum kms_status kms_fail_memory(struct kms_error *err);

#endif /* KMS_LIB_ERROR_H */
