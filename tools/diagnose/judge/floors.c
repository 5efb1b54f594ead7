// SPDX-License-Identifier: GPL-2.0-only
/* The least growth that matters on a host, in the time observed. */
#include "diagnose/judge/floors.h"
#include "diagnose/judge/series.h"
#include "lib/array.h"

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

/* Longer observations to propose, in seconds, and what their moments span. */
static const uint64_t longer[] = { 600, 3600 };

#define MOMENTS_PERMILLE 900

/* One that is not this much longer sees little more. */
#define LONGER_FACTOR 2

/* The least growth that matters in a time, in bytes. */
struct least {
	double noise;
	double slab[2];		/* by whether the cache is reclaimable */
	double pages;
};

/* Noise of ten seconds, in another time. */
static double noise(uint64_t ns, double bytes)
{
	uint64_t ratio = ns / 100000 / NOISE_SECONDS; /* of 10000 */
	uint64_t root = 100;

	while ((root + 1) * (root + 1) <= ratio)
		root++;
	return bytes * root / 100;
}

static double floor_of(const struct kms_case *c, uint64_t ns, uint64_t horizon)
{
	double seconds = ns / 1e9, slow = 0;
	double least = noise(ns, NOISE_BYTES);
	uint64_t managed = c->verdict->totals.managed;

	if (managed != KMS_UNKNOWN)
		slow = managed * seconds / horizon;
	/* A longer observation sees growth that fills it later. */
	if (seconds > NOISE_SECONDS)
		slow *= NOISE_SECONDS / seconds;
	return least > slow ? least : slow;
}

static struct least least_of(const struct kms_case *c, uint64_t ns)
{
	struct least least = {
		.noise = noise(ns, NOISE_BYTES),
		.slab[true] = floor_of(c, ns, HORIZON_SECONDS),
		.slab[false] = floor_of(c, ns, HORIZON_UNRECLAIMABLE_SECONDS),
		.pages = noise(ns, NOISE_PAGES_BYTES),
	};

	if (least.pages < least.slab[false])
		least.pages = least.slab[false];
	return least;
}

static uint64_t rate_of(uint64_t bytes, uint64_t ns)
{
	return ns ? kms_per_second(bytes, ns) : KMS_UNKNOWN;
}

static void floors_fill(const struct kms_case *c, struct kms_floors *floors,
			const struct least *least, uint64_t ns)
{
	const struct kms_moment *last = &c->obs->moment[KMS_MOMENT_LAST];
	int64_t error = c->unaccounted_error;

	*floors = (struct kms_floors){ KMS_UNKNOWN, KMS_UNKNOWN, KMS_UNKNOWN,
				      KMS_UNKNOWN, KMS_UNKNOWN, KMS_UNKNOWN };
	if (last->slabs.nr) {
		floors->reclaimable = rate_of(least->slab[true], ns);
		floors->unreclaimable = rate_of(least->slab[false], ns);
	}
	if (!last->nodes.nr)
		return;
	floors->pages = rate_of(least->pages, ns);
	if (c->verdict->totals.unaccounted_known)
		floors->unaccounted = rate_of(error > least->pages ?
					      error : least->pages, ns);
}

/* What the next longer observation would see. */
static void longer_fill(struct kms_case *c)
{
	struct kms_verdict *verdict = c->verdict;
	struct least least;
	uint64_t ns;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(longer); i++) {
		ns = longer[i] * NS_PER_SEC / 1000 * MOMENTS_PERMILLE;
		if (ns < LONGER_FACTOR * c->ns)
			continue;
		least = least_of(c, ns);
		floors_fill(c, &verdict->longer, &least, ns);
		verdict->longer_seconds = longer[i];
		return;
	}
}

void kms_floors_fill(struct kms_case *c)
{
	struct least least = least_of(c, c->ns);

	c->noise = least.noise;
	c->floor[true] = least.slab[true];
	c->floor[false] = least.slab[false];
	c->pages_floor = least.pages;
	floors_fill(c, &c->verdict->floors, &least, c->ns);
	if (c->obs->moment[KMS_MOMENT_LAST].nodes.nr) {
		c->verdict->floors.processes =
			rate_of(kms_process_memory_floor(c), c->ns);
		c->verdict->floors.shared =
			rate_of(kms_shared_memory_floor(c), c->ns);
	}
	longer_fill(c);
}
