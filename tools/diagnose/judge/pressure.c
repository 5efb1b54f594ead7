// SPDX-License-Identifier: GPL-2.0-only
/* Whether the reclaim of the host holds tasks up. */
#include "diagnose/judge/pressure.h"
#include "lib/words.h"

/*
 * Tasks that wait a tenth of the time are slower by as much, which users see.
 * With half of it, or when all wait a tenth, little else is done.
 */
#define WAITED_PERMILLE 100
#define WAITED_LONG_PERMILLE 500
#define ALL_WAITED_PERMILLE 100

/*
 * That time alone is no proof: kswapd counts as a task that waits, also when it
 * makes room for a file that is read once.  Of two rates a second one must be
 * this high: pages that were needed soon after reclaim, or tasks for which
 * kswapd did not reclaim enough.
 */
#define REFAULTS 100
#define STALLS 10

/*
 * Without PSI: a page from a disk takes about 0.1 ms, so this is a tenth of the
 * time, too.
 */
#define MANY_REFAULTS 1000

/*
 * A cgroup at its limit makes tasks wait as well, but then the kernel does not
 * scan the pages of the host.
 */
#define SCANNED 100

/* Counts between two times. */
struct span {
	const struct kms_pressure *before;
	const struct kms_pressure *after;
	uint64_t ns;
};

static uint64_t grown(uint64_t before, uint64_t after)
{
	if (before == KMS_UNKNOWN || after == KMS_UNKNOWN || after < before)
		return KMS_UNKNOWN;
	return after - before;
}

static uint64_t rate(const struct span *span, uint64_t before, uint64_t after)
{
	uint64_t number = grown(before, after);

	return number == KMS_UNKNOWN ? number : kms_per_second(number, span->ns);
}

/* The part of the time, out of 1000. */
static uint64_t part(const struct span *span, uint64_t before, uint64_t after)
{
	uint64_t us = grown(before, after), permille;

	if (us == KMS_UNKNOWN)
		return us;
	permille = kms_permille(us * 1000, span->ns);
	return permille < 1000 ? permille : 1000;
}

static void numbers_fill(struct kms_found_pressure *found,
			 const struct span *span)
{
	const struct kms_pressure *a = span->before, *b = span->after;

	found->some_permille = part(span, a->some_us, b->some_us);
	found->full_permille = part(span, a->full_us, b->full_us);
	found->some_avg10_permille = b->some_avg10_permille;
	found->full_avg10_permille = b->full_avg10_permille;
	found->refaults = rate(span, a->refaults, b->refaults);
	found->refaults_file = rate(span, a->refaults_file, b->refaults_file);
	found->refaults_anon = rate(span, a->refaults_anon, b->refaults_anon);
	found->stalls = rate(span, a->stalls, b->stalls);
	found->scanned = rate(span, a->scanned, b->scanned);
	found->swapped_in = rate(span, a->swapped_in, b->swapped_in);
	found->swapped_out = rate(span, a->swapped_out, b->swapped_out);
	found->oom_kills = grown(a->oom_kills, b->oom_kills);
}

/* What is unknown is not at least anything. */
static bool is_at_least(uint64_t number, uint64_t least)
{
	return number != KMS_UNKNOWN && number >= least;
}

static bool hurts(const struct kms_case *c)
{
	const struct kms_found_pressure *found = &c->verdict->pressure;
	bool stalls = is_at_least(found->stalls, STALLS);

	if (!is_at_least(found->scanned, SCANNED))
		return false;
	if (is_at_least(found->some_permille, WAITED_PERMILLE))
		return is_at_least(found->refaults, REFAULTS) ||
		       (stalls && !c->plenty);
	return found->some_permille == KMS_UNKNOWN && stalls &&
	       is_at_least(found->refaults, MANY_REFAULTS);
}

