// SPDX-License-Identifier: GPL-2.0-only
/*
 * All that a diagnosis looks at, and when:
 *
 *	first look, and a walk over all dentries
 *	a look every second, to see what begins to grow: one is the middle one
 *	a trace of what grows, each time that something does
 *	another walk if that is dentries or inodes
 *	last look, when their memory is given back
 *
 * What cannot be had is noted, and the rest goes on.
 */
#include <linux/kmemscope.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/nl.h"
#include "client/version.h"
#include "diagnose/growth.h"
#include "diagnose/observe/allocators.h"
#include "diagnose/observe/jobs.h"
#include "diagnose/observe/observe.h"
#include "diagnose/observe/proc.h"
#include "host/file.h"
#include "host/process.h"
#include "table/kinds.h"

#define SECOND_NS 1000000000ull

/* Parts of the time, out of 1000. */
#define WATCH_FROM 250		/* the first walk is over by then */
#define MIDDLE 500
#define JOBS_UNTIL 900

/* The first walk takes no longer, however long the look. */
#define WATCH_FROM_MOST_NS (4 * SECOND_NS)

#define POLL_NS SECOND_NS
/* Caches by the thousand take longer to compare. */
#define POLL_MANY_NS (5 * SECOND_NS)
#define POLL_MANY 1000

/* Whoever allocates is seen by then, and probes cost all others. */
#define TRACE_MOST_NS (30 * SECOND_NS)
/* With less time left a trace sees nothing. */
#define TRACE_LEAST_NS (SECOND_NS / 4)
/* Of one cache, unless the first one has told it all. */
#define TRACES_OF_ONE 2

/* A trace that was refused so often is not asked for again. */
#define REFUSED_MAX 3

/* What grew by less from one look to the next is not worth a trace. */
#define TRACED_BYTES (64 * 1024)
/* So many times that is worth the trace of another one. */
#define LEAK_FACTOR 4
/* But slow growth adds up. */
#define TRACED_IN_ALL_BYTES (512 * 1024)
/* Nor is one that grew by less of what the first one did, out of 1000. */
#define TRACED_PERMILLE 100

/* So much of memory in dentries is worth a trace even if they do not grow. */
#define STOCK_PERMILLE 100

static void sleep_until(uint64_t boottime_ns)
{
	const struct timespec time = {
		.tv_sec = (time_t)(boottime_ns / SECOND_NS),
		.tv_nsec = (long)(boottime_ns % SECOND_NS),
	};

	while (clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &time, NULL))
		;
}

/* Dump a kind; what cannot be dumped is noted, once. */
static void rows_take(struct kms_look *look, struct kms_nl *nl,
		      struct kms_rows *rows, bool *partial, bool note)
{
	struct kms_request request = kms_request_rows(rows->kind);
	struct kms_error err = { 0 };
	enum kms_status status;

	kms_rows_cut(rows, 0);
	status = kms_nl_dump(nl, &request, rows, &err);
	if (status == KMS_PARTIAL)
		*partial = true;
	else if (status && note)
		kms_strings_add(&look->missing, "%s: %s", rows->kind->name,
				err.text);
}

static void at_take(struct kms_look *look, struct kms_nl *nl,
		    struct kms_look_at *at)
{
	bool note = at == &look->at[KMS_LOOK_FIRST];
	char *text;

	at->partial = false;
	at->boottime_ns = kms_now_ns();
	rows_take(look, nl, &at->slabs, &at->partial, note);
	rows_take(look, nl, &at->slab_nodes, &at->partial, note);
	rows_take(look, nl, &at->nodes, &at->partial, note);
	text = kms_file_read("/proc/sys/fs/dentry-state", 4096);
	at->dentries = kms_dentry_state_parse(text ?: "");
	free(text);
}

/* What is to be traced, and whether dentries are worth a walk. */
#define GROWING_MAX 2

struct growing {
	char *cache[GROWING_MAX];
	bool stacks[GROWING_MAX];
	bool unreclaimable[GROWING_MAX];
	size_t nr;
	bool dentries;
};

