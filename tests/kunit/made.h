/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Collectors made up, which do as they are told: for the code that runs any.
 */
#ifndef KUNIT_MADE_H
#define KUNIT_MADE_H

#include <linux/bits.h>
#include <linux/completion.h>

#include "run/collection.h"

struct kunit;

/* What the collector "shared" needs, and the options of "stepping". */
#define MADE_NEED	BIT(0)
#define MADE_OPTION	BIT(1)

/**
 * struct plan - what the collectors do, and what came of it
 * @missing: needs that this host does not meet
 * @locked_down: whether it is locked down
 * @generation: of memory hotplug
 * @collect_err: of the second view's collect
 * @wait: the work goes on until somebody ends it
 * @err: the work's error
 * @busy_begins: times that "stepping" fails to begin with -EBUSY before it does
 * @busy_steps: steps that fail with -EBUSY before one does not
 * @now: set to whether "stepping" was to take only memory that is free at once
 * @begun: when the work began
 * @asked: what it was asked for
 */
struct plan {
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

extern struct plan made_plan;

/* Two views that one job collects together. */
extern const struct ks_collector made_shared;
extern const struct ks_view made_shared_views[];
extern struct ks_cost made_shared_cost;

/* One of two records, which come in two steps. */
extern const struct ks_collector made_stepping;
extern const struct ks_view made_stepping_views[];

/* One that tests/kunit/run keeps off by the module parameter disable. */
extern const struct ks_collector made_idle;
extern const struct ks_view made_idle_views[];

int made_begin(struct kunit *test);
u64 made_memory(void);
void made_end(struct kunit *test);

#endif /* KUNIT_MADE_H */
