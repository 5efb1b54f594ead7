// SPDX-License-Identifier: GPL-2.0-only
/* Looks that tests make up, and what is found in them. */
#include <ctype.h>

#include "look_sample.h"

struct kms_look look;
struct kms_verdict verdict;

/* A host of 16 GiB at rest: 10 s, of which nothing grew in. */
int rest(void **state)
{
	static const uint64_t seconds[KMS_NR_LOOKS] = { 100, 103, 110 };
	size_t i;

	(void)state;
	kms_look_init(&look);
	look.page_bytes = PAGE;
	for (i = 0; i < KMS_NR_LOOKS; i++)
		look.at[i].boottime_ns = seconds[i] * SECOND;
	return 0;
}

int forget(void **state)
{
	(void)state;
	kms_verdict_free(&verdict);
	kms_look_free(&look);
	return 0;
}

/* A slab cache, with so many objects of a size in each look. */
void cache(const char *name, unsigned int reclaimable, uint64_t size,
		  const uint64_t objects[KMS_NR_LOOKS])
{
	size_t i;

	for (i = 0; i < KMS_NR_LOOKS; i++) {
		row_add(&look.at[i].slabs,
			"name=%s size=%" PRIu64 " reclaimable=%u nr_active_objects=%"
			PRIu64 " total_bytes=%" PRIu64, name, size,
			reclaimable, objects[i], objects[i] * size);
		row_add(&look.at[i].slab_nodes,
			"name=%s node=0 total_bytes=%" PRIu64, name,
			objects[i] * size);
	}
}

/* The host's memory in pages, the same in all looks but for unaccounted. */
void memory(uint64_t managed, uint64_t free, uint64_t slab,
		   const int64_t unaccounted[KMS_NR_LOOKS])
{
	size_t i;

	for (i = 0; i < KMS_NR_LOOKS; i++) {
		row_add(&look.at[i].nodes, "node=0 managed_pages=1");
		row_add(&look.at[i].nodes,
			"managed_pages=%" PRIu64 " free_pages=%" PRIu64
			" file_pages=100000 shmem_pages=10000 slab_reclaimable_pages=%"
			PRIu64 " slab_unreclaimable_pages=5000 unaccounted_pages=%"
			PRId64 " unaccounted_error_pages=1000", managed, free,
			slab, unaccounted ? unaccounted[i] : 0);
	}
}

void host(void)
{
	memory(4194304, 2000000, 50000, NULL);
}

/* What /proc/sys/fs/dentry-state said. */
void dentry_states(uint64_t before, uint64_t before_negative,
			  uint64_t now, uint64_t now_negative)
{
	look.at[KMS_LOOK_FIRST].dentries = (struct kms_dentry_state){
		true, before, before, before_negative,
	};
	look.at[KMS_LOOK_LAST].dentries = (struct kms_dentry_state){
		true, now, now, now_negative,
	};
}

void walked(size_t number, uint64_t negative, uint64_t positive,
		   unsigned int coverage)
{
	struct kms_walk *walk = &look.walk[number];

	walk->done = true;
	walk->boottime_ns = (number ? 108 : 101) * SECOND;
	row_add(&walk->dentries,
		"nr_hashed=%" PRIu64 " nr_negative=%" PRIu64 " nr_positive=%"
		PRIu64 " coverage_permille=%u", negative + positive, negative,
		positive, coverage);
}

void directory(size_t number, unsigned int inode, const char *path,
		      uint64_t negative, uint64_t positive)
{
	row_add(&look.walk[number].directories,
		"device=8:1 inode=%u generation=7 fs_type=ext4 path=%s nr_dentries=%"
		PRIu64 " nr_negative=%" PRIu64 " nr_positive=%" PRIu64
		" total_bytes=%" PRIu64 " coverage_permille=1000",
		inode, path, negative + positive, negative, positive,
		192 * (negative + positive));
}

void name(size_t number, unsigned int inode, unsigned int negative,
		 const char *text)
{
	row_add(&look.walk[number].names,
		"device=8:1 inode=%u generation=7 negative=%u name=%s", inode,
		negative, text);
}

struct kms_traced *traced(const char *cache, unsigned int explained)
{
	struct kms_traced *traced = &look.traced[look.nr_traced++];

	traced->cache = strdup(cache);
	traced->done = true;
	row_add(&traced->trace,
		"cache=%s duration_ns=5000000000 nr_allocs=1000 nr_frees=10 explained_permille=%u nr_dropped=0",
		cache, explained);
	traced->who = calloc(128, sizeof(*traced->who));
	return traced;
}

static size_t words_count(const char *text)
{
	size_t nr = 1;

	for (; *text; text++)
		nr += *text == ' ';
	return nr;
}

void judge(void)
{
	struct kms_error err = { 0 };

	assert_int_equal(kms_verdict_make(&verdict, &look, &err), KMS_OK);
	assert_int_equal(kms_remedies_fill(&verdict, &look, &err), KMS_OK);
	/* It is read at a glance. */
	assert_in_range(words_count(verdict.summary), 1, 20);
}

const struct kms_finding *only(enum kms_finding_kind kind)
{
	const struct kms_finding *found = NULL;
	size_t i;

	for (i = 0; i < verdict.nr_findings; i++) {
		if (verdict.finding[i].kind != kind)
			continue;
		assert_null(found);
		found = &verdict.finding[i];
	}
	assert_non_null(found);
	return found;
}

static void text_print(FILE *stream, void *arg)
{
	(void)arg;
	kms_verdict_print(stream, &verdict);
	kms_verdict_print_remedies(stream, &verdict);
}

/* Wherever a line was wrapped. */
static void unwrap(char *text)
{
	char *to = text;

	for (; *text; text++) {
		*to++ = isspace((unsigned char)*text) ? ' ' : *text;
		while (isspace((unsigned char)text[0]) &&
		       isspace((unsigned char)text[1]))
			text++;
	}
	*to = '\0';
}

static bool has_words(char *text, const char *words)
{
	if (strstr(text, words))
		return true;
	unwrap(text);
	return strstr(text, words);
}

void expect_words(const char *words)
{
	char *text = printed(text_print, NULL);
	bool found = has_words(text, words);

	if (!found)
		print_error("no '%s' in:\n%s", words, text);
	free(text);
	assert_true(found);
}

void expect_no_words(const char *words)
{
	char *text = printed(text_print, NULL);
	bool found = has_words(text, words);

	if (found)
		print_error("'%s' in:\n%s", words, text);
	free(text);
	assert_false(found);
}

void set(struct kms_rows *rows, size_t row, const char *column, int64_t number)
{
	size_t index;

	assert_true(row < rows->nr);
	assert_true(kms_kind_find(rows->kind, column, strlen(column), &index));
	rows->row[row][index] = number < 0 ? kms_value_signed(number) :
					     kms_value_unsigned(number);
}

void allocator(struct kms_traced *trace, const char *words,
		      uint64_t outstanding)
{
	row_add(&trace->allocators,
		"id=%zu %s nr_allocs=%" PRIu64 " nr_outstanding=%" PRIu64
		" allocs_per_second=9", trace->allocators.nr + 1, words,
		outstanding, outstanding);
}

struct kms_traced *leak(unsigned int explained)
{
	host();
	cache("kmalloc-256", 0, 256, EACH(5000, 95000, 305000));
	return traced("kmalloc-256", explained);
}
