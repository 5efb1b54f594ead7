// SPDX-License-Identifier: GPL-2.0-only
/* A node whose memory is nearly gone, while others have plenty. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/judge/growers.h"
#include "diagnose/judge/judge.h"
#include "diagnose/judge/series.h"
#include "lib/words.h"

/* Full in less than this is worth knowing. */
#define HORIZON_SECONDS 3600

/* Less left of a node, out of 1000, is nearly gone; others have plenty. */
#define GONE_PERMILLE 30
#define PLENTY_PERMILLE 200

/*
 * Programs take memory of their own node first, also those that are not bound.
 * From here on the node is the first wall, if others have so much left.
 */
#define HALF_PERMILLE 500
#define FREE_PERMILLE 750

/* A smaller node of the host is no wall for its programs. */
#define MIN_NODE_PERMILLE 20

/* A finding with this much of the node's growth has the same cause. */
#define SAME_PERMILLE 500

/* What is left on a node, at the three moments. */
struct left {
	uint64_t node;
	uint64_t managed;	/* bytes */
	struct kms_series series;
	uint64_t full_seconds;	/* at its steady rate, or KMS_UNKNOWN */
	int64_t loss;		/* bytes in the observation */
};

static const struct kms_node_record *node_at(const struct kms_moment *moment,
					     uint64_t number)
{
	const struct kms_node_record *node;

	kms_for_each(node, &moment->nodes)
		if (node->node == number)
			return node;
	return NULL;
}

/* Free, and what the kernel reclaims without swap. */
static uint64_t left_at(const struct kms_case *c,
			const struct kms_node_record *node)
{
	uint64_t file;

	if (!node || node->free_pages == KMS_UNKNOWN ||
	    node->file_pages == KMS_UNKNOWN ||
	    node->shmem_pages == KMS_UNKNOWN ||
	    node->slab_reclaimable_pages == KMS_UNKNOWN)
		return KMS_UNKNOWN;
	file = node->file_pages > node->shmem_pages ?
	       node->file_pages - node->shmem_pages : 0;
	return (node->free_pages + file + node->slab_reclaimable_pages) *
	       c->obs->page_bytes;
}

static bool left_fill(const struct kms_case *c, struct left *left,
		      uint64_t number)
{
	const struct kms_node_record *node;
	uint64_t bytes, rate;
	size_t i;

	*left = (struct left){ .node = number, .series.known = true,
			       .full_seconds = KMS_UNKNOWN };
	for (i = 0; i < KMS_NR_MOMENTS; i++) {
		node = node_at(&c->obs->moment[i], number);
		bytes = left_at(c, node);
		if (bytes > INT64_MAX || node->managed_pages == KMS_UNKNOWN)
			return false;
		/* What is lost grows. */
		left->series.at[i] = -(int64_t)bytes;
		left->managed = node->managed_pages * c->obs->page_bytes;
	}
	if (kms_permille(left->managed, c->verdict->totals.managed) <
	    MIN_NODE_PERMILLE)
		return false;
	if (!kms_series_is_steady(c, &left->series, kms_process_memory_floor(c)))
		return true;
	left->loss = kms_series_growth(&left->series);
	rate = kms_per_second(left->loss, c->ns);
	if (rate)
		left->full_seconds = -left->series.at[KMS_MOMENT_LAST] / rate;
	return true;
}

static uint64_t left_now(const struct left *left)
{
	return -left->series.at[KMS_MOMENT_LAST];
}

/* Memory of a node ends first, and then it is another's turn, or not. */
static bool is_full(const struct left *left)
{
	return left->full_seconds <= HORIZON_SECONDS ||
	       kms_permille(left_now(left), left->managed) < GONE_PERMILLE;
}

static bool has_plenty(const struct left *left)
{
	return kms_permille(left_now(left), left->managed) >= PLENTY_PERMILLE &&
	       (left->full_seconds == KMS_UNKNOWN ||
		left->full_seconds > HORIZON_SECONDS);
}

/* Does a list as "0-1,4" have the number? */
static bool list_has(const char *list, uint64_t number)
{
	unsigned long long first, last;
	char *end;

	while (*list) {
		first = strtoull(list, &end, 10);
		if (end == list)
			return false;
		last = first;
		list = end;
		if (*list == '-') {
			last = strtoull(list + 1, &end, 10);
			if (end == list + 1)
				return false;
			list = end;
		}
		if (number >= first && number <= last)
			return true;
		list += *list == ',';
	}
	return false;
}

/* Is a process bound to this node, away from the other?  By its cpuset only. */
static const char *bound_mems(const struct kms_case *c,
			      const struct kms_found_holder *holder,
			      uint64_t node, uint64_t other)
{
	const struct kms_process_memory *process = holder->pid == KMS_UNKNOWN ?
		NULL : kms_process_memories_find(&c->obs->host[KMS_HOST_AFTER].processes,
						 holder->pid);

	if (!process || !*process->mems || !list_has(process->mems, node) ||
	    list_has(process->mems, other))
		return NULL;
	return process->mems;
}

/* The finding about what grows on this node; NULL: there is none. */
static struct kms_finding *cause_find(struct kms_case *c,
				      const struct left *left)
{
	struct kms_finding *finding, *found = NULL;
	size_t i;

	for (i = 0; i < c->verdict->nr_findings; i++) {
		finding = &c->verdict->finding[i];
		if (finding->growth_bytes == KMS_UNKNOWN || !left->loss ||
		    finding->reclaimable ||
		    kms_permille(finding->growth_bytes, left->loss) <
		    SAME_PERMILLE)
			continue;
		if (!found || finding->growth_bytes > found->growth_bytes)
			found = finding;
	}
	return found;
}

