// SPDX-License-Identifier: GPL-2.0-only
/* How a function says that, and why, it did not do what it was asked. */
#include <stdarg.h>
#include <stdio.h>

#include "lib/error.h"

enum ks_status ks_fail(struct ks_error *err, enum ks_status status,
		       const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	err->code = 0;
	return status;
}

enum ks_status ks_fail_memory(struct ks_error *err)
{
	return ks_fail(err, KS_ERROR, "out of memory");
}
