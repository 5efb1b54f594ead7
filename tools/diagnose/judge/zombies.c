// SPDX-License-Identifier: GPL-2.0-only
/* Processes that ended, and whose parent does not wait for them. */
#include <stdlib.h>
#include <string.h>

#include "diagnose/judge/growers.h"
#include "diagnose/judge/judge.h"
#include "lib/array.h"
#include "lib/words.h"

/* A busy parent has some for a moment; these stay. */
#define MIN_ZOMBIES 100

/* Fewer more, in the time observed, may be that moment. */
#define MIN_GROWTH 20

struct zombies {
	uint32_t parent;	/* the process with the most zombies; 0: none */
	uint64_t nr;		/* its zombies, now */
	int64_t growth;		/* more than before, in the time of the case;
				 * KMS_UNKNOWN_SIGNED
				 */
	uint64_t nr_all;	/* zombies of all parents, now */
};

static int parent_compare(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return left < right ? -1 : left > right;
}

/* The parent that is there the most times, in numbers that it sorts. */
static uint32_t most_of(uint32_t *parent, size_t nr)
{
	size_t i, run = 0, most = 0;
	uint32_t found = 0;

	if (nr)
		qsort(parent, nr, sizeof(*parent), parent_compare);
	for (i = 0; i < nr; i++) {
		run = i && parent[i - 1] == parent[i] ? run + 1 : 1;
		if (run > most) {
			most = run;
			found = parent[i];
		}
	}
	return found;
}

/* Find the parent with the most zombies; false without any. */
static bool zombies_find(const struct kms_case *c, struct zombies *zombies)
{
	const struct kms_host_moment *before = &c->obs->host[KMS_HOST_BEFORE];
	const struct kms_process_memories *now =
		&c->obs->host[KMS_HOST_AFTER].processes;
	uint32_t *parent = calloc(now->nr + 1, sizeof(*parent));
	uint64_t old;
	size_t i;

	*zombies = (struct zombies){ .growth = KMS_UNKNOWN_SIGNED };
	c->strings->failed |= !parent;
	for (i = 0; parent && i < now->nr; i++)
		if (now->process[i].zombie)
			parent[zombies->nr_all++] = now->process[i].parent;
	if (parent)
		zombies->parent = most_of(parent, zombies->nr_all);
	free(parent);
	if (!zombies->parent)
		return false;
	zombies->nr = kms_process_children(now, zombies->parent, true);
	if (!before->boottime_ns || !before->processes.whole || !now->whole)
		return true;
	old = kms_process_children(&before->processes, zombies->parent, true);
	zombies->growth = kms_host_growth(c, zombies->nr - old);
	return true;
}

static bool is_growing(const struct zombies *zombies)
{
	return zombies->growth != KMS_UNKNOWN_SIGNED &&
	       zombies->growth >= MIN_GROWTH;
}

static void holder_fill(struct kms_case *c, struct kms_finding *finding,
			const struct zombies *zombies)
{
	struct kms_found_holder *holder = kms_holder_of(c, finding,
							zombies->parent);

	if (!holder)
		return;
	holder->resource = "zombies";
	holder->nr = zombies->nr;
	holder->growth_nr = zombies->growth;
	holder->share_permille = kms_permille(zombies->nr, zombies->nr_all);
}

static void severity_fill(struct kms_finding *finding,
			  const struct zombies *zombies)
{
	finding->severity = is_growing(zombies) ? KMS_WARNING : KMS_NOTICE;
	finding->why_severe = is_growing(zombies) ?
		"their number grows, and each takes a process number and memory" :
		"they take little memory, and their number does not grow";
}

/* Their caches grow as well: the cause is found there. */
static bool has_tasks(const struct kms_verdict *verdict)
{
	static const char * const caches[] = {
		"task_struct", "signal_cache", "pid",
	};
	size_t i, j;

	for (i = 0; i < verdict->nr_findings; i++)
		for (j = 0; j < ARRAY_SIZE(caches); j++)
			if (verdict->finding[i].kind ==
				    KMS_FINDING_UNRECLAIMABLE_SLAB &&
			    !strcmp(verdict->finding[i].cache, caches[j]))
				return true;
	return false;
}

void kms_judge_zombies(struct kms_case *c)
{
	struct zombies zombies;
	struct kms_finding *finding;

	if (!zombies_find(c, &zombies) || zombies.nr < MIN_ZOMBIES ||
	    has_tasks(c->verdict))
		return;
	finding = kms_finding_add(c->verdict, KMS_FINDING_ZOMBIES);
	if (!finding)
		return;
	finding->cause = "zombies";
	finding->nr_objects = zombies.nr;
	if (is_growing(&zombies))
		finding->objects_per_second = kms_per_second(zombies.growth,
							     c->ns);
	finding->sure = KMS_CERTAIN;
	finding->why_sure = "the kernel lists them as zombies of this process";
	severity_fill(finding, &zombies);
	holder_fill(c, finding, &zombies);
	kms_tell(c, &finding->evidence,
		 "%llu processes have ended, and %llu of them wait for process %u to read their exit status",
		 (unsigned long long)zombies.nr_all,
		 (unsigned long long)zombies.nr, zombies.parent);
	if (is_growing(&zombies))
		kms_tell(c, &finding->evidence, "their number grew by %lld in %.1f s",
			 (long long)zombies.growth, c->ns / 1e9);
	kms_summarize(c, finding,
		      "%llu zombies of %s, which does not wait for them",
		      (unsigned long long)zombies.nr, finding->nr_holders ?
		      kms_holder_words(c, &finding->holder[0]) : "a process");
}
