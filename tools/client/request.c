// SPDX-License-Identifier: GPL-2.0-only
/* A request to the kernel: a command, and values that rows must have. */
#include "client/request.h"

struct kms_request kms_request_rows(const struct kms_kind *kind)
{
	return (struct kms_request){
		.kind = kind,
		.cmd = kind->cmd,
		.needs = "CAP_NET_ADMIN",
	};
}
