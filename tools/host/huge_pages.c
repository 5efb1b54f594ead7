// SPDX-License-Identifier: GPL-2.0-only
/* The pools of huge pages, by /sys/kernel/mm/hugepages. */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/file.h"
#include "host/huge_pages.h"
#include "lib/array.h"
#include "lib/text.h"

/* No page is larger; it also keeps products of sizes in range. */
#define MAX_PAGE_KIB UINT32_MAX
#define MAX_PAGES UINT32_MAX

/* A file with one number and a line break. */
static bool number_read(const char *folder, const char *pool, const char *name,
			uint64_t *number)
{
	char path[600], *text;
	bool known;

	snprintf(path, sizeof(path), "%.250s/%.100s/%s", folder, pool, name);
	text = kms_file_read(path, 64);
	if (!text)
		return false;
	text[strcspn(text, "\n")] = '\0';
	known = kms_text_number(text, MAX_PAGES, number);
	free(text);
	return known;
}

/* "hugepages-2048kB" */
static bool size_parse(const char *name, uint64_t *bytes)
{
	static const char start[] = "hugepages-", end[] = "kB";
	char number[24];
	size_t len;

	if (strncmp(name, start, strlen(start)))
		return false;
	name += strlen(start);
	len = strspn(name, "0123456789");
	if (!len || len >= sizeof(number) || strcmp(name + len, end))
		return false;
	snprintf(number, sizeof(number), "%.*s", (int)len, name);
	if (!kms_text_number(number, MAX_PAGE_KIB, bytes) || !*bytes)
		return false;
	*bytes *= 1024;
	return true;
}

static bool pool_read(struct kms_huge_pool *pool, const char *folder,
		      const char *name)
{
	const struct {
		const char *name;
		uint64_t *number;
	} files[] = {
		{ "nr_hugepages", &pool->nr },
		{ "free_hugepages", &pool->nr_free },
		{ "resv_hugepages", &pool->nr_reserved },
		{ "surplus_hugepages", &pool->nr_surplus },
	};
	size_t i;

	if (!size_parse(name, &pool->page_bytes))
		return false;
	for (i = 0; i < ARRAY_SIZE(files); i++)
		if (!number_read(folder, name, files[i].name, files[i].number))
			return false;
	return true;
}

static int pool_compare(const void *a, const void *b)
{
	const struct kms_huge_pool *left = a, *right = b;

	return left->page_bytes < right->page_bytes ? -1 :
	       left->page_bytes > right->page_bytes;
}

void kms_huge_pools_read(struct kms_huge_pools *pools, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	*pools = (struct kms_huge_pools){ 0 };
	while (dir && pools->nr < KMS_MAX_HUGE_POOLS && (entry = readdir(dir)))
		pools->nr += pool_read(&pools->pool[pools->nr], folder,
				       entry->d_name);
	if (dir)
		closedir(dir);
	qsort(pools->pool, pools->nr, sizeof(pools->pool[0]), pool_compare);
}

uint64_t kms_huge_pool_unused(const struct kms_huge_pool *pool)
{
	/* The files are read one after the other. */
	uint64_t nr_free = pool->nr_free < pool->nr ? pool->nr_free : pool->nr;

	return nr_free > pool->nr_reserved ? nr_free - pool->nr_reserved : 0;
}