/* Has it been traced as often as is worth it? */
static bool is_traced(const struct kms_look *look, const char *cache)
{
	size_t i, nr = 0;

	if (look->nr_refused >= REFUSED_MAX)
		return true;
	for (i = 0; i < look->nr_traced; i++) {
		const struct kms_traced *traced = &look->traced[i];
		uint64_t explained = kms_field(&traced->trace, 0,
				KMEMSCOPE_A_TRACE_EXPLAINED_PERMILLE);

		if (strcmp(traced->cache, cache))
			continue;
		if (++nr == TRACES_OF_ONE ||
		    (explained >= KMS_EXPLAINED_PERMILLE &&
		     explained <= KMS_OVERSTATED_PERMILLE))
			return true;
	}
	return false;
}

static void growing_add(struct growing *growing,
			const struct kms_growth *growth, int64_t least)
{
	size_t i, last = growing->nr;

	for (i = 0; i < growing->nr; i++)
		if (!strcmp(growing->cache[i], growth->name))
			return;
	if (last == GROWING_MAX) {
		/*
		 * A backup must not keep a leak from being traced, nor what any
		 * program takes the backup.
		 */
		if (growth->reclaimable || growth->bytes < LEAK_FACTOR * least ||
		    growing->unreclaimable[--last])
			return;
		free(growing->cache[last]);
		growing->nr--;
	}
	growing->cache[last] = strdup(growth->name);
	/* Of files it is the process that counts, not the function. */
	growing->stacks[last] = !kms_cache_has_directory(growth->kind);
	growing->unreclaimable[last] = !growth->reclaimable;
	if (growing->cache[last])
		growing->nr++;
}

/* Add what grew by so much; the largest first. */
static void growing_find(const struct kms_look *look, struct growing *growing,
			 const struct kms_look_at *older,
			 const struct kms_look_at *newer, int64_t least)
{
	int64_t largest[2] = { 0, 0 };
	struct kms_growths growths;
	size_t i;

	if (!kms_growths_find(&growths, older, newer))
		return;
	for (i = 0; i < growths.nr; i++) {
		const struct kms_growth *growth = &growths.growth[i];

		/* What can be reclaimed hides nothing that cannot. */
		if (growth->bytes > largest[growth->reclaimable])
			largest[growth->reclaimable] = growth->bytes;
		if (growth->bytes < least ||
		    growth->bytes < largest[growth->reclaimable] / 1000 *
				    TRACED_PERMILLE)
			continue;
		growing->dentries |= kms_cache_has_directory(growth->kind);
		if (!is_traced(look, growth->name))
			growing_add(growing, growth, least);
	}
	kms_growths_free(&growths);
}

static void growing_free(struct growing *growing)
{
	while (growing->nr)
		free(growing->cache[--growing->nr]);
}

/*
 * Have what grows traced, one cache after the other, for the module traces one
 * at a time; and walked as late as possible, when there is most to see.
 */
static void growth_follow(struct kms_look *look, struct kms_nl *nl,
			  const struct growing *growing, uint64_t end, bool walk)
{
	uint64_t budget = kms_walk_budget(end - kms_now_ns());
	uint64_t until, now, ns;
	struct kms_jobs jobs = { .look = look, .nl = nl };
	size_t i;

	for (i = 0; i < growing->nr; i++) {
		now = kms_now_ns();
		if (now >= end)
			return;
		until = now + (end - now) / (growing->nr - i);
		/* To come and to go takes a probe some time, too. */
		ns = (until - now) / 4 * 3;
		kms_jobs_trace(&jobs, growing->cache[i], growing->stacks[i],
			       ns < TRACE_MOST_NS ? ns : TRACE_MOST_NS);
		if (i + 1 == growing->nr && walk) {
			sleep_until(end - budget - budget / 4);
			kms_jobs_walk(&jobs, KMS_WALK_AFTER, budget);
		}
		/* One that is not over yet would be in the next one's way. */
		if (!kms_jobs_finish(&jobs, until))
			return;
	}
}

/* Is a large part of the host's memory in dentries? */
static bool has_stock(const struct kms_look *look, const struct kms_look_at *at)
{
	uint64_t bytes = 0, pages = KMS_UNKNOWN;
	size_t i;

	for (i = 0; i < at->slabs.nr; i++) {
		const char *name = kms_field_text(&at->slabs, i,
						  KMEMSCOPE_A_SLAB_NAME);

		if (name && !strcmp(name, "dentry"))
			bytes = kms_field(&at->slabs, i,
					  KMEMSCOPE_A_SLAB_TOTAL_BYTES);
	}
	if (kms_look_at_host(at, &i))
		pages = kms_field(&at->nodes, i,
				  KMEMSCOPE_A_NODE_MANAGED_PAGES);
	return bytes != KMS_UNKNOWN && pages != KMS_UNKNOWN &&
	       bytes / STOCK_PERMILLE >= pages / 1000 * look->page_bytes;
}

