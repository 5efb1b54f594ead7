/* SPDX-License-Identifier: GPL-2.0-only */
/* The processes that hold what grew, as the witness of a cause shows them. */
#ifndef KMS_DIAGNOSE_JUDGE_HOLDERS_H
#define KMS_DIAGNOSE_JUDGE_HOLDERS_H

#include "diagnose/judge/case.h"
#include "diagnose/judge/cause_table.h"

/* What grew, and for which holders are sought. */
struct kms_grown {
	const struct kms_cause *cause;
	const char *lead;	/* the cache or counter */
	const char *noun;	/* "TCP sockets" */
	double objects;		/* of the lead; 0: they are not counted */
	int64_t bytes;		/* of all that may go with it */
	const struct kms_finding *finding;	/* of the lead, or NULL */
};

struct kms_holders {
	struct kms_found_holder holder[KMS_MAX_HOLDERS];	/* most first */
	size_t nr;
	uint64_t nr_now;	/* things of this kind, KMS_UNKNOWN */
	double nr_grown;	/* while observed */
	uint64_t bytes;		/* that they are known to hold; KMS_UNKNOWN */
	bool explains;		/* they account for most of the growth */
	bool unread;		/* it waits to be read, not to be sent */
};

/* Find those who hold it, by the witness of its cause. */
void kms_holders_find(struct kms_case *c, struct kms_holders *holders,
		      const struct kms_grown *grown);

/* All data that waits in sockets, received or to be sent. */
uint64_t kms_queued_bytes(const struct kms_observation *obs);

#endif /* KMS_DIAGNOSE_JUDGE_HOLDERS_H */
