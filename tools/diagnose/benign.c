// SPDX-License-Identifier: GPL-2.0-only
/* Caches that the kernel gives back by itself: they do no harm. */
#include "diagnose/verdict.h"
#include "diagnose/words.h"

void ks_benign_judge(struct ks_case *c, struct ks_finding *finding)
{
	/*
	 * Negative dentries are reclaimable as well, but nobody wants them: a
	 * storm of lookups makes nothing but them.
	 */
	switch (finding->kind) {
	case KS_FINDING_POSITIVE_DENTRIES:
	case KS_FINDING_INODES:
	case KS_FINDING_RECLAIMABLE_SLAB:
		break;
	case KS_FINDING_STOCK:
		if (!finding->negative)
			break;
		return;
	default:
		return;
	}
	if (!finding->reclaimable || finding->guessed || !ks_case_has_plenty(c))
		return;
	finding->benign = true;
	ks_tell(c, &finding->evidence,
		"the kernel gives these objects back when memory is short; %s are available now",
		ks_words_bytes(c->verdict->totals.available).text);
}

void ks_benign_fill(struct ks_case *c, struct ks_finding *finding)
{
	finding->reclaimable_bytes = finding->total_bytes;
	ks_remedy_give(c, finding, (struct ks_remedy){
		.when = KS_LATER,
		.text = "nothing has to be stopped; look again if memory gets short",
		.argv = ks_argv_begin("kmemscope", "diagnose", NULL),
		.effect = "looks again; it changes nothing",
		.frees_bytes = KS_UNKNOWN,
	});
}
