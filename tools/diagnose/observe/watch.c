// SPDX-License-Identifier: GPL-2.0-only
/* The time between the first moment and the last: see what begins to grow. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "diagnose/observe/growing.h"
#include "diagnose/observe/jobs.h"
#include "diagnose/observe/moment.h"
#include "diagnose/observe/watch.h"
#include "lib/clock.h"

#define POLL_NS NS_PER_SEC
/* Caches by the thousand take longer to compare. */
#define POLL_MANY_NS (5 * NS_PER_SEC)
#define MANY_CACHES 1000

/* This is enough to see all allocators, and probes slow down all others. */
#define MAX_TRACE_NS (30 * NS_PER_SEC)
/* With less time left a trace sees nothing. */
#define MIN_TRACE_NS (NS_PER_SEC / 4)

/* Growth from one poll to the next, in bytes, that is worth a trace. */
#define TRACED_BYTES (64 * 1024)
/* Slow growth adds up: in four seconds, and in the end, to this much. */
#define TRACED_BYTES_NS (4 * NS_PER_SEC)
#define MAX_TRACED_BYTES (512 * 1024)

/* With this part of memory, dentries are traced even without growth. */
#define STOCK_PERMILLE 100

struct watch {
	struct kms_observation *obs;
	struct kms_nl *nl;
	uint64_t start, middle, end;
	struct kms_moment poll[2];
	size_t turn;			/* which of them is next */
	const struct kms_moment *last;	/* the poll before */
	const struct kms_moment *base;	/* since when growth adds up */
	struct kms_moment after;	/* base, once something was traced */
	bool dentries;			/* they grew since the last walk */
	bool idle;			/* what is large was traced: nothing grew */
};

/* Walk so that it ends at end, when there is most to see. */
static void walk_late(struct kms_jobs *jobs, uint64_t end, uint64_t budget)
{
	kms_sleep_until(end - budget - budget / 4);
	kms_jobs_walk(jobs, KMS_WALK_AFTER, budget);
}

/*
 * Trace what grows, one cache after the other, as the module traces one at a
 * time.  The walk is as late as possible.
 */
static void growing_trace(struct watch *watch,
			  const struct kms_growing *growing, uint64_t end,
			  bool walk)
{
	uint64_t budget = kms_walk_budget(end - kms_now_ns());
	struct kms_jobs jobs = { .obs = watch->obs, .nl = watch->nl };
	uint64_t until, now, ns;
	size_t i;

	for (i = 0; i < growing->nr; i++) {
		now = kms_now_ns();
		if (now >= end)
			return;
		until = now + (end - now) / (growing->nr - i);
		/* Probes take some time to come and to go, too. */
		ns = (until - now) / 4 * 3;
		if (growing->max_ns && ns > growing->max_ns) {
			ns = growing->max_ns;
			/* A walk beside the last one goes on until the end. */
			if (i + 1 < growing->nr || !walk)
				until = now + ns / 3 * 4;
		}
		kms_jobs_trace(&jobs, growing->cache[i], growing->stacks[i],
			       ns < MAX_TRACE_NS ? ns : MAX_TRACE_NS);
		if (i + 1 == growing->nr && walk)
			walk_late(&jobs, end, budget);
		/* One that has not ended would be in the way of the next. */
		if (!kms_jobs_finish(&jobs, until))
			return;
	}
}

/* Is a large part of the host's memory in dentries? */
static bool has_stock(const struct kms_observation *obs,
		      const struct kms_moment *moment)
{
	const struct kms_node_record *host = kms_moment_host(moment);
	const struct kms_slab_record *slab;
	uint64_t bytes = 0;

	kms_for_each(slab, &moment->slabs)
		if (slab->name && !strcmp(slab->name, "dentry"))
			bytes = slab->total_bytes;
	return bytes != KMS_UNKNOWN && host &&
	       host->managed_pages != KMS_UNKNOWN &&
	       bytes / STOCK_PERMILLE >=
	       host->managed_pages / 1000 * obs->page_bytes;
}

static uint64_t poll_ns(const struct watch *watch)
{
	uint64_t part = (watch->end - watch->start) / 8;
	uint64_t most = watch->last->slabs.nr > MANY_CACHES ? POLL_MANY_NS :
							      POLL_NS;

	return part < most ? part : most;
}

/* Growth since the base that is worth a trace from here on. */
static int64_t min_bytes(const struct watch *watch,
			 const struct kms_moment *now)
{
	uint64_t ns = now->boottime_ns - watch->base->boottime_ns;
	double bytes = (double)TRACED_BYTES / TRACED_BYTES_NS * ns;

	if (bytes < TRACED_BYTES)
		return TRACED_BYTES;
	return bytes < MAX_TRACED_BYTES ? bytes : MAX_TRACED_BYTES;
}

