/* SPDX-License-Identifier: GPL-2.0-only */
/* Which processes may hold memory, and what the host knows about them. */
#ifndef KMS_DIAGNOSE_OBSERVE_HOLDERS_H
#define KMS_DIAGNOSE_OBSERVE_HOLDERS_H

#include "diagnose/observation.h"

/* Fill in the process of each socket that one of these owners has. */
void kms_sockets_own(struct kms_sockets *sockets,
		     struct kms_socket_owners *owners);

#endif /* KMS_DIAGNOSE_OBSERVE_HOLDERS_H */
