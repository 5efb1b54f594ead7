// SPDX-License-Identifier: GPL-2.0-only
/* A part of memory at the three moments, and whether it keeps growing. */
#include "diagnose/judge/series.h"
#include "lib/words.h"

/* In ten seconds programs start, end and free this much on hosts of any size. */
#define NOISE_BYTES (16 * 1024 * 1024)
#define NOISE_SECONDS 10

/*
 * The work of programs changes anonymous memory by this much of all memory in
 * ten seconds; growth by as much fills it in half an hour.  Shared memory moves
 * less: programs start and end without it.
 */
#define PROCESSES_PERMILLE 5
#define SHARED_PERMILLE 2

/* Of one process this part of it is no noise of others. */
#define ONE_PROCESS_PART 4

/* What falls by this much of its growth, out of 1000, goes up and down. */
#define MAX_FALL_SHARE 330

/* Where memory is short, less growth does harm. */
#define AVAILABLE_FACTOR 4

struct kms_series kms_series_read(const struct kms_case *c, kms_series_of *of)
{
	struct kms_series series = { .known = true };
	uint64_t bytes;
	size_t i;

	for (i = 0; i < KMS_NR_MOMENTS; i++) {
		bytes = of(c->obs, &c->obs->moment[i]);
		series.known &= bytes <= INT64_MAX;
		series.at[i] = bytes <= INT64_MAX ? (int64_t)bytes : 0;
	}
	return series;
}

static int64_t floor_of(const struct kms_case *c, unsigned int permille)
{
	const struct kms_totals *totals = &c->verdict->totals;
	double share = 0, available, seconds = c->ns / 1e9;
	uint64_t root = 100;

	if (totals->managed != KMS_UNKNOWN)
		share = totals->managed / 1000.0 * permille;
	if (totals->available != KMS_UNKNOWN) {
		available = totals->available / 1000.0 * permille *
			    AVAILABLE_FACTOR;
		share = share < available ? share : available;
	}
	if (share < NOISE_BYTES)
		share = NOISE_BYTES;
	while ((root + 1) * (root + 1) <= seconds * 10000 / NOISE_SECONDS)
		root++;
	return share * root / 100;
}

int64_t kms_process_memory_floor(const struct kms_case *c)
{
	return floor_of(c, PROCESSES_PERMILLE);
}

int64_t kms_one_process_floor(const struct kms_case *c)
{
	return floor_of(c, PROCESSES_PERMILLE) / ONE_PROCESS_PART;
}

int64_t kms_shared_memory_floor(const struct kms_case *c)
{
	return floor_of(c, SHARED_PERMILLE);
}

bool kms_series_is_steady(const struct kms_case *c,
			  const struct kms_series *series, int64_t floor)
{
	const int64_t *at = series->at;

	return series->known && c->ns && kms_series_growth(series) >= floor &&
	       kms_case_is_steady(c, at[KMS_MOMENT_MIDDLE] -
				  at[KMS_MOMENT_FIRST],
				  at[KMS_MOMENT_LAST] - at[KMS_MOMENT_MIDDLE]);
}

bool kms_series_falls(const struct kms_case *c, const struct kms_series *series,
		      const struct kms_peak *peak)
{
	uint64_t fall = peak->fall_pages * c->obs->page_bytes;

	return fall / MAX_FALL_SHARE >= (uint64_t)kms_series_growth(series) /
					1000;
}

void kms_series_fill(struct kms_case *c, struct kms_finding *finding,
		     const struct kms_series *series)
{
	finding->total_bytes = series->at[KMS_MOMENT_LAST];
	kms_case_rate(c, finding, kms_series_growth(series));
	kms_tell(c, &finding->unknown,
		 "whether it continues beyond the %.0f s observed: a program that loads its data looks the same",
		 c->ns / 1e9);
}

const char *kms_seconds_words(struct kms_case *c, uint64_t seconds)
{
	if (seconds < 120)
		return kms_strings_add(c->strings, "%llu s",
				       (unsigned long long)seconds);
	return kms_strings_add(c->strings, "%s", kms_words_span(seconds).text);
}

const char *kms_full_words(struct kms_case *c,
			   const struct kms_finding *finding)
{
	/* Later, other things will have changed. */
	if (finding->full_seconds == KMS_UNKNOWN ||
	    finding->full_seconds > 24 * 3600)
		return "";
	if (!finding->full_seconds)
		return "; 90 % of memory is used";
	return kms_strings_add(c->strings, "; memory is full in %s",
			       kms_seconds_words(c, finding->full_seconds));
}
