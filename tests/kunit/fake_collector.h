/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fake collectors that follow a plan, for the tests of the engine.
 */
#ifndef KUNIT_FAKE_COLLECTOR_H
#define KUNIT_FAKE_COLLECTOR_H

#include <linux/bits.h>
#include <linux/completion.h>

#include "run/collection.h"

struct kunit;

/* The need of the collector "shared", and of the options of "stepping". */
#define FAKE_NEED	BIT(0)
#define FAKE_OPTION	BIT(1)

/**
 * struct fake_plan - what the collectors do, and what they saw
 * @missing: needs that are missing
 * @locked_down: whether the kernel is locked down
 * @generation: of memory hotplug
 * @collect_err: of the second view's collect
 * @wait: the work runs until the test ends it
 * @err: the work's error
 * @busy_begins: times that "stepping" fails to begin with -EBUSY before it does
 * @busy_steps: steps that fail with -EBUSY before one does not
 * @now: set to whether "stepping" had to take memory without waiting
 * @begun: completed when the work begins
 * @asked: set to the request
 */
struct fake_plan {
	unsigned long missing;
	bool locked_down;
	unsigned int generation;
	int collect_err;
	bool wait;
	int err;
	int busy_begins;
	int busy_steps;
	bool now;
	struct completion begun;
	struct ks_request asked;
};

extern struct fake_plan fake_plan;

/* Has two views, which one job collects together. */
extern const struct ks_collector fake_shared;
extern const struct ks_view fake_shared_views[];
extern struct ks_cost fake_shared_cost;

/* Has two records, which take two steps. */
extern const struct ks_collector fake_stepping;
extern const struct ks_view fake_stepping_views[];

/* tests/kunit/run keeps it off by the module parameter disable. */
extern const struct ks_collector fake_idle;
extern const struct ks_view fake_idle_views[];

int fake_jobs_begin(struct kunit *test);
u64 fake_jobs_memory(void);
void fake_jobs_end(struct kunit *test);

#endif /* KUNIT_FAKE_COLLECTOR_H */
