// SPDX-License-Identifier: GPL-2.0-only
/* Shared memory and pinned page cache that are large, and do not grow. */
#include <string.h>

#include "diagnose/judge/growers.h"
#include "diagnose/judge/shared_parts.h"
#include "diagnose/judge/shared_stock.h"
#include "lib/words.h"

/*
 * Databases have a quarter of memory in shared memory, or more: this much is
 * worth knowing, and no harm by itself.
 */
#define STOCK_PERMILLE 200

static const char pinned[] = "pinned_cache";

static struct kms_finding *stock_add(struct kms_case *c, const char *counter,
				     uint64_t bytes)
{
	const struct kms_totals *totals = &c->verdict->totals;
	struct kms_finding *finding;

	if (bytes == KMS_UNKNOWN || totals->managed == KMS_UNKNOWN ||
	    kms_permille(bytes, totals->managed) < STOCK_PERMILLE)
		return NULL;
	finding = kms_finding_add(c->verdict, KMS_FINDING_SHARED_MEMORY);
	if (!finding)
		return NULL;
	finding->cause = "shared_memory";
	finding->cache = counter;
	finding->total_bytes = bytes;
	kms_case_rate(c, finding, 0);
	finding->severity = KMS_NOTICE;
	finding->why_severe = "it is large, but memory is available";
	if (kms_case_is_short(c)) {
		finding->severity = KMS_WARNING;
		finding->why_severe = "it is large, and little memory is available";
	}
	finding->sure = KMS_POSSIBLE;
	finding->why_sure =
		"it is this large, but that may be normal for this host";
	return finding;
}

/* The file systems with the most, largest first; returns their sum. */
static uint64_t places_fill(struct kms_case *c, struct kms_finding *finding,
			    bool ramfs)
{
	const struct kms_tmpfs_mounts *mounts =
		&c->obs->host[KMS_HOST_AFTER].tmpfs;
	const struct kms_tmpfs *largest;
	uint64_t sum = 0, below = UINT64_MAX;
	size_t i, nr;

	for (nr = 0; nr < 3; nr++) {
		largest = NULL;
		for (i = 0; i < mounts->nr; i++)
			if (mounts->mount[i].is_ramfs == ramfs &&
			    mounts->mount[i].used_bytes < below &&
			    (!largest || mounts->mount[i].used_bytes >
			     largest->used_bytes))
				largest = &mounts->mount[i];
		if (!largest || kms_permille(largest->used_bytes,
					     finding->total_bytes) <
		    KMS_NAMED_PERMILLE)
			break;
		kms_shared_place(c, finding, largest, largest->used_bytes,
				 finding->total_bytes);
		below = largest->used_bytes;
		sum += below;
	}
	return sum;
}

static uint64_t segments_sum(const struct kms_case *c)
{
	const struct kms_segments *segments =
		&c->obs->host[KMS_HOST_AFTER].segments;
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < segments->nr; i++)
		sum += segments->segment[i].bytes;
	return sum;
}

/* What is most of it, or NULL. */
static const char *main_part(struct kms_case *c, struct kms_finding *finding)
{
	struct kms_open_sum sum = kms_open_deleted(c);
	uint64_t half = finding->total_bytes / 2;
	uint64_t segments = segments_sum(c);

	if (sum.bytes >= half)
		return kms_open_holder(c, finding, &sum, finding->total_bytes);
	if (finding->nr_directories &&
	    finding->directory[0].share_permille >= 500)
		return finding->directory[0].path ?:
		       finding->directory[0].container_path;
	kms_holders_largest(c, finding, &kms_measure_shared,
			    finding->total_bytes);
	if (segments < half)
		return NULL;
	kms_tell(c, &finding->evidence,
		 "segments of System V have %s; ipcs -m lists them",
		 kms_words_bytes(segments).text);
	return "segments of System V";
}

void kms_shared_stock_judge(struct kms_case *c, uint64_t bytes)
{
	struct kms_finding *finding = stock_add(c, "shmem", bytes);
	uint64_t seen;
	const char *part;

	if (!finding)
		return;
	seen = places_fill(c, finding, false) + segments_sum(c);
	part = main_part(c, finding);
	if (finding->nr_holders && part)
		kms_summarize(c, finding,
			      "%s, %s of memory, is shared memory: %s, kept by %s",
			      kms_words_bytes(bytes).text,
			      kms_words_share(finding->memory_permille).text,
			      part, kms_holder_words(c, &finding->holder[0]));
	else
		kms_summarize(c, finding,
			      "%s, %s of memory, is shared memory%s%s",
			      kms_words_bytes(bytes).text,
			      kms_words_share(finding->memory_permille).text,
			      part ? ", most of it in " : "", part ?: "");
	if (seen < bytes / 2 && !finding->nr_holders)
		kms_tell(c, &finding->unknown,
			 "what has %s of it: it is in no file that can be seen",
			 kms_words_bytes(bytes - seen).text);
	kms_tell(c, &finding->unknown, "whether it is wanted: databases have much");
}

const char *kms_pinned_words(struct kms_case *c, struct kms_finding *finding)
{
	const struct kms_meminfo *now =
		&c->obs->moment[KMS_MOMENT_LAST].meminfo;
	uint64_t ramfs = places_fill(c, finding, true);

	if (ramfs >= finding->total_bytes / 2 && finding->nr_directories)
		return kms_strings_add(c->strings, "ramfs %s",
				       finding->directory[0].path ?:
				       finding->directory[0].container_path);
	if (now->mlocked != KMS_UNKNOWN &&
	    now->mlocked >= finding->total_bytes / 2)
		return "locked page cache";
	return "page cache that cannot be reclaimed";
}

static bool has_pinned(const struct kms_verdict *verdict)
{
	size_t i;

	for (i = 0; i < verdict->nr_findings; i++)
		if (verdict->finding[i].kind == KMS_FINDING_SHARED_MEMORY &&
		    !strcmp(verdict->finding[i].cache, pinned))
			return true;
	return false;
}

void kms_pinned_stock_judge(struct kms_case *c)
{
	struct kms_finding *finding;
	const char *what;

	if (has_pinned(c->verdict))
		return;
	finding = stock_add(c, pinned, c->verdict->totals.pinned_cache);
	if (!finding)
		return;
	what = kms_pinned_words(c, finding);
	if (!finding->nr_directories)
		kms_holders_largest(c, finding, &kms_measure_locked,
				    finding->total_bytes);
	kms_summarize(c, finding,
		      "%s, %s of memory, is in %s: the kernel cannot reclaim it",
		      kms_words_bytes(finding->total_bytes).text,
		      kms_words_share(finding->memory_permille).text, what);
	kms_tell(c, &finding->evidence,
		 "by /proc/meminfo this page cache is on no list that reclaim works through");
	kms_tell(c, &finding->unknown, "whether it is wanted");
}
