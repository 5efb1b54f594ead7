// SPDX-License-Identifier: GPL-2.0-only
/* The least growth that matters on a host, in the time observed. */
#include "diagnose/judge/floors.h"
#include "diagnose/judge/series.h"

/*
 * On a machine at rest, jobs that start and end change caches by this much in
 * ten seconds, and so do this program and its module.  The changes go up and
 * down, so they grow with the square root of the time: a longer observation
 * sees slower growth.
 */
#define NOISE_BYTES (512 * 1024)
#define NOISE_SECONDS 10

/* Programs that start take stacks and page tables, and free them again. */
#define NOISE_PAGES_BYTES (4 * 1024 * 1024)

/*
 * Growth that fills the memory only after this time is left to a longer
 * observation.  Growth that cannot be reclaimed never goes away, so months
 * count.
 */
#define HORIZON_SECONDS (7 * 24 * 3600)
#define HORIZON_UNRECLAIMABLE_SECONDS (90 * 24 * 3600)

/* Noise of ten seconds, in the time that was observed. */
static double noise(const struct kms_case *c, double bytes)
{
	uint64_t ratio = c->ns / 100000 / NOISE_SECONDS; /* of 10000 */
	uint64_t root = 100;

	while ((root + 1) * (root + 1) <= ratio)
		root++;
	return bytes * root / 100;
}

static double floor_of(const struct kms_case *c, uint64_t horizon)
{
	double seconds = c->ns / 1e9, slow = 0;
	double least = noise(c, NOISE_BYTES);
	uint64_t managed = c->verdict->totals.managed;

	if (managed != KMS_UNKNOWN)
		slow = managed * seconds / horizon;
	/* A longer observation sees growth that fills it later. */
	if (seconds > NOISE_SECONDS)
		slow *= NOISE_SECONDS / seconds;
	return least > slow ? least : slow;
}

static uint64_t rate_of(const struct kms_case *c, uint64_t bytes)
{
	return c->ns ? kms_per_second(bytes, c->ns) : KMS_UNKNOWN;
}

static void verdict_fill(struct kms_case *c)
{
	struct kms_floors *floors = &c->verdict->floors;
	const struct kms_moment *last = &c->obs->moment[KMS_MOMENT_LAST];
	int64_t error = c->unaccounted_error;

	*floors = (struct kms_floors){ KMS_UNKNOWN, KMS_UNKNOWN, KMS_UNKNOWN,
				      KMS_UNKNOWN, KMS_UNKNOWN, KMS_UNKNOWN };
	if (last->slabs.nr) {
		floors->reclaimable = rate_of(c, c->floor[true]);
		floors->unreclaimable = rate_of(c, c->floor[false]);
	}
	if (!last->nodes.nr)
		return;
	floors->pages = rate_of(c, c->pages_floor);
	floors->processes = rate_of(c, kms_process_memory_floor(c));
	floors->shared = rate_of(c, kms_shared_memory_floor(c));
	if (c->verdict->totals.unaccounted_known)
		floors->unaccounted = rate_of(c, error > c->pages_floor ?
						 error : c->pages_floor);
}

void kms_floors_fill(struct kms_case *c)
{
	double pages = noise(c, NOISE_PAGES_BYTES);

	c->noise = noise(c, NOISE_BYTES);
	c->floor[true] = floor_of(c, HORIZON_SECONDS);
	c->floor[false] = floor_of(c, HORIZON_UNRECLAIMABLE_SECONDS);
	c->pages_floor = c->floor[false] > pages ? c->floor[false] : pages;
	verdict_fill(c);
}
