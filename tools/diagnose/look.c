// SPDX-License-Identifier: GPL-2.0-only
/*
 * All that a diagnosis looks at, and when:
 *
 *	first look, and a walk over all dentries
 *	looks, until something grows or half of the time is over: the middle one
 *	a trace of what grows, and another walk if that is dentries or inodes
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

#include "diagnose/file.h"
#include "diagnose/growth.h"
#include "diagnose/jobs.h"
#include "diagnose/process.h"
#include "diagnose/who.h"
#include "lib/kinds.h"
#include "lib/nl.h"

#define SECOND_NS 1000000000ull

/* Parts of the time, out of 1000. */
#define GROWTH_FROM 250		/* the middle look is not before */
#define GROWTH_UNTIL 550	/* and not after, even if nothing grows */
#define GROWTH_STEP 100
#define JOBS_UNTIL 900

/* Whoever allocates is seen by then, and probes cost all others. */
#define TRACE_MOST_NS (30 * SECOND_NS)

/* What grew by less in the first part is not worth a trace. */
#define TRACED_BYTES (64 * 1024)
/* Nor is one that grew by less of what the first one did, out of 1000. */
#define TRACED_PERMILLE 100

static void sleep_until(uint64_t boottime_ns)
{
	const struct timespec time = {
		.tv_sec = (time_t)(boottime_ns / SECOND_NS),
		.tv_nsec = (long)(boottime_ns % SECOND_NS),
	};

	while (clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &time, NULL))
		;
}

static void rows_empty(struct ks_rows *rows)
{
	const struct ks_kind *kind = rows->kind;

	ks_rows_free(rows);
	*rows = (struct ks_rows){ .kind = kind };
}

/* Dump a kind; what cannot be dumped is noted, once. */
static void rows_take(struct ks_look *look, struct ks_nl *nl,
		      struct ks_rows *rows, bool *partial, bool note)
{
	struct ks_request request = ks_request_rows(rows->kind);
	struct ks_error err = { 0 };
	enum ks_status status;

	rows_empty(rows);
	status = ks_nl_dump(nl, &request, rows, &err);
	if (status == KS_PARTIAL)
		*partial = true;
	else if (status && note)
		ks_strings_add(&look->missing, "%s: %s", rows->kind->name,
			       err.text);
}

static void at_take(struct ks_look *look, struct ks_nl *nl,
		    struct ks_look_at *at)
{
	bool note = at == &look->at[KS_LOOK_FIRST];
	char *text;

	at->partial = false;
	at->boottime_ns = ks_now_ns();
	rows_take(look, nl, &at->slabs, &at->partial, note);
	rows_take(look, nl, &at->slab_nodes, &at->partial, note);
	rows_take(look, nl, &at->nodes, &at->partial, note);
	text = ks_file_read("/proc/sys/fs/dentry-state", 4096);
	at->dentries = ks_dentry_state_parse(text ?: "");
	free(text);
}

/*
 * What grows so far, to be traced: at most KS_TRACES_MAX caches, and whether
 * dentries are worth a walk.
 */
struct growing {
	char *cache[KS_TRACES_MAX];
	bool stacks[KS_TRACES_MAX];
	size_t nr;
	bool dentries;
};

static bool growing_find(const struct ks_look *look, struct growing *growing)
{
	const struct ks_look_at *at = look->at;
	struct ks_growths growths;
	size_t i;

	*growing = (struct growing){ 0 };
	if (!ks_growths_find(&growths, &at[KS_LOOK_FIRST], &at[KS_LOOK_MIDDLE]))
		return false;
	for (i = 0; i < growths.nr; i++) {
		const struct ks_growth *growth = &growths.growth[i];
		bool plain = growth->kind == KS_CACHE_DENTRY ||
			     growth->kind == KS_CACHE_INODE;

		if (growth->bytes < TRACED_BYTES ||
		    growth->bytes < growths.growth[0].bytes / 1000 *
				    TRACED_PERMILLE)
			break;
		growing->dentries |= plain;
		if (growing->nr == KS_TRACES_MAX)
			continue;
		growing->cache[growing->nr] = strdup(growth->name);
		/* Of files it is the process that counts, not the function. */
		growing->stacks[growing->nr] = !plain;
		if (growing->cache[growing->nr])
			growing->nr++;
	}
	ks_growths_free(&growths);
	return growing->nr > 0;
}

