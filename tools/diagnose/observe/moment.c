// SPDX-License-Identifier: GPL-2.0-only
/* Observe one point in time. */
#include <stdlib.h>

#include "diagnose/observe/jobs.h"
#include "diagnose/observe/moment.h"
#include "diagnose/observe/proc.h"
#include "host/file.h"
#include "lib/clock.h"

void kms_records_observe(struct kms_observation *obs, struct kms_nl *nl,
			 struct kms_records *records, bool *partial, bool note)
{
	struct kms_rows rows = { .kind = records->type->kind };
	struct kms_request request = kms_request_rows(rows.kind);
	struct kms_error err = { 0 };
	enum kms_status status;

	status = kms_nl_dump(nl, &request, &rows, &err);
	if (status == KMS_PARTIAL)
		*partial = true;
	else if (status && note)
		kms_strings_add(&obs->missing, "%s: %s", rows.kind->name,
				err.text);
	if (!kms_records_fill(records, &rows))
		obs->missing.failed = true;
	kms_rows_free(&rows);
}

static void peak_follow(struct kms_peak *peak, uint64_t pages)
{
	if (pages == KMS_UNKNOWN)
		return;
	if (pages > peak->highest_pages)
		peak->highest_pages = pages;
	if (peak->highest_pages - pages > peak->fall_pages)
		peak->fall_pages = peak->highest_pages - pages;
}

/* Moments that are not kept show what goes up and down. */
static void peaks_follow(struct kms_observation *obs,
			 const struct kms_moment *moment)
{
	const struct kms_node_record *host = kms_moment_host(moment);

	if (!host)
		return;
	peak_follow(&obs->anon_peak, host->anon_pages);
	peak_follow(&obs->shmem_peak, host->shmem_pages);
}

void kms_moment_observe(struct kms_observation *obs, struct kms_nl *nl,
			struct kms_moment *moment)
{
	bool note = moment == &obs->moment[KMS_MOMENT_FIRST];
	char *text;

	moment->partial = false;
	moment->boottime_ns = kms_now_ns();
	kms_records_observe(obs, nl, &moment->slabs.any, &moment->partial,
			    note);
	kms_records_observe(obs, nl, &moment->slab_nodes.any,
			    &moment->partial, note);
	kms_records_observe(obs, nl, &moment->nodes.any, &moment->partial,
			    note);
	peaks_follow(obs, moment);
	text = kms_file_read("/proc/sys/fs/dentry-state", 4096);
	moment->dentries = kms_dentry_state_parse(text ?: "");
	free(text);
	text = kms_file_read("/proc/meminfo", 64 * 1024);
	moment->meminfo = kms_meminfo_parse(text ?: "");
	free(text);
}