/* The looks in between: what was new in the last one, and what adds up. */
struct watch {
	struct kms_look *look;
	struct kms_nl *nl;
	uint64_t start, middle, end;
	struct kms_look_at poll[2];
	size_t turn;			/* which of them is next */
	const struct kms_look_at *last;	/* the look before */
	const struct kms_look_at *base;	/* since when growth adds up */
	struct kms_look_at after;	/* base, once something was traced */
	bool dentries;			/* they grew, and were not walked since */
	bool idle;			/* nothing grew, and the stock was traced */
};

static uint64_t poll_ns(const struct watch *watch)
{
	uint64_t part = (watch->end - watch->start) / 8;
	uint64_t most = watch->last->slabs.nr > POLL_MANY ? POLL_MANY_NS :
							    POLL_NS;

	return part < most ? part : most;
}

/* Growth that adds up since the base is worth a trace from here on. */
static int64_t adds_up(const struct watch *watch, const struct kms_look_at *now)
{
	uint64_t ns = now->boottime_ns - watch->base->boottime_ns;
	double bytes = TRACED_BYTES / (WATCH_FROM_MOST_NS / 1e9) * (ns / 1e9);

	if (bytes < TRACED_BYTES)
		return TRACED_BYTES;
	return bytes < TRACED_IN_ALL_BYTES ? bytes : TRACED_IN_ALL_BYTES;
}

/* What began to grow since the last look is followed at once. */
static void watch_follow(struct watch *watch, const struct growing *growing)
{
	/* A quarter is for probes that come and go, see growth_follow() */
	uint64_t most = growing->nr * (TRACE_MOST_NS / 3 * 4);
	uint64_t now = kms_now_ns();
	bool last = now + most + POLL_NS >= watch->end;

	if (now >= watch->end)
		return;
	if (now <= watch->middle ||
	    !watch->look->at[KMS_LOOK_MIDDLE].boottime_ns)
		at_take(watch->look, watch->nl,
			&watch->look->at[KMS_LOOK_MIDDLE]);
	growth_follow(watch->look, watch->nl, growing,
		      last ? watch->end : now + most, last && watch->dentries);
	watch->dentries &= !last;
	at_take(watch->look, watch->nl, &watch->after);
	at_take(watch->look, watch->nl, &watch->poll[watch->turn]);
	watch->last = &watch->poll[watch->turn];
	watch->turn = !watch->turn;
	watch->base = &watch->after;
}

/* Memory may be full of what comes as fast as it is reclaimed. */
static bool is_idle(const struct watch *watch, const struct kms_look_at *now)
{
	return !watch->idle && !watch->look->nr_traced &&
	       now->boottime_ns >= watch->middle && has_stock(watch->look, now);
}

static void watch_poll(struct watch *watch)
{
	struct kms_look_at *now = &watch->poll[watch->turn];
	struct growing growing = { 0 };

	at_take(watch->look, watch->nl, now);
	growing_find(watch->look, &growing, watch->last, now, TRACED_BYTES);
	growing_find(watch->look, &growing, watch->base, now,
		     adds_up(watch, now));
	watch->dentries |= growing.dentries;
	watch->last = now;
	watch->turn = !watch->turn;
	if (!growing.nr && is_idle(watch, now)) {
		watch->idle = true;
		growing.cache[0] = strdup("dentry");
		growing.nr = growing.cache[0] ? 1 : 0;
	}
	if (growing.nr)
		watch_follow(watch, &growing);
	growing_free(&growing);
}

/* Look every second until the end, or until the last walk has to begin. */
static void watch_loop(struct watch *watch, uint64_t from, uint64_t walk_ns)
{
	uint64_t next = from, until;

	for (;;) {
		until = watch->end - (watch->dentries ? walk_ns :
							TRACE_LEAST_NS);
		if (next >= until)
			return;
		sleep_until(next);
		watch_poll(watch);
		next = kms_now_ns() + poll_ns(watch);
		if (kms_now_ns() <= watch->middle && next > watch->middle)
			at_take(watch->look, watch->nl,
				&watch->look->at[KMS_LOOK_MIDDLE]);
	}
}

