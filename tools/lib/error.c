// SPDX-License-Identifier: GPL-2.0-only
/* How a function reports that it failed, and why. */
#include <stdarg.h>
#include <stdio.h>

#include "lib/error.h"

enum kms_status kms_fail(struct kms_error *err, enum kms_status status,
			 const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	err->code = 0;
	return status;
}

enum kms_status kms_fail_memory(struct kms_error *err)
{
	return kms_fail(err, KMS_ERROR, "out of memory");
}
