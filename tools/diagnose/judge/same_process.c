// SPDX-License-Identifier: GPL-2.0-only
/*
 * One finding for one process: threads also have stacks in the memory of their
 * process, and segments of shared memory are open files.
 */
#include <string.h>

#include "diagnose/judge/same_process.h"
#include "lib/words.h"

/* An allocator with less of the growth does not stand for all of it. */
#define MIN_SHARE_PERMILLE 800

static bool is_growing(const struct kms_finding *finding)
{
	return finding->growth_bytes != KMS_UNKNOWN &&
	       finding->bytes_per_second != KMS_UNKNOWN;
}

/*
 * Where no holder is known, growth this much slower than another of the same
 * allocator goes with that: lookups also allocate what is freed a little later.
 */
#define SIDE_FACTOR 10

/* What the kernel reclaims is no leak of a process. */
static bool may_go_with(const struct kms_finding *finding)
{
	return is_growing(finding) && !finding->reclaimable &&
	       !finding->negative && finding->kind != KMS_FINDING_NODE_FULL;
}

/* Is the first of these processes the holder? */
static bool is_of(const struct kms_finding *finding,
		  const struct kms_found_holder *holder)
{
	const struct kms_found_allocator *allocator = &finding->allocator[0];

	if (finding->nr_holders)
		return finding->holder[0].pid == holder->pid &&
		       holder->pid != KMS_UNKNOWN;
	return finding->nr_allocators && allocator->name && holder->name &&
	       !strcmp(allocator->name, holder->name) &&
	       allocator->pid == holder->pid &&
	       allocator->traced_permille != KMS_UNKNOWN &&
	       allocator->traced_permille >= MIN_SHARE_PERMILLE;
}

/* Do both have the same first allocator, which made nearly all? */
static bool is_alike(const struct kms_finding *finding,
		     const struct kms_finding *other)
{
	const struct kms_found_allocator *a = &finding->allocator[0];
	const struct kms_found_allocator *b = &other->allocator[0];

	return finding->nr_allocators && other->nr_allocators && a->label &&
	       b->label && !strcmp(a->label, b->label) &&
	       a->traced_permille != KMS_UNKNOWN &&
	       b->traced_permille != KMS_UNKNOWN &&
	       a->traced_permille >= MIN_SHARE_PERMILLE &&
	       b->traced_permille >= MIN_SHARE_PERMILLE;
}

/* Was one object of an untraced cache made for each that the holder got? */
static bool is_one_each(const struct kms_case *c,
			const struct kms_finding *finding,
			const struct kms_found_holder *holder)
{
	double each = finding->objects_per_second, more;

	if (finding->nr_allocators || finding->nr_holders ||
	    finding->objects_per_second == KMS_UNKNOWN ||
	    holder->growth_nr == KMS_UNKNOWN_SIGNED || holder->growth_nr <= 0)
		return false;
	more = holder->growth_nr / (c->ns / 1e9);
	return each >= 0.9 * more && each <= 1.1 * more;
}

static bool goes_with(const struct kms_case *c,
		      const struct kms_finding *finding,
		      const struct kms_finding *other)
{
	if (!is_growing(other) || other->sure < finding->sure)
		return false;
	if (other->nr_holders && is_of(finding, &other->holder[0]))
		return other->growth_bytes > finding->growth_bytes;
	if (other->growth_bytes / SIDE_FACTOR < finding->growth_bytes)
		return false;
	if (other->nr_holders && is_one_each(c, finding, &other->holder[0]))
		return true;
	return !finding->nr_holders && is_alike(finding, other);
}

/* The parts of both; the numbers of the finding stay those of its cause. */
static void parts_take(struct kms_case *c, struct kms_finding *finding,
		       const struct kms_finding *from)
{
	size_t i;

	if (!finding->nr_parts)
		kms_part_add(finding, finding);
	if (!from->nr_parts)
		kms_part_add(finding, from);
	for (i = 0; i < from->nr_parts &&
	     finding->nr_parts < KMS_MAX_PARTS; i++)
		finding->part[finding->nr_parts++] = from->part[i];
	kms_tell(c, &finding->evidence, "of the same process: %s",
		 from->summary);
}

/* The fastest growth that this one goes with, or NULL. */
static struct kms_finding *main_of(const struct kms_case *c,
				   const struct kms_finding *finding)
{
	struct kms_verdict *verdict = c->verdict;
	struct kms_finding *found = NULL;
	size_t i;

	for (i = 0; i < verdict->nr_findings; i++) {
		struct kms_finding *other = &verdict->finding[i];

		if (other == finding || !goes_with(c, finding, other))
			continue;
		if (!found || other->growth_bytes > found->growth_bytes)
			found = other;
	}
	return found;
}

void kms_same_process_judge(struct kms_case *c)
{
	struct kms_verdict *verdict = c->verdict;
	struct kms_finding *finding;
	size_t i = 0;

	while (i < verdict->nr_findings) {
		finding = may_go_with(&verdict->finding[i]) ?
			main_of(c, &verdict->finding[i]) : NULL;
		if (!finding) {
			i++;
			continue;
		}
		parts_take(c, finding, &verdict->finding[i]);
		kms_finding_remove(verdict, &verdict->finding[i]);
	}
}