static void watch_run(struct kms_look *look, struct kms_nl *nl, uint64_t start,
		      uint64_t from, uint64_t end)
{
	struct watch watch = {
		.look = look, .nl = nl, .start = start, .end = end,
		.middle = start + (end - start) / 1000 * MIDDLE,
		.last = &look->at[KMS_LOOK_FIRST],
		.base = &look->at[KMS_LOOK_FIRST],
	};
	struct kms_jobs jobs = { .look = look, .nl = nl };
	uint64_t budget = kms_walk_budget((end - start) / 2), now;
	size_t i;

	for (i = 0; i < 2; i++)
		kms_look_at_init(&watch.poll[i]);
	kms_look_at_init(&watch.after);
	look->at[KMS_LOOK_MIDDLE].boottime_ns = 0;
	watch_loop(&watch, from, budget + budget / 4);
	now = kms_now_ns();
	if (watch.dentries && now < end) {
		sleep_until(end - budget - budget / 4);
		kms_jobs_walk(&jobs, KMS_WALK_AFTER, budget);
		kms_jobs_finish(&jobs, end);
	}
	if (!look->at[KMS_LOOK_MIDDLE].boottime_ns)
		at_take(look, nl, &look->at[KMS_LOOK_MIDDLE]);
	for (i = 0; i < 2; i++)
		kms_look_at_free(&watch.poll[i]);
	kms_look_at_free(&watch.after);
}

/* What /proc says about the host and its processes, when all else is done. */
static bool host_take(struct kms_look *look)
{
	char *text = kms_file_read("/proc/meminfo", 64 * 1024);
	struct kms_rows directories[KMS_NR_WALKS];
	size_t i;

	look->available_bytes = kms_available_parse(text ?: "");
	free(text);
	if (!kms_proc_is_initial()) {
		kms_strings_add(&look->missing,
				"processes and mounts: /proc is not that of the host's own PID namespace");
		return true;
	}
	for (i = 0; i < KMS_NR_WALKS; i++)
		directories[i] = look->walk[i].directories;
	return kms_who_find(look) && kms_mounts_read(&look->mounts, "/proc",
						     directories, KMS_NR_WALKS);
}

static enum kms_status look_run(struct kms_look *look, struct kms_nl *nl,
				uint64_t ns, struct kms_error *err)
{
	struct kms_answer answer = { 0 };
	struct kms_jobs jobs = { .look = look, .nl = nl };
	enum kms_status status;
	struct kms_look_at *last;
	uint64_t start, from, end;

	look->stamp = kms_stamp_now();
	status = kms_version_get(&answer, nl, err);
	if (status)
		return status;
	look->version = answer.version;
	/* What the first dump allocates for itself is not to be seen. */
	at_take(look, nl, &look->at[KMS_LOOK_MIDDLE]);
	start = kms_now_ns();
	end = start + ns / 1000 * JOBS_UNTIL;
	at_take(look, nl, &look->at[KMS_LOOK_FIRST]);
	from = ns / 1000 * WATCH_FROM;
	if (from > WATCH_FROM_MOST_NS)
		from = WATCH_FROM_MOST_NS;
	kms_jobs_walk(&jobs, KMS_WALK_BEFORE, kms_walk_budget(from));
	kms_jobs_finish(&jobs, start + from);
	watch_run(look, nl, start, start + from, end);
	sleep_until(end);
	at_take(look, nl, &look->at[KMS_LOOK_LAST]);
	last = &look->at[KMS_LOOK_LAST];
	rows_take(look, nl, &look->zones, &last->partial, true);
	rows_take(look, nl, &look->buddies, &last->partial, true);
	/* What follows makes dentries and inodes of its own. */
	if (!host_take(look) || look->missing.failed)
		return kms_fail_memory(err);
	return KMS_OK;
}

enum kms_status kms_look_take(struct kms_look *look, uint64_t ns,
			      struct kms_error *err)
{
	enum kms_status status;
	struct kms_nl *nl;

	status = kms_nl_open(&nl, err);
	if (!status)
		status = look_run(look, nl, ns, err);
	kms_nl_close(nl);
	return status;
}
