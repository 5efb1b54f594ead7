// SPDX-License-Identifier: GPL-2.0-only
/* Processes whose anonymous memory keeps growing. */
#include "diagnose/judge/growers.h"
#include "diagnose/judge/judge.h"
#include "diagnose/judge/series.h"
#include "lib/words.h"

/* Slower growth is left to a longer observation. */
#define HORIZON_SECONDS (24 * 3600)

/* The processes must show at least this much of what the counter shows. */
#define CONFIRMED_PERMILLE 500

/* With this much the holders are known. */
#define EXPLAINED_PERMILLE 700

/* With what was swapped out: that makes room, but ends no growth. */
static uint64_t anon_at(const struct kms_observation *obs,
			const struct kms_moment *moment)
{
	const struct kms_node_record *host = kms_moment_host(moment);
	uint64_t swapped = kms_meminfo_swapped(&moment->meminfo);

	if (!host || host->anon_pages == KMS_UNKNOWN)
		return KMS_UNKNOWN;
	return host->anon_pages * obs->page_bytes +
	       (swapped == KMS_UNKNOWN ? 0 : swapped);
}

static uint64_t explained_permille(const struct kms_finding *finding)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < finding->nr_holders; i++)
		sum += finding->holder[i].share_permille;
	return sum;
}

static void sure_fill(struct kms_case *c, struct kms_finding *finding)
{
	if (kms_holder_is_new(c, &kms_measure_anon)) {
		finding->sure = KMS_POSSIBLE;
		finding->why_sure =
			"most of it is of a process that started while observed";
	} else if (explained_permille(finding) >= EXPLAINED_PERMILLE) {
		finding->sure = KMS_CERTAIN;
		finding->why_sure =
			"it grew throughout, and these processes account for it";
	} else {
		finding->sure = KMS_LIKELY;
		finding->why_sure = finding->nr_holders ?
			"it grew throughout, spread over many processes" :
			"it grew throughout, but the processes could not be read";
	}
}

static void summary_fill(struct kms_case *c, struct kms_finding *finding)
{
	const char *rate = kms_strings_add(c->strings, "%s/s",
			kms_words_bytes(finding->bytes_per_second).text);
	const char *full = kms_full_words(c, finding);
	const struct kms_found_holder *first = &finding->holder[0];

	if (finding->nr_holders && first->nr_alike > 1)
		kms_summarize(c, finding,
			      "%s grow by %s/s of anonymous memory%s",
			      kms_holder_words(c, first),
			      kms_words_bytes(kms_per_second(first->growth_bytes,
							     c->ns)).text, full);
	else if (finding->nr_holders)
		kms_summarize(c, finding,
			      "%s grows by %s/s of anonymous memory%s",
			      kms_holder_words(c, first),
			      kms_words_bytes(kms_per_second(first->growth_bytes,
							     c->ns)).text, full);
	else
		kms_summarize(c, finding,
			      "anonymous memory of processes grows by %s%s",
			      rate, full);
}

static void evidence_fill(struct kms_case *c, struct kms_finding *finding)
{
	const struct kms_meminfo *now =
		&c->obs->moment[KMS_MOMENT_LAST].meminfo;
	uint64_t swapped = kms_meminfo_swapped(now);

	kms_tell(c, &finding->evidence,
		 "anonymous memory of all processes grew by %s in %.1f s, to %s, %s of memory",
		 kms_words_bytes(finding->growth_bytes).text, c->ns / 1e9,
		 kms_words_bytes(finding->total_bytes).text,
		 kms_words_share(finding->memory_permille).text);
	if (now->swap_total == 0)
		kms_tell(c, &finding->evidence,
			 "without swap it cannot be reclaimed");
	else if (swapped != KMS_UNKNOWN)
		kms_tell(c, &finding->evidence,
			 "%s of %s swap is in use; it is part of these numbers",
			 kms_words_bytes(swapped).text,
			 kms_words_bytes(now->swap_total).text);
}

/* Do the processes show what the counter shows? */
static bool is_confirmed(const struct kms_case *c,
			 const struct kms_series *anon)
{
	int64_t confirmed = kms_processes_growth(c, &kms_measure_anon);

	return confirmed == KMS_UNKNOWN_SIGNED ||
	       confirmed >= kms_series_growth(anon) / 1000 *
			    CONFIRMED_PERMILLE;
}

/*
 * Growth within the noise of all processes counts if it is of one, which was
 * there before: but only as something to watch.
 */
static bool is_of_one(struct kms_case *c, const struct kms_finding *finding)
{
	return finding->nr_holders && finding->holder[0].nr_alike == 1 &&
	       finding->holder[0].share_permille >= EXPLAINED_PERMILLE &&
	       !kms_holder_is_new(c, &kms_measure_anon);
}

static bool is_wanted(struct kms_case *c, struct kms_finding *finding)
{
	if (finding->full_seconds != KMS_UNKNOWN &&
	    finding->full_seconds > HORIZON_SECONDS)
		return false;
	if ((int64_t)finding->growth_bytes >= kms_process_memory_floor(c))
		return true;
	finding->severity = KMS_NOTICE;
	finding->why_severe =
		"programs take and free as much all the time; a longer observation shows more";
	return is_of_one(c, finding);
}

void kms_judge_process_memory(struct kms_case *c)
{
	struct kms_series anon = kms_series_read(c, anon_at);
	struct kms_finding *finding;

	if (!kms_series_is_steady(c, &anon, kms_one_process_floor(c)) ||
	    kms_series_falls(c, &anon, &c->obs->anon_peak) ||
	    !is_confirmed(c, &anon))
		return;
	finding = kms_finding_add(c->verdict, KMS_FINDING_PROCESS_MEMORY);
	if (!finding)
		return;
	finding->cause = "process_memory";
	finding->cache = "anon";
	kms_series_fill(c, finding, &anon);
	kms_holders_grown(c, finding, &kms_measure_anon,
			  finding->growth_bytes);
	if (!is_wanted(c, finding)) {
		c->verdict->nr_findings--;
		return;
	}
	sure_fill(c, finding);
	evidence_fill(c, finding);
	summary_fill(c, finding);
}
