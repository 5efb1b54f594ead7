// SPDX-License-Identifier: GPL-2.0-only
/* What is asked of the kernel: a command, and values that rows must have. */
#include "lib/request.h"

struct ks_request ks_request_rows(const struct ks_kind *kind)
{
	return (struct ks_request){
		.kind = kind,
		.cmd = kind->cmd,
		.needs = "CAP_NET_ADMIN",
	};
}
