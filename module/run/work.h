/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What only a job does: a view's work, for all views that share it.
 */
#ifndef KS_RUN_WORK_H
#define KS_RUN_WORK_H

#include "run/collection.h"

/**
 * struct ks_collected - what one job collected
 * @c: a collection for each view; without a snapshot once it was taken
 * @nr: how many
 */
struct ks_collected {
	struct ks_collection c[KS_MAX_TOGETHER];
	unsigned int nr;
};

int ks_collected_run(struct ks_collected *all, const struct ks_view *view,
		     const struct ks_request *asked,
		     struct ks_progress *progress,
		     struct netlink_ext_ack *extack);
bool ks_collected_take(struct ks_collected *all, const struct ks_view *view,
		       struct ks_collection *c);
bool ks_collected_has(const struct ks_collected *all);
void ks_collected_end(struct ks_collected *all);

#endif /* KS_RUN_WORK_H */
