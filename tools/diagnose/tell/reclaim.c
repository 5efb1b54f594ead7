// SPDX-License-Identifier: GPL-2.0-only
/* Have the kernel reclaim what it can. */
#include <string.h>

#include "diagnose/tell/reclaim.h"
#include "lib/words.h"

/*
 * From one cgroup only, and no more than its share.  The root cgroup is the
 * whole host, so nothing is gained there.
 */
static void cgroup_add(struct kms_advice *a, struct kms_finding *finding,
		       const struct kms_found_allocator *allocator,
		       uint64_t bytes)
{
	const char *number = kms_strings_add(a->strings, "%llu",
					     (unsigned long long)bytes);
	struct kms_argv command = kms_argv_begin("echo", number, NULL);
	const char *file;

	if (!bytes || !allocator->can_reclaim || !strcmp(allocator->cgroup, "/"))
		return;
	file = kms_strings_add(a->strings, "/sys/fs/cgroup%s/memory.reclaim",
			       allocator->cgroup);
	kms_argv_into(&command, a->strings, file);
	kms_remedy_give(a, finding, (struct kms_remedy){
		.when = KMS_LATER,
		.text = "if memory is short, reclaim memory charged to its cgroup",
		.cost = "drops page cache of this cgroup first, and may swap out its processes",
		.argv = command,
		.effect = kms_strings_add(a->strings,
					  "frees up to %s; EAGAIN means less was reclaimable",
					  kms_words_bytes(bytes).text),
		.frees_bytes = bytes,
	});
}

static const char drop_text[] =
	"run sync, then drop unused dentries and inodes, off-peak and only if memory is short";
static const char drop_cost[] =
	"processes in large directories may stall, and dropped entries are read from disk again";

void kms_reclaim_add(struct kms_advice *a, struct kms_finding *finding)
{
	struct kms_argv command = kms_argv_begin("echo", "2", NULL);
	uint64_t bytes;
	size_t i;

	bytes = finding->reclaimable_bytes;
	if (bytes == KMS_UNKNOWN || !bytes)
		return;
	for (i = 0; i < finding->nr_allocators && i < KMS_MAX_STOPS; i++) {
		const struct kms_found_allocator *allocator =
			&finding->allocator[i];

		cgroup_add(a, finding, allocator,
			   bytes / 1000 * allocator->traced_permille);
	}
	kms_argv_into(&command, a->strings, "/proc/sys/vm/drop_caches");
	kms_remedy_give(a, finding, (struct kms_remedy){
		.when = KMS_LATER,
		.text = drop_text,
		.cost = drop_cost,
		.argv = command,
		.effect = kms_strings_add(a->strings,
					  "frees up to %s, as slabs become empty",
					  kms_words_bytes(bytes).text),
		.frees_bytes = bytes,
	});
}
