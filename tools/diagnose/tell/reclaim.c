// SPDX-License-Identifier: GPL-2.0-only
/* How to have the kernel give back what it can. */
#include <string.h>

#include "diagnose/tell/reclaim.h"
#include "lib/words.h"

/*
 * Of one cgroup only, and no more than its share; the root's is the whole host,
 * and no better than that.
 */
static void cgroup_add(struct kms_advice *a, struct kms_finding *finding,
		       const struct kms_found_creator *creator, uint64_t bytes)
{
	const char *number = kms_strings_add(a->strings, "%llu",
					     (unsigned long long)bytes);
	struct kms_argv command = kms_argv_begin("echo", number, NULL);
	const char *file;

	if (!bytes || !creator->can_reclaim || !strcmp(creator->cgroup, "/"))
		return;
	file = kms_strings_add(a->strings, "/sys/fs/cgroup%s/memory.reclaim",
			       creator->cgroup);
	kms_argv_into(&command, a->strings, file);
	kms_remedy_give(a, finding, (struct kms_remedy){
		.when = KMS_LATER,
		.text = "if memory is short: reclaim memory charged to its cgroup",
		.cost = "page cache of this cgroup goes first, and processes may be swapped out",
		.argv = command,
		.effect = kms_strings_add(a->strings,
					  "frees up to %s; EAGAIN means less was reclaimable",
					  kms_words_bytes(bytes).text),
		.frees_bytes = bytes,
	});
}

void kms_reclaim_add(struct kms_advice *a, struct kms_finding *finding)
{
	struct kms_argv command = kms_argv_begin("echo", "2", NULL);
	uint64_t bytes;
	size_t i;

	bytes = finding->reclaimable_bytes;
	if (bytes == KMS_UNKNOWN || !bytes)
		return;
	for (i = 0; i < finding->nr_creators && i < KMS_STOPPED_MAX; i++)
		cgroup_add(a, finding, &finding->creator[i],
			   bytes / 1000 * finding->creator[i].traced_permille);
	kms_argv_into(&command, a->strings, "/proc/sys/vm/drop_caches");
	kms_remedy_give(a, finding, (struct kms_remedy){
		.when = KMS_LATER,
		.text = "off-peak, if memory is short: sync, give back unused dentries and inodes",
		.cost = "who works in a directory of millions waits for seconds; all is read anew",
		.argv = command,
		.effect = kms_strings_add(a->strings,
					  "at most %s of it are given back, as slabs get empty",
					  kms_words_bytes(bytes).text),
		.frees_bytes = bytes,
	});
}