/* "tasks waited for memory 23 % of the time" */
static const char *waited_words(struct kms_case *c)
{
	const struct kms_found_pressure *found = &c->verdict->pressure;

	if (found->some_permille == KMS_UNKNOWN)
		return kms_strings_add(c->strings,
				       "tasks had to reclaim memory %llu times a second",
				       (unsigned long long)found->stalls);
	return kms_strings_add(c->strings,
			       "tasks waited for memory %s of the time",
			       kms_words_share(found->some_permille).text);
}

static const char *hurt_words(struct kms_case *c)
{
	const struct kms_found_pressure *found = &c->verdict->pressure;
	const char *waited = waited_words(c);

	if (!is_at_least(found->refaults, REFAULTS))
		return kms_strings_add(c->strings,
				       "%s; they had to reclaim it themselves %llu times a second",
				       waited,
				       (unsigned long long)found->stalls);
	return kms_strings_add(c->strings,
			       "%s; %llu reclaimed pages were needed again each second",
			       waited, (unsigned long long)found->refaults);
}

void kms_pressure_fill(struct kms_case *c)
{
	struct kms_found_pressure *found = &c->verdict->pressure;
	struct kms_pressure absent;
	struct span span = {
		.before = &c->obs->host[KMS_HOST_BEFORE].pressure,
		.after = &c->obs->host[KMS_HOST_AFTER].pressure,
	};

	span.ns = span.after->boottime_ns - span.before->boottime_ns;
	if (!span.before->boottime_ns || !span.after->boottime_ns) {
		kms_pressure_init(&absent);
		span = (struct span){ &absent, &absent, 0 };
	}
	numbers_fill(found, &span);
	found->hurts = hurts(c);
	if (found->hurts)
		found->words = hurt_words(c);
}

static bool has_warning(const struct kms_verdict *verdict)
{
	size_t i;

	for (i = 0; i < verdict->nr_findings; i++)
		if (verdict->finding[i].severity >= KMS_WARNING)
			return true;
	return false;
}

static void short_add(struct kms_case *c)
{
	const struct kms_found_pressure *found = &c->verdict->pressure;
	struct kms_finding *finding =
		kms_finding_add(c->verdict, KMS_FINDING_PRESSURE);

	if (!finding)
		return;
	finding->sure = KMS_CERTAIN;
	finding->why_sure = "the kernel itself counts this";
	finding->severity = KMS_WARNING;
	if (is_at_least(found->some_permille, WAITED_LONG_PERMILLE) ||
	    is_at_least(found->full_permille, ALL_WAITED_PERMILLE))
		finding->severity = KMS_CRITICAL;
	finding->why_severe = "tasks are slower by the time that they wait";
	kms_summarize(c, finding, "memory is short: %s", waited_words(c));
	kms_lines_add(&finding->evidence, found->words);
	if (found->swapped_in != KMS_UNKNOWN &&
	    found->swapped_out != KMS_UNKNOWN)
		kms_tell(c, &finding->evidence,
			 "%llu pages a second were swapped in, %llu out",
			 (unsigned long long)found->swapped_in,
			 (unsigned long long)found->swapped_out);
	kms_lines_add(&finding->unknown,
		      "who needs the memory: no part of it grew by much");
}

/* The kernel counts those within cgroups as well. */
static void killed_add(struct kms_case *c)
{
	unsigned long long nr = c->verdict->pressure.oom_kills;
	struct kms_finding *finding =
		kms_finding_add(c->verdict, KMS_FINDING_PRESSURE);

	if (!finding)
		return;
	finding->sure = KMS_CERTAIN;
	finding->why_sure = "the kernel itself counts this";
	finding->severity = KMS_WARNING;
	finding->why_severe = "what was killed did not finish its work";
	kms_summarize(c, finding,
		      "the OOM killer ended %llu process%s while this was observed",
		      nr, nr == 1 ? "" : "es");
	kms_lines_add(&finding->unknown,
		      "which, and whether the host or a cgroup had no memory: see the kernel's log");
}

void kms_pressure_judge(struct kms_case *c)
{
	if (has_warning(c->verdict))
		return;
	if (c->verdict->pressure.hurts)
		short_add(c);
	else if (is_at_least(c->verdict->pressure.oom_kills, 1))
		killed_add(c);
}