static void middle_observe(struct watch *watch)
{
	kms_moment_observe(watch->obs, watch->nl,
			   &watch->obs->moment[KMS_MOMENT_MIDDLE]);
}

static bool has_middle(const struct watch *watch)
{
	return watch->obs->moment[KMS_MOMENT_MIDDLE].boottime_ns;
}

/* Trace at once what began to grow. */
static void watch_trace(struct watch *watch, const struct kms_growing *growing)
{
	/* A quarter is for probes that come and go, see growing_trace(). */
	uint64_t most = growing->nr * (MAX_TRACE_NS / 3 * 4);
	uint64_t now = kms_now_ns();
	bool last = now + most + POLL_NS >= watch->end;

	if (now >= watch->end)
		return;
	if (now <= watch->middle || !has_middle(watch))
		middle_observe(watch);
	growing_trace(watch, growing, last ? watch->end : now + most,
		      last && watch->dentries);
	watch->dentries &= !last;
	kms_moment_observe(watch->obs, watch->nl, &watch->after);
	kms_moment_observe(watch->obs, watch->nl, &watch->poll[watch->turn]);
	watch->last = &watch->poll[watch->turn];
	watch->turn = !watch->turn;
	watch->base = &watch->after;
}

/*
 * Nothing grows by much: trace what grows slowly, and the largest caches.
 * Memory may be full of dentries that come as fast as they are reclaimed, and
 * most leaks are slower than what matters in seconds.
 */
static void idle_find(struct watch *watch, struct kms_growing *growing,
		      const struct kms_moment *now)
{
	if (watch->idle || watch->obs->nr_traces ||
	    now->boottime_ns < watch->middle)
		return;
	watch->idle = true;
	if (has_stock(watch->obs, now)) {
		growing->cache[0] = strdup("dentry");
		growing->nr = growing->cache[0] ? 1 : 0;
	}
	kms_growing_slow(growing, watch->obs, watch->base, watch->last, now);
}

static void watch_poll(struct watch *watch)
{
	struct kms_moment *now = &watch->poll[watch->turn];
	struct kms_growing growing = { 0 };

	kms_moment_observe(watch->obs, watch->nl, now);
	kms_growing_find(&growing, watch->obs, watch->last, now, TRACED_BYTES);
	kms_growing_find(&growing, watch->obs, watch->base, now,
			 min_bytes(watch, now));
	watch->dentries |= growing.dentries;
	if (!growing.nr)
		idle_find(watch, &growing, now);
	watch->last = now;
	watch->turn = !watch->turn;
	if (growing.nr)
		watch_trace(watch, &growing);
	kms_growing_free(&growing);
}

/* Poll until the end, or until the last walk has to begin. */
static void watch_loop(struct watch *watch, uint64_t from, uint64_t walk_ns)
{
	uint64_t next = from, until;

	for (;;) {
		until = watch->end - (watch->dentries ? walk_ns :
							MIN_TRACE_NS);
		if (next >= until)
			return;
		kms_sleep_until(next);
		watch_poll(watch);
		next = kms_now_ns() + poll_ns(watch);
		if (kms_now_ns() <= watch->middle && next > watch->middle)
			middle_observe(watch);
	}
}

void kms_watch(struct kms_observation *obs, struct kms_nl *nl, uint64_t start,
	       uint64_t from, uint64_t end)
{
	struct watch watch = {
		.obs = obs, .nl = nl, .start = start, .end = end,
		.middle = start + (end - start) / 2,
		.last = &obs->moment[KMS_MOMENT_FIRST],
		.base = &obs->moment[KMS_MOMENT_FIRST],
	};
	struct kms_jobs jobs = { .obs = obs, .nl = nl };
	uint64_t budget = kms_walk_budget((end - start) / 2);
	size_t i;

	for (i = 0; i < 2; i++)
		kms_moment_init(&watch.poll[i]);
	kms_moment_init(&watch.after);
	obs->moment[KMS_MOMENT_MIDDLE].boottime_ns = 0;
	watch_loop(&watch, from, budget + budget / 4);
	if (watch.dentries && kms_now_ns() < end) {
		walk_late(&jobs, end, budget);
		kms_jobs_finish(&jobs, end);
	}
	if (!has_middle(&watch))
		middle_observe(&watch);
	for (i = 0; i < 2; i++)
		kms_moment_free(&watch.poll[i]);
	kms_moment_free(&watch.after);
}
