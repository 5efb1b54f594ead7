// SPDX-License-Identifier: GPL-2.0-only
/* How much of a finding the kernel could reclaim. */
#include "diagnose/judge/judge.h"

void kms_reclaimable_fill(struct kms_case *c, struct kms_finding *finding)
{
	const struct kms_dentry_state *state =
		&c->obs->moment[KMS_MOMENT_LAST].dentries;
	const struct kms_growth *growth;
	uint64_t nr;

	if (!finding->cache || !finding->reclaimable)
		return;
	finding->reclaimable_bytes = finding->total_bytes;
	growth = kms_growths_of(&c->growths, finding->cache);
	if (!growth || growth->kind != KMS_CACHE_DENTRY || !state->known)
		return;
	nr = state->nr_unused;
	if (state->nr_negative != KMS_UNKNOWN &&
	    finding->kind == KMS_FINDING_NEGATIVE_DENTRIES)
		nr = state->nr_negative;
	else if (state->nr_negative != KMS_UNKNOWN &&
		 finding->kind == KMS_FINDING_POSITIVE_DENTRIES)
		nr -= state->nr_negative < nr ? state->nr_negative : nr;
	if (nr * growth->size < finding->reclaimable_bytes)
		finding->reclaimable_bytes = nr * growth->size;
}
