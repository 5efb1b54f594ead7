// SPDX-License-Identifier: GPL-2.0-only
/* Who has vmalloc memory, by /proc/vmallocinfo. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/file.h"
#include "host/vmallocinfo.h"
#include "lib/text.h"

#define MAX_TEXT_BYTES (64 * 1024 * 1024)

/* Functions that allocate: a module or two have a thousand, no more. */
#define MAX_CALLERS 4096

/* A line: 0x...-0x... SIZE CALLER [MODULE] pages=N ... vmalloc N0=M ... */
struct area {
	const char *caller;
	const char *module;	/* "[name]", or NULL */
	uint64_t nr_pages;
	bool is_mapped;		/* by vmap(): its pages are not of vmalloc() */
};

static bool is_range(const char *word)
{
	return word && !strncmp(word, "0x", 2) && strstr(word + 2, "-0x");
}

static bool area_parse(struct area *area, char *line)
{
	uint64_t size;
	char *word;

	*area = (struct area){ 0 };
	if (!is_range(strsep(&line, " ")))
		return false;
	/* The size is filled up with blanks. */
	while ((word = strsep(&line, " ")) && !*word)
		;
	if (!word || !kms_text_number(word, UINT64_MAX, &size))
		return false;
	area->caller = strsep(&line, " ");
	while ((word = strsep(&line, " "))) {
		if (!strncmp(word, "pages=", 6))
			kms_text_number(word + 6, UINT32_MAX, &area->nr_pages);
		else if (!strcmp(word, "vmap"))
			area->is_mapped = true;
		else if (*word == '[' && !area->module)
			area->module = word;
	}
	/* Areas of devices have no pages, and free ones no caller. */
	return area->nr_pages && *area->caller;
}

/* "vzalloc_of+0x1a/0x30 [driver]" as "vzalloc_of [driver]", escaped */
static char *name_of(const struct area *area)
{
	size_t len = strcspn(area->caller, "+");
	char *name, *escaped;

	if (asprintf(&name, "%.*s%s%s", (int)len, area->caller,
		     area->module ? " " : "", area->module ?: "") < 0)
		return NULL;
	escaped = kms_text_escape(name, strlen(name));
	free(name);
	return escaped;
}

static int caller_compare(const void *a, const void *b)
{
	const struct kms_vmalloc_caller *left = a, *right = b;

	return strcmp(left->name, right->name);
}

/* Where the name is, or belongs. */
static size_t index_of(const struct kms_vmalloc_callers *callers,
		       const char *name)
{
	size_t low = 0, high = callers->nr, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (strcmp(callers->caller[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Find or insert the caller, whose name is taken over; NULL: no room. */
static struct kms_vmalloc_caller *
caller_take(struct kms_vmalloc_callers *callers, char *name)
{
	size_t at = index_of(callers, name);
	struct kms_vmalloc_caller *found = &callers->caller[at];

	if (at < callers->nr && !strcmp(found->name, name)) {
		free(name);
		return found;
	}
	if (callers->nr == MAX_CALLERS) {
		free(name);
		return NULL;
	}
	memmove(found + 1, found, (callers->nr - at) * sizeof(*found));
	*found = (struct kms_vmalloc_caller){ .name = name };
	callers->nr++;
	return found;
}

bool kms_vmalloc_callers_parse(struct kms_vmalloc_callers *callers, char *text,
			       uint64_t page_bytes)
{
	struct kms_vmalloc_caller *caller;
	struct area area;
	char *line, *name;

	*callers = (struct kms_vmalloc_callers){ .known = true };
	callers->caller = calloc(MAX_CALLERS + 1, sizeof(*callers->caller));
	if (!callers->caller)
		return false;
	while ((line = strsep(&text, "\n"))) {
		if (!area_parse(&area, line))
			continue;
		name = name_of(&area);
		if (!name)
			return false;
		caller = caller_take(callers, name);
		if (!caller) {
			callers->known = false;
			continue;
		}
		caller->nr++;
		if (area.is_mapped)
			caller->mapped_bytes += area.nr_pages * page_bytes;
		else
			caller->bytes += area.nr_pages * page_bytes;
	}
	return true;
}

bool kms_vmalloc_callers_read(struct kms_vmalloc_callers *callers,
			      const char *path, uint64_t page_bytes)
{
	char *text = kms_file_read(path, MAX_TEXT_BYTES);
	bool complete = true;

	*callers = (struct kms_vmalloc_callers){ 0 };
	/* Sums of a part would be compared with sums of all. */
	if (text && strlen(text) < MAX_TEXT_BYTES)
		complete = kms_vmalloc_callers_parse(callers, text, page_bytes);
	free(text);
	return complete;
}

const struct kms_vmalloc_caller *
kms_vmalloc_callers_find(const struct kms_vmalloc_callers *callers,
			 const char *name)
{
	const struct kms_vmalloc_caller key = { .name = (char *)name };

	if (!callers->nr)
		return NULL;
	return bsearch(&key, callers->caller, callers->nr,
		       sizeof(*callers->caller), caller_compare);
}

void kms_vmalloc_callers_free(struct kms_vmalloc_callers *callers)
{
	size_t i;

	for (i = 0; i < callers->nr; i++)
		free(callers->caller[i].name);
	free(callers->caller);
	*callers = (struct kms_vmalloc_callers){ 0 };
}
