// SPDX-License-Identifier: GPL-2.0-only
/* What a diagnosis found: in fields, for programs, and in words, for people. */
#include "diagnose/finding.h"

const char ks_not_examined[] =
	"memory of processes, tmpfs, huge pages, swap and limits of cgroups";

const char *ks_finding_name(enum ks_finding_kind kind)
{
	static const char * const names[] = {
		[KS_FINDING_NEGATIVE_DENTRIES] = "negative_dentries",
		[KS_FINDING_POSITIVE_DENTRIES] = "positive_dentries",
		[KS_FINDING_INODES] = "inodes",
		[KS_FINDING_RECLAIMABLE_SLAB] = "reclaimable_slab",
		[KS_FINDING_UNRECLAIMABLE_SLAB] = "unreclaimable_slab",
		[KS_FINDING_LARGE_KMALLOC] = "large_kmalloc",
		[KS_FINDING_PAGES] = "pages",
		[KS_FINDING_UNACCOUNTED] = "unaccounted",
		[KS_FINDING_STOCK] = "stock",
		[KS_FINDING_FRAGMENTATION] = "fragmentation",
	};

	return names[kind];
}

const char *ks_sure_name(enum ks_sure sure)
{
	static const char * const names[] = {
		[KS_POSSIBLE] = "possible",
		[KS_LIKELY] = "likely",
		[KS_CERTAIN] = "certain",
	};

	return names[sure];
}

void ks_lines_add(struct ks_lines *lines, const char *line)
{
	if (lines->nr < KS_LINES_MAX)
		lines->line[lines->nr++] = line;
}

struct ks_finding *ks_finding_add(struct ks_verdict *verdict,
				  enum ks_finding_kind kind)
{
	struct ks_finding *finding;

	if (verdict->nr_findings == KS_FINDINGS_MAX)
		return NULL;
	finding = &verdict->finding[verdict->nr_findings++];
	*finding = (struct ks_finding){
		.kind = kind,
		.total_bytes = KS_UNKNOWN,
		.memory_permille = KS_UNKNOWN,
		.nr_objects = KS_UNKNOWN,
		.growth_bytes = KS_UNKNOWN,
		.bytes_per_second = KS_UNKNOWN,
		.objects_per_second = KS_UNKNOWN,
		.share_permille = KS_UNKNOWN,
		.attributed_permille = KS_UNKNOWN,
		.reclaimable_bytes = KS_UNKNOWN,
		.full_seconds = KS_UNKNOWN,
	};
	return finding;
}

void ks_remedy_add(struct ks_finding *finding, struct ks_remedy remedy)
{
	if (finding->nr_remedies < KS_REMEDIES_MAX)
		finding->remedy[finding->nr_remedies++] = remedy;
}
