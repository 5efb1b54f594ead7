/* SPDX-License-Identifier: GPL-2.0-only */
/* How a function says that, and why, it did not do what it was asked. */
#ifndef KS_ERROR_H
#define KS_ERROR_H

/* What a function returns, and what the program exits with. */
enum ks_status {
	KS_OK = 0,
	KS_ERROR = 1,
	KS_UNSUPPORTED = 2,	/* no module, or the collector is off */
	KS_PARTIAL = 3,		/* the answer is there, but not whole */
};

struct ks_error {
	int code;		/* errno as the kernel said it, else 0 */
	char text[1024];
};

/* Set the text, forget the code, and return status: "return ks_fail(...)". */
enum ks_status ks_fail(struct ks_error *err, enum ks_status status,
		       const char *format, ...) __attribute__
	((format(printf, 3, 4)));

enum ks_status ks_fail_memory(struct ks_error *err);

#endif /* KS_ERROR_H */
