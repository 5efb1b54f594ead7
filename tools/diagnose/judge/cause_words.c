// SPDX-License-Identifier: GPL-2.0-only
/* The sentence about a cause: the resource, how many, and who holds it. */
#include <string.h>

#include "diagnose/judge/allocators.h"
#include "diagnose/judge/cause_words.h"
#include "diagnose/judge/growers.h"
#include "diagnose/judge/headline.h"
#include "diagnose/judge/trace.h"
#include "lib/words.h"

/* An allocator with less of the growth is not named as the one who makes it. */
#define MAKER_PERMILLE 500

/* A trace with fewer frees, out of 1000, saw that none is closed. */
#define NONE_FREED_PERMILLE 20

static uint64_t each_second(const struct kms_case *c, double number)
{
	return number > 0 ? number / (c->ns / 1e9) + 0.5 : 0;
}

/* Has the trace of the lead seen allocations and next to no free? */
static bool frees_none(const struct kms_case *c, const char *cache)
{
	size_t i;

	for (i = 0; i < c->obs->nr_traces; i++) {
		const struct kms_trace *trace = &c->obs->trace[i];
		uint64_t allocs = trace->total.nr_allocs;
		uint64_t frees = trace->total.nr_frees;

		if (trace->done && !strcmp(trace->cache, cache) &&
		    allocs != KMS_UNKNOWN && frees != KMS_UNKNOWN && allocs &&
		    kms_permille(frees, allocs) < NONE_FREED_PERMILLE)
			return true;
	}
	return false;
}

/* "16031 TCP sockets", or without a number where that is not known */
static const char *number_words(struct kms_case *c, uint64_t nr,
				const char *noun)
{
	if (nr == KMS_UNKNOWN)
		return noun;
	return kms_strings_add(c->strings, "%llu %s", (unsigned long long)nr,
			       noun);
}

static void holder_summarize(struct kms_case *c, struct kms_finding *finding,
			     const struct kms_cause_found *found)
{
	const struct kms_found_holder *first = &finding->holder[0];
	uint64_t more = each_second(c, first->growth_nr);
	struct kms_words rate = kms_words_bytes(finding->bytes_per_second);
	const char *who = kms_holder_words(c, first);

	if (found->cause->witness == KMS_WITNESS_ZOMBIES)
		kms_summarize(c, finding,
			      "%s does not reap its children: %llu zombies, %llu more a second",
			      who, (unsigned long long)first->nr,
			      (unsigned long long)more);
	else if (first->nr == KMS_UNKNOWN)
		kms_summarize(c, finding, "%s adds %llu %s a second, %s/s", who,
			      (unsigned long long)more, first->resource,
			      rate.text);
	else
		kms_summarize(c, finding,
			      "%s has %llu %s, %llu more a second (%s/s)%s",
			      who, (unsigned long long)first->nr,
			      first->resource, (unsigned long long)more,
			      rate.text,
			      found->cause->freed_by == KMS_FREED_BY_CLOSE &&
			      frees_none(c, found->grown->lead) ?
			      ", and closes none" : "");
}

static void queue_summarize(struct kms_case *c, struct kms_finding *finding,
			    const struct kms_holders *holders)
{
	const struct kms_found_holder *first = &finding->holder[0];
	struct kms_words rate = kms_words_bytes(finding->bytes_per_second);
	struct kms_words bytes = kms_words_bytes(holders->bytes);

	if (!finding->nr_holders) {
		kms_summarize(c, finding,
			      "%s of data waits in sockets whose process is unknown, %s/s more",
			      bytes.text, rate.text);
		return;
	}
	bytes = kms_words_bytes(first->total_bytes);
	if (holders->unread)
		kms_summarize(c, finding,
			      "%s does not read: %s in %llu socket%s, %s/s more",
			      kms_holder_words(c, first), bytes.text,
			      (unsigned long long)first->nr,
			      first->nr == 1 ? "" : "s", rate.text);
	else
		kms_summarize(c, finding,
			      "peers do not take the data of %s: %s in %llu socket%s, %s/s more",
			      kms_holder_words(c, first), bytes.text,
			      (unsigned long long)first->nr,
			      first->nr == 1 ? "" : "s", rate.text);
}

/* ", by ip": the one who makes most of them */
static const char *maker_words(struct kms_case *c,
			       const struct kms_finding *finding)
{
	const struct kms_found_allocator *first = &finding->allocator[0];

	if (!finding->nr_allocators || first->traced_permille == KMS_UNKNOWN ||
	    first->traced_permille < MAKER_PERMILLE)
		return "";
	return kms_strings_add(c->strings, ", made by %s", first->label);
}