/* Look until something grows; true if it does. */
static bool growth_await(struct ks_look *look, struct ks_nl *nl,
			 uint64_t start, uint64_t ns, struct growing *growing)
{
	uint64_t part = GROWTH_FROM;

	for (;; part += GROWTH_STEP) {
		sleep_until(start + ns / 1000 * part);
		at_take(look, nl, &look->at[KS_LOOK_MIDDLE]);
		if (growing_find(look, growing))
			return true;
		if (part + GROWTH_STEP > GROWTH_UNTIL)
			return false;
	}
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
static void growth_follow(struct ks_look *look, struct ks_nl *nl,
			  const struct growing *growing, uint64_t end)
{
	uint64_t budget = ks_walk_budget(end - ks_now_ns());
	uint64_t until, now, ns;
	struct ks_jobs jobs = { .look = look, .nl = nl };
	size_t i;

	for (i = 0; i < growing->nr; i++) {
		now = ks_now_ns();
		if (now >= end)
			return;
		until = now + (end - now) / (growing->nr - i);
		/* To come and to go takes a probe some time, too. */
		ns = (until - now) / 4 * 3;
		ks_jobs_trace(&jobs, growing->cache[i], growing->stacks[i],
			      ns < TRACE_MOST_NS ? ns : TRACE_MOST_NS);
		if (i + 1 == growing->nr && growing->dentries) {
			sleep_until(end - budget - budget / 4);
			ks_jobs_walk(&jobs, KS_WALK_AFTER, budget);
		}
		/* One that is not over yet would be in the next one's way. */
		if (!ks_jobs_finish(&jobs, until))
			return;
	}
}

/* Processes and mounts of the host; false when memory is out. */
static bool host_read(struct ks_look *look)
{
	struct ks_rows directories[KS_NR_WALKS];
	size_t i;

	if (!ks_proc_is_initial()) {
		ks_strings_add(&look->missing,
			       "processes and mounts: /proc is not that of the host's own PID namespace");
		return true;
	}
	for (i = 0; i < KS_NR_WALKS; i++)
		directories[i] = look->walk[i].directories;
	return ks_who_find(look) && ks_mounts_read(&look->mounts, "/proc",
						   directories, KS_NR_WALKS);
}

static enum ks_status look_run(struct ks_look *look, struct ks_nl *nl,
			       uint64_t ns, struct ks_error *err)
{
	struct ks_answer answer = { 0 };
	struct ks_jobs jobs = { .look = look, .nl = nl };
	struct growing growing = { 0 };
	enum ks_status status;
	struct ks_look_at *last;
	uint64_t start, end;

	look->stamp = ks_stamp_now();
	status = ks_answer_version(&answer, nl, err);
	if (status)
		return status;
	look->version = answer.version;
	/* What the first dump allocates for itself is not to be seen. */
	at_take(look, nl, &look->at[KS_LOOK_MIDDLE]);
	start = ks_now_ns();
	end = start + ns / 1000 * JOBS_UNTIL;
	at_take(look, nl, &look->at[KS_LOOK_FIRST]);
	ks_jobs_walk(&jobs, KS_WALK_BEFORE,
		     ks_walk_budget(ns / 1000 * GROWTH_FROM));
	ks_jobs_finish(&jobs, start + ns / 1000 * GROWTH_FROM);
	if (growth_await(look, nl, start, ns, &growing))
		growth_follow(look, nl, &growing, end);
	sleep_until(end);
	growing_free(&growing);
	at_take(look, nl, &look->at[KS_LOOK_LAST]);
	last = &look->at[KS_LOOK_LAST];
	rows_take(look, nl, &look->zones, &last->partial, true);
	rows_take(look, nl, &look->buddies, &last->partial, true);
	/* What follows makes dentries and inodes of its own. */
	if (!host_read(look) || look->missing.failed)
		return ks_fail_memory(err);
	return KS_OK;
}

enum ks_status ks_look_take(struct ks_look *look, uint64_t ns,
			    struct ks_error *err)
{
	enum ks_status status;
	struct ks_nl *nl;

	status = ks_nl_open(&nl, err);
	if (!status)
		status = look_run(look, nl, ns, err);
	ks_nl_close(nl);
	return status;
}
