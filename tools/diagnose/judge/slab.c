// SPDX-License-Identifier: GPL-2.0-only
/* Slab caches that grew, but for that of dentries. */
#include "diagnose/judge/allocators.h"
#include "diagnose/judge/cache.h"
#include "diagnose/judge/directories.h"
#include "diagnose/judge/headline.h"
#include "diagnose/judge/judge.h"

static const struct {
	enum kms_finding_kind finding;
	const char *what;
} kinds[] = {
	[KMS_CACHE_INODE] = { KMS_FINDING_INODES, "inodes" },
	[KMS_CACHE_MEMORY_INODE] = { KMS_FINDING_INODES, "files in memory" },
	[KMS_CACHE_RECLAIMABLE] = { KMS_FINDING_RECLAIMABLE_SLAB,
				   "reclaimable objects" },
	[KMS_CACHE_UNRECLAIMABLE] = { KMS_FINDING_UNRECLAIMABLE_SLAB,
				     "unreclaimable objects" },
};

static void slab_judge(struct kms_case *c, const struct kms_growth *growth)
{
	struct kms_finding *finding =
		kms_cache_finding(c, kinds[growth->kind].finding, growth, 1000);

	if (!finding)
		return;
	if (kms_cache_has_directory(growth->kind))
		kms_directories_fill(c, finding, KMS_DENTRIES_POSITIVE, true);
	kms_allocators_fill(c, finding);
	kms_headline_fill(c, finding,
			  growth->noun ?: kinds[growth->kind].what);
}

void kms_judge_slab(struct kms_case *c)
{
	size_t i;

	for (i = 0; i < c->all.nr; i++)
		if (c->all.growth[i].kind != KMS_CACHE_DENTRY &&
		    kms_cache_is_judged(c, &c->all.growth[i]))
			slab_judge(c, &c->all.growth[i]);
}