static uint64_t objects_now(const struct kms_case *c, const char *cache)
{
	const struct kms_growth *growth = kms_growths_of(&c->growths, cache);

	return growth ? growth->nr_objects : KMS_UNKNOWN;
}

/* The removed ones that something still refers to, if most new ones are. */
static bool are_dying(const struct kms_case *c)
{
	const struct kms_cgroup_counts *before =
		&c->obs->host[KMS_HOST_BEFORE].cgroups;
	const struct kms_cgroup_counts *after =
		&c->obs->host[KMS_HOST_AFTER].cgroups;
	double dying = (double)after->nr_dying - before->nr_dying;

	return dying > (double)after->nr - before->nr;
}

static void number_summarize(struct kms_case *c, struct kms_finding *finding,
			     const struct kms_cause_found *found)
{
	const struct kms_cause *cause = found->cause;
	uint64_t nr = found->holders->nr_now;
	uint64_t more = each_second(c, found->holders->nr_grown);
	const char *noun = cause->noun;

	if (cause->witness == KMS_WITNESS_CGROUPS && are_dying(c)) {
		noun = "removed cgroups";
		nr = c->obs->host[KMS_HOST_AFTER].cgroups.nr_dying;
	} else if (cause->witness == KMS_WITNESS_OBJECTS) {
		nr = objects_now(c, found->grown->lead);
	}
	kms_summarize(c, finding, "%s stay, %llu more a second: %s/s%s",
		      number_words(c, nr, noun), (unsigned long long)more,
		      kms_words_bytes(finding->bytes_per_second).text,
		      maker_words(c, finding));
}

/* Several caches without a holder. */
static void caches_summarize(struct kms_case *c, struct kms_finding *finding,
			     const struct kms_cause_found *found)
{
	uint64_t more = each_second(c, found->grown->objects);
	struct kms_words rate = kms_words_bytes(finding->bytes_per_second);
	const char *noun = found->grown->noun;

	if (found->cause->reclaimable)
		kms_summarize(c, finding, "files%s fill %zu caches by %s/s%s",
			      kms_where_words(c, finding, false), found->nr_members,
			      rate.text, maker_words(c, finding));
	else
		kms_summarize(c, finding, "%s%s grow by %llu a second, %s/s%s",
			      noun, kms_where_words(c, finding, false),
			      (unsigned long long)more, rate.text,
			      maker_words(c, finding));
}

void kms_leak_words(struct kms_case *c, struct kms_finding *finding,
		    size_t nr_caches)
{
	kms_summarize(c, finding,
		      "%zu caches of unreclaimable objects grow by %s/s%s",
		      nr_caches,
		      kms_words_bytes(finding->bytes_per_second).text,
		      maker_words(c, finding));
}

/* What ends it, as evidence: who reads it need not know the kernel. */
static void freed_tell(struct kms_case *c, struct kms_finding *finding)
{
	const char *who = finding->nr_holders ? finding->holder[0].name :
						"its process";

	switch (finding->freed_by) {
	case KMS_FREED_BY_CLOSE:
		kms_tell(c, &finding->evidence,
			 "the memory is freed when %s closes them or exits",
			 who);
		break;
	case KMS_FREED_BY_READ:
		kms_tell(c, &finding->evidence,
			 "the memory is freed when %s reads the data, closes the sockets or exits",
			 who);
		break;
	case KMS_FREED_BY_REAP:
		kms_tell(c, &finding->evidence,
			 "the memory is freed when %s waits for its children, or exits",
			 who);
		break;
	case KMS_FREED_BY_EXIT:
		kms_tell(c, &finding->evidence,
			 "the memory is freed when %s releases them or exits",
			 who);
		break;
	case KMS_FREED_BY_REMOVAL:
		kms_lines_add(&finding->evidence,
			      "the memory is freed when they are removed; the end of their maker may not be enough");
		break;
	default:
		break;
	}
}

/* Half-closed connections: the other end has closed, this one has not. */
static void half_closed_tell(struct kms_case *c, struct kms_finding *finding)
{
	uint64_t nr = 0, all = 0;
	size_t i;

	for (i = 0; i < c->obs->sockets.nr && finding->nr_holders; i++) {
		const struct kms_socket *socket = &c->obs->sockets.socket[i];

		if (socket->pid != finding->holder[0].pid ||
		    socket->family != KMS_SOCKET_TCP)
			continue;
		all++;
		nr += socket->half_closed;
	}
	if (2 * nr > all)
		kms_tell(c, &finding->evidence,
			 "%llu of its %llu TCP sockets are in CLOSE_WAIT: the other end has closed them",
			 (unsigned long long)nr, (unsigned long long)all);
}

