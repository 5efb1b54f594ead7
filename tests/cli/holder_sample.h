/* SPDX-License-Identifier: GPL-2.0-only */
/* What the host says of processes, files and sockets, made up by tests. */
#ifndef KMS_TEST_HOLDER_SAMPLE_H
#define KMS_TEST_HOLDER_SAMPLE_H

#include "observation_sample.h"

#define FROM_NONE(n) EACH(1000, 1000 + (n) * 3 / 10, 1000 + (n))
#define STILL EACH(1000, 1000, 1000)

/* The host's moments are as far apart as the module's. */
void whole_moments(void);

/* A host of 16 GiB, with these moments. */
void start(void);

/* A process at one moment; call this by rising pid. */
void process_at(size_t number, uint32_t pid, uint32_t parent, const char *name,
		uint32_t threads, bool zombie);

/* One that was there all the time; by rising pid. */
struct kms_holder_facts *old_process(uint32_t pid, const char *name);

/* A process that opened files of a kind. */
struct kms_holder_facts *opener(uint32_t pid, const char *name,
				enum kms_file_kind kind, uint32_t before,
				uint32_t after);

void socket_add(uint64_t inode, uint32_t pid, enum kms_socket_family family,
		uint64_t received, uint64_t sent);

/* The pages of TCP before and after. */
void sockstats(uint64_t before, uint64_t after);

/* The only finding, of this cause. */
const struct kms_finding *one(const char *cause);

/* The first finding of this cause, or NULL. */
const struct kms_finding *of_cause(const char *cause);

/* The caches of n TCP sockets that stay open. */
void tcp_caches(uint64_t n);

#endif /* KMS_TEST_HOLDER_SAMPLE_H */
