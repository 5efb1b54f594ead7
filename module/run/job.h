/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Jobs: collections that take too long for a reader to wait.
 *
 * A job runs on a workqueue of the module. Its socket polls it by records of
 * kind job, and takes each of its results once. The job ends with its socket.
 */
#ifndef KS_RUN_JOB_H
#define KS_RUN_JOB_H

#include <linux/types.h>

struct netlink_ext_ack;
struct ks_request;
struct ks_collection;
struct ks_job_record;
struct ks_snapshot;
struct ks_view;

int ks_job_init(void);
void ks_job_exit(void);

int ks_job_start(const struct ks_view *view, const struct ks_request *asked,
		 u32 owner, struct ks_job_record *record,
		 struct netlink_ext_ack *extack);
int ks_job_wait(struct ks_collection *c, const struct ks_view *view,
		struct netlink_ext_ack *extack);
int ks_job_collect(struct ks_collection *c, const struct ks_view *view,
		   struct netlink_ext_ack *extack);
int ks_job_take(u32 id, u32 owner, const struct ks_view *view,
		struct ks_collection *c, struct netlink_ext_ack *extack);
int ks_job_stop(u32 id, u32 owner, struct netlink_ext_ack *extack);
int ks_job_finish(u32 id, u32 owner, struct netlink_ext_ack *extack);
void ks_job_release(u32 owner);
int ks_job_list(struct ks_snapshot *snap, struct netlink_ext_ack *extack);

#endif /* KS_RUN_JOB_H */