static const char *node_words(struct kms_case *c, const struct left *left)
{
	if (left->full_seconds != KMS_UNKNOWN && left->full_seconds)
		return kms_strings_add(c->strings, "node %llu is full in %s",
				       (unsigned long long)left->node,
				       kms_seconds_words(c, left->full_seconds));
	return kms_strings_add(c->strings, "node %llu is full",
			       (unsigned long long)left->node);
}

static const char *other_words(struct kms_case *c, const struct left *other)
{
	return kms_strings_add(c->strings, "node %llu has %s available",
			       (unsigned long long)other->node,
			       kms_words_bytes(left_now(other)).text);
}

static void severity_fill(struct kms_finding *finding,
			  const struct left *left, bool bound)
{
	bool grows = left->full_seconds != KMS_UNKNOWN;
	/* Programs that fill it are not bound to it as long as none is known. */
	bool known = finding->nr_holders;

	finding->severity = grows && bound ? KMS_CRITICAL :
			    grows && known ? KMS_WARNING : KMS_NOTICE;
	finding->why_severe = grows && bound ?
		"what is bound to the node stalls or is killed when it is full" :
		grows ?
		"if its programs are bound to the node, they stall when it is full" :
		"others can be used, unless a program is bound to this node";
}

/* Does the growth fill this node long before the host? */
static bool is_first_wall(const struct kms_finding *finding,
			  const struct left *left, const struct left *other)
{
	return left->full_seconds <= HORIZON_SECONDS &&
	       finding->sure != KMS_POSSIBLE &&
	       finding->severity != KMS_NOTICE &&
	       (finding->full_seconds == KMS_UNKNOWN ||
		left->full_seconds < finding->full_seconds / 2) &&
	       kms_permille(left_now(left), left->managed) < HALF_PERMILLE &&
	       kms_permille(left_now(other), other->managed) >= FREE_PERMILLE;
}

static void finding_fill(struct kms_case *c, struct kms_finding *finding,
			 const struct left *left, const struct left *other,
			 const char *mems)
{
	finding->kind = KMS_FINDING_NODE_FULL;
	finding->cause = "node_full";
	if (left->full_seconds != KMS_UNKNOWN)
		finding->full_seconds = left->full_seconds;
	severity_fill(finding, left, mems);
	kms_tell(c, &finding->evidence, "node %llu has %s of %s available; %s",
		 (unsigned long long)left->node,
		 kms_words_bytes(left_now(left)).text,
		 kms_words_bytes(left->managed).text, other_words(c, other));
	if (mems)
		kms_tell(c, &finding->evidence,
			 "%s is bound to nodes %s by its cpuset",
			 kms_holder_words(c, &finding->holder[0]), mems);
	else
		kms_tell(c, &finding->unknown,
			 "whether a memory policy binds programs to it (numa_maps in /proc/PID): those that are not bound then use another node");
	kms_summarize(c, finding, "%s; %s%s%s", node_words(c, left),
		      other_words(c, other), finding->nr_holders ? ": " : "",
		      finding->nr_holders ?
		      kms_strings_add(c->strings, "%s grows",
				      kms_holder_words(c, &finding->holder[0])) :
		      "");
}

/* A finding of its own, of a node that other growth or none has filled. */
static void finding_add(struct kms_case *c, const struct left *left,
			const struct left *other)
{
	struct kms_finding *finding =
		kms_finding_add(c->verdict, KMS_FINDING_NODE_FULL);

	if (!finding)
		return;
	finding->total_bytes = left->managed - left_now(left);
	if (left->loss)
		kms_case_rate(c, finding, left->loss);
	finding->sure = left->loss ? KMS_LIKELY : KMS_POSSIBLE;
	finding->why_sure = left->loss ?
		"it filled throughout, while another node did not" :
		"it is nearly full, but does not fill further";
	finding_fill(c, finding, left, other, NULL);
}

static void node_judge(struct kms_case *c, const struct left *left,
		       const struct left *other)
{
	struct kms_finding *finding = cause_find(c, left);
	const char *mems = finding && finding->nr_holders ?
		bound_mems(c, &finding->holder[0], left->node, other->node) :
		NULL;

	if (!finding) {
		finding_add(c, left, other);
		return;
	}
	/* One cause: the process grows, and its node is the wall. */
	if ((finding->kind == KMS_FINDING_PROCESS_MEMORY ||
	     finding->kind == KMS_FINDING_SHARED_MEMORY) &&
	    (mems || is_first_wall(finding, left, other))) {
		if (!mems && finding->sure == KMS_CERTAIN) {
			finding->sure = KMS_LIKELY;
			finding->why_sure =
				"it grew throughout, on this node alone";
		}
		finding_fill(c, finding, left, other, mems);
		return;
	}
	/* Programs that are not bound use another node then. */
	kms_tell(c, &finding->evidence,
		 "%s; %s. It is a wall only for programs that are bound to it",
		 node_words(c, left), other_words(c, other));
}

void kms_judge_node_full(struct kms_case *c)
{
	const struct kms_moment *last = &c->obs->moment[KMS_MOMENT_LAST];
	const struct kms_node_record *node, *another;
	struct left left, other, best;

	if (c->verdict->totals.managed == KMS_UNKNOWN || !c->ns)
		return;
	kms_for_each(node, &last->nodes) {
		if (node->node == KMS_UNKNOWN || !left_fill(c, &left, node->node) ||
		    !is_full(&left))
			continue;
		best = (struct left){ 0 };
		kms_for_each(another, &last->nodes) {
			if (another->node == KMS_UNKNOWN ||
			    another->node == node->node ||
			    !left_fill(c, &other, another->node) ||
			    !has_plenty(&other))
				continue;
			if (!best.managed || left_now(&other) > left_now(&best))
				best = other;
		}
		if (best.managed)
			node_judge(c, &left, &best);
	}
}
