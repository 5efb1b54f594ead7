// SPDX-License-Identifier: GPL-2.0-only
/* How much tasks wait for memory, by /proc/pressure/memory and /proc/vmstat. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/file.h"
#include "host/pressure.h"
#include "lib/array.h"
#include "lib/clock.h"

#define UNKNOWN UINT64_MAX
#define MAX_BYTES (64 * 1024)

void kms_pressure_init(struct kms_pressure *pressure)
{
	*pressure = (struct kms_pressure){
		.some_us = UNKNOWN,
		.full_us = UNKNOWN,
		.some_avg10_permille = UNKNOWN,
		.full_avg10_permille = UNKNOWN,
		.refaults = UNKNOWN,
		.refaults_file = UNKNOWN,
		.refaults_anon = UNKNOWN,
		.stalls = UNKNOWN,
		.scanned = UNKNOWN,
		.swapped_in = UNKNOWN,
		.swapped_out = UNKNOWN,
		.oom_kills = UNKNOWN,
	};
}

/* "some avg10=1.53 avg60=0.87 avg300=0.20 total=124536" */
static void stall_parse(const char *text, const char *name, uint64_t *us,
			uint64_t *avg10_permille)
{
	unsigned int whole, hundredths;
	unsigned long long total;
	char format[100];

	text = strstr(text, name);
	snprintf(format, sizeof(format),
		 "%s avg10=%%u.%%2u avg60=%%*f avg300=%%*f total=%%llu", name);
	if (!text ||
	    sscanf(text, format, &whole, &hundredths, &total) != 3)
		return;
	*us = total;
	*avg10_permille = whole * 10ull + hundredths / 10;
}

void kms_pressure_parse_stall(struct kms_pressure *pressure, const char *text)
{
	stall_parse(text, "some", &pressure->some_us,
		    &pressure->some_avg10_permille);
	stall_parse(text, "full", &pressure->full_us,
		    &pressure->full_avg10_permille);
}

static void count_add(uint64_t *sum, uint64_t number)
{
	*sum = *sum == UNKNOWN ? number : *sum + number;
}

/*
 * Counters of /proc/vmstat.  Of some there is one for each zone, so a name that
 * ends with "_" stands for all that begin with it.
 */
static void counter_take(struct kms_pressure *pressure, const char *name,
			 uint64_t number)
{
	const struct {
		const char *name;
		uint64_t *sum;
	} counters[] = {
		/* Until v5.8 one for all pages, then one for each kind. */
		{ "workingset_refault", &pressure->refaults },
		{ "workingset_refault_file", &pressure->refaults },
		{ "workingset_refault_anon", &pressure->refaults },
		{ "workingset_refault_file", &pressure->refaults_file },
		{ "workingset_refault_anon", &pressure->refaults_anon },
		{ "allocstall", &pressure->stalls },
		{ "allocstall_", &pressure->stalls },
		/* The reclaim of cgroups at their limits is not in these. */
		{ "pgscan_kswapd", &pressure->scanned },
		{ "pgscan_direct", &pressure->scanned },
		{ "pswpin", &pressure->swapped_in },
		{ "pswpout", &pressure->swapped_out },
		{ "oom_kill", &pressure->oom_kills },
	};
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(counters); i++) {
		len = strlen(counters[i].name);
		if (!strcmp(name, counters[i].name) ||
		    (counters[i].name[len - 1] == '_' &&
		     !strncmp(name, counters[i].name, len)))
			count_add(counters[i].sum, number);
	}
}

void kms_pressure_parse_vmstat(struct kms_pressure *pressure,
			       const char *text)
{
	unsigned long long number;
	char name[64];

	for (; text; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (sscanf(text, "%63s %llu", name, &number) == 2)
			counter_take(pressure, name, number);
	}
}

void kms_pressure_read(struct kms_pressure *pressure, const char *proc)
{
	char path[300], *text;

	kms_pressure_init(pressure);
	pressure->boottime_ns = kms_now_ns();
	snprintf(path, sizeof(path), "%.250s/pressure/memory", proc);
	text = kms_file_read(path, MAX_BYTES);
	kms_pressure_parse_stall(pressure, text ?: "");
	free(text);
	snprintf(path, sizeof(path), "%.250s/vmstat", proc);
	text = kms_file_read(path, MAX_BYTES);
	kms_pressure_parse_vmstat(pressure, text ?: "");
	free(text);
}
