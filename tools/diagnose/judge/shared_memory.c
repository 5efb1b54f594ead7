// SPDX-License-Identifier: GPL-2.0-only
/* Shared memory that keeps growing: files of tmpfs, segments, memfds. */
#include "diagnose/judge/growers.h"
#include "diagnose/judge/judge.h"
#include "diagnose/judge/series.h"
#include "diagnose/judge/shared_parts.h"
#include "diagnose/judge/shared_stock.h"
#include "lib/words.h"

/* Slower growth is left to a longer observation. */
#define HORIZON_SECONDS (24 * 3600)

static uint64_t shmem_at(const struct kms_observation *obs,
			 const struct kms_moment *moment)
{
	const struct kms_node_record *host = kms_moment_host(moment);

	if (!host || host->shmem_pages == KMS_UNKNOWN)
		return KMS_UNKNOWN;
	return host->shmem_pages * obs->page_bytes;
}

static uint64_t pinned_at(const struct kms_observation *obs,
			  const struct kms_moment *moment)
{
	(void)obs;
	return kms_meminfo_pinned_cache(&moment->meminfo);
}

/* A full file system takes no more memory: its limit may come first. */
static void limit_fill(struct kms_case *c, struct kms_finding *finding,
		       const struct kms_shared_parts *parts)
{
	const struct kms_tmpfs *mount = parts->mount;
	uint64_t room, seconds;

	if (!mount || mount->limit_bytes == KMS_UNKNOWN ||
	    mount->used_bytes == KMS_UNKNOWN || !finding->bytes_per_second)
		return;
	room = mount->limit_bytes > mount->used_bytes ?
	       mount->limit_bytes - mount->used_bytes : 0;
	seconds = room / finding->bytes_per_second;
	if (finding->full_seconds == KMS_UNKNOWN ||
	    seconds >= finding->full_seconds)
		return;
	finding->full_seconds = KMS_UNKNOWN;
	kms_tell(c, &finding->evidence,
		 "its limit of %s is reached in %s, before memory is full; then writes fail",
		 kms_words_bytes(mount->limit_bytes).text,
		 kms_seconds_words(c, seconds));
}

static void summary_fill(struct kms_case *c, struct kms_finding *finding,
			 const char *what)
{
	const char *full = kms_full_words(c, finding);
	struct kms_words rate = kms_words_bytes(finding->bytes_per_second);

	if (finding->nr_holders)
		kms_summarize(c, finding, "%s fills %s by %s/s%s",
			      kms_holder_words(c, &finding->holder[0]), what,
			      rate.text, full);
	else
		kms_summarize(c, finding, "%s grows by %s/s%s", what, rate.text,
			      full);
}

static void sure_fill(struct kms_finding *finding, bool explained)
{
	finding->sure = explained && finding->nr_holders ? KMS_CERTAIN :
							  KMS_LIKELY;
	finding->why_sure = explained ? finding->nr_holders ?
		"it grew throughout, and this process has it open" :
		"it grew throughout; no process was seen that has it open" :
		"it grew throughout, but in no file or segment that can be seen";
}

/* A finding of growth; NULL when it would fill memory after the horizon. */
static struct kms_finding *growth_add(struct kms_case *c,
				      const struct kms_series *series,
				      const char *counter)
{
	struct kms_finding *finding =
		kms_finding_add(c->verdict, KMS_FINDING_SHARED_MEMORY);

	if (!finding)
		return NULL;
	finding->cause = "shared_memory";
	finding->cache = counter;
	kms_series_fill(c, finding, series);
	if (finding->full_seconds == KMS_UNKNOWN ||
	    finding->full_seconds <= HORIZON_SECONDS)
		return finding;
	c->verdict->nr_findings--;
	return NULL;
}

static bool shmem_judge(struct kms_case *c)
{
	struct kms_series shmem = kms_series_read(c, shmem_at);
	struct kms_shared_parts parts;
	struct kms_finding *finding;
	bool explained;

	if (!kms_series_is_steady(c, &shmem, kms_shared_memory_floor(c)) ||
	    kms_series_falls(c, &shmem, &c->obs->shmem_peak))
		return false;
	finding = growth_add(c, &shmem, "shmem");
	if (!finding)
		return false;
	kms_tell(c, &finding->evidence,
		 "shared memory grew by %s in %.1f s, to %s, %s of memory",
		 kms_words_bytes(finding->growth_bytes).text, c->ns / 1e9,
		 kms_words_bytes(finding->total_bytes).text,
		 kms_words_share(finding->memory_permille).text);
	parts = kms_shared_parts_grown(c, finding->growth_bytes);
	explained = kms_shared_parts_tell(c, finding, &parts);
	sure_fill(finding, explained);
	limit_fill(c, finding, &parts);
	summary_fill(c, finding, parts.what);
	return true;
}

/* Who writes to a ramfs, or locks files; returns what grows, in words. */
static const char *pinned_tell(struct kms_case *c, struct kms_finding *finding)
{
	const struct kms_tmpfs_mounts *mounts =
		&c->obs->host[KMS_HOST_AFTER].tmpfs;
	struct kms_open_sum sum;
	size_t i;

	for (i = 0; i < mounts->nr; i++) {
		if (!mounts->mount[i].is_ramfs)
			continue;
		sum = kms_open_changed(c, &mounts->mount[i]);
		if (sum.bytes < finding->growth_bytes / 2)
			continue;
		kms_shared_place(c, finding, &mounts->mount[i], sum.bytes,
				 finding->total_bytes);
		return kms_open_holder(c, finding, &sum, finding->total_bytes);
	}
	kms_holders_grown(c, finding, &kms_measure_locked,
			  finding->growth_bytes);
	return kms_pinned_words(c, finding);
}

static void pinned_judge(struct kms_case *c)
{
	struct kms_series pinned = kms_series_read(c, pinned_at);
	struct kms_finding *finding;

	if (!kms_series_is_steady(c, &pinned, kms_shared_memory_floor(c)))
		return;
	finding = growth_add(c, &pinned, "pinned_cache");
	if (!finding)
		return;
	kms_tell(c, &finding->evidence,
		 "page cache that cannot be reclaimed grew by %s in %.1f s, to %s",
		 kms_words_bytes(finding->growth_bytes).text, c->ns / 1e9,
		 kms_words_bytes(finding->total_bytes).text);
	finding->sure = KMS_LIKELY;
	finding->why_sure = "it grew throughout";
	summary_fill(c, finding, pinned_tell(c, finding));
}

void kms_judge_shared_memory(struct kms_case *c)
{
	const struct kms_moment *last = &c->obs->moment[KMS_MOMENT_LAST];

	if (!shmem_judge(c))
		kms_shared_stock_judge(c, shmem_at(c->obs, last));
	pinned_judge(c);
	kms_pinned_stock_judge(c);
}
