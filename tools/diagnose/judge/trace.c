// SPDX-License-Identifier: GPL-2.0-only
/* The trace of a cache, and how much of its growth that explains. */
#include <string.h>

#include "diagnose/judge/trace.h"
#include "lib/words.h"

const struct kms_trace *kms_case_trace(const struct kms_case *c,
				       const char *cache)
{
	const struct kms_trace *found = NULL;
	uint64_t most = 0, allocs;
	size_t i;

	for (i = 0; i < c->obs->nr_traces; i++) {
		const struct kms_trace *trace = &c->obs->trace[i];

		if (!trace->done || strcmp(trace->cache, cache))
			continue;
		allocs = trace->total.nr_allocs;
		if (found && (allocs == KMS_UNKNOWN || allocs <= most))
			continue;
		found = trace;
		most = allocs == KMS_UNKNOWN ? 0 : allocs;
	}
	return found;
}

uint64_t kms_trace_dropped(const struct kms_trace *trace)
{
	uint64_t allocs = trace->total.nr_allocs;
	uint64_t dropped = trace->total.nr_dropped;

	if (allocs == KMS_UNKNOWN || dropped == KMS_UNKNOWN || dropped > allocs)
		return KMS_UNKNOWN;
	return kms_permille(dropped, allocs);
}

uint64_t kms_trace_attributed(const struct kms_trace *trace)
{
	uint64_t explained = trace->total.explained_permille;
	uint64_t dropped = kms_trace_dropped(trace);

	if (explained == KMS_UNKNOWN || dropped == KMS_UNKNOWN)
		return KMS_UNKNOWN;
	if (explained > 1000)
		explained = 1000;
	return explained * (1000 - dropped) / 1000;
}

void kms_trace_tell(struct kms_case *c, struct kms_finding *finding,
		    const struct kms_trace_record *trace)
{
	uint64_t explained = trace->explained_permille;

	if (trace->nr_allocs != KMS_UNKNOWN &&
	    trace->nr_frees != KMS_UNKNOWN &&
	    trace->duration_ns != KMS_UNKNOWN)
		kms_tell(c, &finding->evidence,
			 "a trace of %.1f s saw %llu objects allocated and %llu freed",
			 trace->duration_ns / 1e9,
			 (unsigned long long)trace->nr_allocs,
			 (unsigned long long)trace->nr_frees);
	if (explained != KMS_UNKNOWN)
		kms_tell(c, &finding->evidence,
			 "the traced allocations account for %s of the growth",
			 kms_words_share(explained).text);
	if (explained < KMS_EXPLAINED_PERMILLE)
		kms_tell(c, &finding->unknown,
			 "who allocated the rest: bulk allocations are not traced");
	if (explained != KMS_UNKNOWN && explained > KMS_OVERSTATED_PERMILLE)
		kms_tell(c, &finding->unknown,
			 "how much of it stays: frees in bulk or by kfree_rcu() are not traced");
	if (trace->nr_dropped != KMS_UNKNOWN && trace->nr_dropped)
		kms_tell(c, &finding->unknown,
			 "who made %llu of the allocations: the allocator table was full",
			 (unsigned long long)trace->nr_dropped);
}