void kms_cause_words(struct kms_case *c, struct kms_finding *finding,
		     const struct kms_cause_found *found)
{
	switch (found->cause->witness) {
	case KMS_WITNESS_QUEUES:
		queue_summarize(c, finding, found->holders);
		break;
	case KMS_WITNESS_CGROUPS:
	case KMS_WITNESS_OBJECTS:
		number_summarize(c, finding, found);
		break;
	default:
		if (finding->nr_holders)
			holder_summarize(c, finding, found);
		else if (found->nr_members > 1)
			caches_summarize(c, finding, found);
	}
	half_closed_tell(c, finding);
	freed_tell(c, finding);
}

/* A process that still runs, or that is not known to have gone */
static bool may_hold(const struct kms_found_allocator *allocator)
{
	if (!allocator->name || !allocator->context ||
	    strcmp(allocator->context, "task"))
		return false;
	return allocator->alive || allocator->nr_alike > 1 || !allocator->facts;
}

/* Growth that no process holds: the allocators and stacks tell the rest. */
static void leak_name(struct kms_case *c, struct kms_finding *finding)
{
	const struct kms_found_allocator *first = &finding->allocator[0];
	uint64_t queued = kms_queued_bytes(c->obs);
	bool no_queue = !strncmp(finding->cache, "skbuff_", 7) &&
			c->obs->host[KMS_HOST_AFTER].sockstat.known &&
			c->obs->sockets.whole &&
			queued < finding->growth_bytes / 2;

	finding->cause = "other_slab";
	if (no_queue)
		kms_tell(c, &finding->evidence,
			 "no socket holds these network buffers: %s waits in all sockets",
			 kms_words_bytes(queued).text);
	if (!finding->nr_allocators || !first->nr_frames)
		return;
	finding->cause = "kernel_leak";
	if (may_hold(first)) {
		kms_tell(c, &finding->unknown,
			 "whether the end of %s frees it: no witness shows that it holds these objects",
			 first->label);
		return;
	}
	/* Interrupts allocate what a process may hold: only sockets tell. */
	if (!first->name && !no_queue) {
		kms_lines_add(&finding->unknown,
			      "what frees it: no witness shows who holds these objects");
		return;
	}
	finding->freed_by = KMS_FREED_BY_REBOOT;
	kms_lines_add(&finding->evidence,
		      "no process holds it: only a reboot frees it");
}

/* The average since boot: a rate without waiting. */
static void age_tell(struct kms_case *c, struct kms_finding *finding)
{
	uint64_t ns = c->obs->moment[KMS_MOMENT_LAST].boottime_ns;

	if (finding->reclaimable || finding->total_bytes == KMS_UNKNOWN || !ns)
		return;
	kms_tell(c, &finding->evidence,
		 "%s since boot %s ago is %s/s on average",
		 kms_words_bytes(finding->total_bytes).text,
		 kms_words_span(ns / NS_PER_SEC).text,
		 kms_words_bytes(kms_per_second(finding->total_bytes,
						ns)).text);
}

/* A large cache was traced, too: what came and stayed tells who fills it. */
static void filler_tell(struct kms_case *c, struct kms_finding *finding)
{
	const struct kms_trace *trace = kms_case_trace(c, finding->cache);

	if (finding->reclaimable || finding->nr_allocators || !trace ||
	    trace->total.nr_allocs == KMS_UNKNOWN ||
	    trace->total.nr_frees == KMS_UNKNOWN ||
	    2 * trace->total.nr_frees >= trace->total.nr_allocs)
		return;
	kms_allocators_fill(c, finding);
}

void kms_cause_name(struct kms_case *c, struct kms_finding *finding)
{
	if (finding->kind == KMS_FINDING_STOCK) {
		age_tell(c, finding);
		filler_tell(c, finding);
	}
	if (finding->cause)
		return;
	switch (finding->kind) {
	case KMS_FINDING_NEGATIVE_DENTRIES:
		finding->cause = "negative_lookups";
		break;
	case KMS_FINDING_POSITIVE_DENTRIES:
	case KMS_FINDING_INODES:
		finding->cause = finding->reclaimable ? "file_scan" :
							"files_made";
		break;
	case KMS_FINDING_FRAGMENTATION:
		finding->cause = "fragmentation";
		break;
	case KMS_FINDING_STOCK:
		finding->cause = finding->negative ? "negative_lookups" :
						     "other_slab";
		break;
	case KMS_FINDING_UNRECLAIMABLE_SLAB:
		leak_name(c, finding);
		break;
	default:
		finding->cause = "other_slab";
	}
	if (finding->reclaimable)
		finding->freed_by = KMS_FREED_BY_RECLAIM;
}
