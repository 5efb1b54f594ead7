// SPDX-License-Identifier: GPL-2.0-only
/* How to have the kernel give back what it can. */
#include <string.h>

#include "diagnose/judge/verdict.h"
#include "lib/words.h"

/* What of it the kernel could give back, at most. */
static void reclaimable_fill(struct kms_case *c, struct kms_finding *finding)
{
	const struct kms_dentry_state *state =
		&c->look->at[KMS_LOOK_LAST].dentries;
	const struct kms_growth *growth;
	uint64_t nr;

	if (!finding->cache || !finding->reclaimable)
		return;
	finding->reclaimable_bytes = finding->total_bytes;
	growth = kms_growths_of(&c->all, finding->cache);
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

/*
 * Of one cgroup only, and no more than its share; the root's is the whole host,
 * and no better than that.
 */
static void cgroup_add(struct kms_case *c, struct kms_finding *finding,
		       const struct kms_found_creator *creator, uint64_t bytes)
{
	const char *number = kms_strings_add(c->strings, "%llu",
					     (unsigned long long)bytes);
	struct kms_argv command = kms_argv_begin("echo", number, NULL);
	const char *file;

	if (!bytes || !creator->can_reclaim || !strcmp(creator->cgroup, "/"))
		return;
	file = kms_strings_add(c->strings, "/sys/fs/cgroup%s/memory.reclaim",
			       creator->cgroup);
	kms_argv_into(&command, c->strings, file);
	kms_remedy_give(c, finding, (struct kms_remedy){
		.when = KMS_LATER,
		.text = "if memory is short: reclaim memory charged to its cgroup",
		.cost = "page cache of this cgroup goes first, and processes may be swapped out",
		.argv = command,
		.effect = kms_strings_add(c->strings,
					  "frees up to %s; EAGAIN means less was reclaimable",
					  kms_words_bytes(bytes).text),
		.frees_bytes = bytes,
	});
}

void kms_reclaim_fill(struct kms_case *c, struct kms_finding *finding)
{
	struct kms_argv command = kms_argv_begin("echo", "2", NULL);
	uint64_t bytes;
	size_t i;

	reclaimable_fill(c, finding);
	bytes = finding->reclaimable_bytes;
	if (bytes == KMS_UNKNOWN || !bytes)
		return;
	for (i = 0; i < finding->nr_creators && i < KMS_STOPPED_MAX; i++)
		cgroup_add(c, finding, &finding->creator[i],
			   bytes / 1000 * finding->creator[i].traced_permille);
	kms_argv_into(&command, c->strings, "/proc/sys/vm/drop_caches");
	kms_remedy_give(c, finding, (struct kms_remedy){
		.when = KMS_LATER,
		.text = "off-peak, if memory is short: sync, give back unused dentries and inodes",
		.cost = "who works in a directory of millions waits for seconds; all is read anew",
		.argv = command,
		.effect = kms_strings_add(c->strings,
					  "at most %s of it are given back, as slabs get empty",
					  kms_words_bytes(bytes).text),
		.frees_bytes = bytes,
	});
}
