/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a reader gets the records of a view.
 *
 * A reader takes a snapshot (ks_collect_begin), lets it be completed in short
 * steps while it reads (ks_collect_step), and gives it back (ks_collect_end).
 * Each of them says whether the caller may wait for a lock or for memory.
 */
#ifndef KS_RUN_COLLECTION_H
#define KS_RUN_COLLECTION_H

#include <linux/time64.h>
#include <linux/types.h>

#include "run/view.h"

/* A lock of the kernel's that stays busy for longer than this is an error. */
#define KS_PATIENCE_NS		(2 * (u64)NSEC_PER_SEC)

/**
 * struct ks_collection - a collection under way, one reader's own
 * @view: its view
 * @snap: its records: complete up to @snap->nr_valid
 * @ns: time spent on it so far
 * @generation: of memory hotplug, when it began
 * @shared: whether another collection of the same work has the cost of both
 */
struct ks_collection {
	const struct ks_view *view;
	struct ks_snapshot *snap;
	u64 ns;
	unsigned int generation;
	bool shared;
};

int ks_collect_init(void);
void ks_collect_switch(bool on);
const struct ks_view *ks_collect_find(u8 cmd);
const struct ks_view *ks_collect_find_work(const char *kind);

const bool *ks_collect_allowed(void);
void ks_extack_set(struct netlink_ext_ack *extack, const char *text);
void ks_collect_explain(const struct ks_view *view, int err,
			struct netlink_ext_ack *extack);
const char *ks_collect_refusal(const struct ks_view *view);
int ks_collect_begin(struct ks_collection *c, const struct ks_view *view,
		     const void *want, unsigned long options, u64 wait_ns,
		     struct netlink_ext_ack *extack);
int ks_collect_begin_by(struct ks_collection *c, const struct ks_view *view,
			const void *want, unsigned long options,
			const struct ks_progress *wait,
			struct netlink_ext_ack *extack);
int ks_collect_step(struct ks_collection *c, u64 wait_ns,
		    struct netlink_ext_ack *extack);
int ks_collect_step_by(struct ks_collection *c, const struct ks_progress *wait,
		       struct netlink_ext_ack *extack);
bool ks_collect_is_long(const struct ks_view *view);
bool ks_collect_complete(const struct ks_collection *c);
void ks_collect_end(struct ks_collection *c);

void ks_collector_describe(const struct ks_collector *collector,
			   struct ks_collector_record *record);
void ks_collectors_describe(struct ks_status_record *record);

#endif /* KS_RUN_COLLECTION_H */
