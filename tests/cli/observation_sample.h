/* SPDX-License-Identifier: GPL-2.0-only */
/* Observations that tests make up, and what is found in them. */
#ifndef KMS_TEST_OBSERVATION_SAMPLE_H
#define KMS_TEST_OBSERVATION_SAMPLE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/judge/verdict.h"
#include "diagnose/observe/directories.h"
#include "diagnose/tell/remedies.h"
#include "diagnose/tell/text.h"
#include "sample.h"

#define SECOND 1000000000ull
#define MIB (1024 * 1024ull)
#define PAGE 4096ull

#define EACH(a, b, c) ((const uint64_t[]){ a, b, c })
#define EACH_SIGNED(a, b, c) ((const int64_t[]){ a, b, c })

#define TEST(function) cmocka_unit_test_setup_teardown(function, rest, forget)

extern struct kms_observation obs;
extern struct kms_verdict verdict;

/* An observation of 10 s at 100, 103 and 110 s, and its end. */
int rest(void **state);
int forget(void **state);

/* Append a record that is absent; its texts are to be of strdup(). */
void *add(struct kms_records *records);

/* A slab cache, with its objects at each moment. */
void cache(const char *name, unsigned int reclaimable, uint64_t size,
	   const uint64_t objects[KMS_NR_MOMENTS]);

/* The bytes of a slab cache on a node at a moment. */
void slab_node(size_t number, const char *name, uint64_t node, uint64_t bytes);

/* The host's memory in pages, the same at all moments but for unaccounted. */
void memory(uint64_t managed, uint64_t free, uint64_t slab,
	    const int64_t unaccounted[KMS_NR_MOMENTS]);

/* A host of 16 GiB, half of it free. */
void host(void);

/* The contents of /proc/sys/fs/dentry-state. */
void dentry_states(uint64_t before, uint64_t before_negative, uint64_t now,
		   uint64_t now_negative);

/* A zone, and how fragmented it is for an order. */
struct kms_zone_record *zone_add(unsigned int node, const char *name,
				 uint64_t managed);
void buddy_add(unsigned int node, const char *zone, unsigned int order,
	       int64_t index);

/* A walk, with directories and names. */
void walked(size_t number, uint64_t negative, uint64_t positive,
	    unsigned int coverage);
void directory(size_t number, unsigned int inode, const char *path,
	       uint64_t negative, uint64_t positive);
void name(size_t number, unsigned int inode, unsigned int negative,
	  const char *text);

/* A trace of a cache, without allocators. */
struct kms_trace *trace_add(const char *cache, unsigned int explained);

/* An allocator of a trace, and its objects that were not freed. */
void allocator(struct kms_trace *trace, const char *words,
	       uint64_t outstanding);

/* A host whose kmalloc-256 grows by 7.3 MiB/s, and its trace. */
struct kms_trace *leak(unsigned int explained);

/* The host's files were read before and after, 10 s apart. */
void host_moments(void);

/* A process at one of these; add them by pid. */
struct kms_process_memory *task_at(size_t number, uint32_t pid, uint32_t parent,
				   const char *name);

/* A tmpfs at one of these, of a device 0:MINOR. */
struct kms_tmpfs *tmpfs(size_t number, unsigned int minor, const char *point,
			uint64_t used);

/* Set a counter of the host, by its offset in the node's record. */
void host_pages(size_t offset, const uint64_t pages[KMS_NR_MOMENTS]);

#define HOST_PAGES(member, a, b, c) \
	host_pages(offsetof(struct kms_node_record, member), EACH(a, b, c))

/* Find directories, judge, and append remedies. */
void judge(void);

/* The only finding of a kind. */
const struct kms_finding *only(enum kms_finding_kind kind);

/* The text, or the remedies, must or must not have these words. */
void expect_words(const char *words);
void expect_no_words(const char *words);

#endif /* KMS_TEST_OBSERVATION_SAMPLE_H */
