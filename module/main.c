// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemscope: shows where kernel memory went.
 *
 * This file is the map. internals/ finds what the kernel does not export,
 * collect/ and trace/ read the memory management, run/ runs them, record/ has
 * their records, and export/ shows these to people and programs. See
 * module/README.md.
 */
#include <linux/build_bug.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include "collect/collectors.h"
#include "export/debugfs.h"
#include "export/netlink.h"
#include "internals/hotplug.h"
#include "internals/internals.h"
#include "record/kinds.h"
#include "run/collection.h"
#include "run/job.h"
#include "run/status.h"
#include "trace/trace.h"

/* In the order in which status and the load line name them. */
const struct ks_collector *const ks_collectors[] = {
	&ks_collector_self,
	&ks_collector_slab,
	&ks_collector_zone,
	&ks_collector_buddy,
	&ks_collector_migratetype,
	&ks_collector_node,
	&ks_collector_counter,
	&ks_collector_dentry,
	&ks_collector_trace,
};

const unsigned int ks_nr_collectors = ARRAY_SIZE(ks_collectors);

static_assert(ARRAY_SIZE(ks_collectors) <= KS_MAX_COLLECTORS);

/* Prints one line at load. Its buffers go with the rest of __init. */
static void __init load_announce(void)
{
	static struct ks_collector_record record __initdata;
	static struct ks_status_record status __initdata;
	static char off[1024] __initdata;
	unsigned int i, len = 0;

	ks_status_fill(&status);
	for (i = 0; i < ks_nr_collectors; i++) {
		ks_record_init(&ks_kind_collector, &record);
		ks_collector_describe(ks_collectors[i], &record);
		if (record.reason[0])
			len += scnprintf(off + len, sizeof(off) - len,
					 "%s%s (%s)", len ? ", " : "; off: ",
					 record.name, record.reason);
	}
	pr_info("version %s, on: %s%s\n", status.version,
		status.collectors_on, off);
}

static int __init kmemscope_init(void)
{
	int err;

	err = ks_collect_init();
	if (err)
		return err;
	err = ks_hotplug_init();
	if (err)
		return err;
	/* Missing internals turn collectors off, and are no error. */
	ks_internals_init();
	err = ks_job_init();
	if (err)
		goto err_internals;
	/* The last step that can fail: from here on there are readers. */
	err = ks_netlink_init();
	if (err)
		goto err_job;
	ks_debugfs_init();
	load_announce();
	return 0;

err_job:
	ks_job_exit();
err_internals:
	ks_internals_exit();
	ks_hotplug_exit();
	return err;
}
module_init(kmemscope_init);

static void __exit kmemscope_exit(void)
{
	ks_debugfs_exit();
	ks_netlink_exit();
	ks_job_exit();
	ks_internals_exit();
	ks_hotplug_exit();
}
module_exit(kmemscope_exit);

MODULE_DESCRIPTION("Shows where the kernel's memory went");
MODULE_AUTHOR("kmemscope developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(KMEMSCOPE_VERSION);
