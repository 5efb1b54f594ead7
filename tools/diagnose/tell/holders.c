// SPDX-License-Identifier: GPL-2.0-only
/*
 * What to do about those who hold memory, or about what they made.
 *
 * Who allocates is often innocent: network buffers are allocated by the sender,
 * and kept by the one who does not read them.
 */
#include <string.h>

#include "diagnose/tell/holders.h"
#include "diagnose/tell/stop.h"
#include "lib/array.h"
#include "lib/words.h"

/* A holder with less of the growth gets no remedy of its own. */
#define MIN_PERMILLE 200

bool kms_is_freed_by_owner(const struct kms_finding *finding)
{
	switch (finding->freed_by) {
	case KMS_FREED_BY_CLOSE:
	case KMS_FREED_BY_READ:
	case KMS_FREED_BY_REAP:
	case KMS_FREED_BY_EXIT:
	case KMS_FREED_BY_REMOVAL:
		return true;
	default:
		return finding->nr_holders;
	}
}

bool kms_allocator_is_culprit(const struct kms_finding *finding)
{
	return !finding->nr_holders &&
	       finding->freed_by != KMS_FREED_BY_READ &&
	       finding->freed_by != KMS_FREED_BY_REAP;
}

/* What its end frees, in words. */
static const char *effect_of(struct kms_advice *a,
			     const struct kms_found_holder *holder)
{
	const char *resource = holder->resource ?: "what it holds";

	if (holder->total_bytes == KMS_UNKNOWN)
		return kms_strings_add(a->strings, "its exit frees its %s",
				       resource);
	return kms_strings_add(a->strings, "its exit frees its %s: %s",
			       resource,
			       kms_words_bytes(holder->total_bytes).text);
}

static void stop_add(struct kms_advice *a, struct kms_finding *finding,
		     const struct kms_found_holder *holder)
{
	struct kms_remedy remedy = {
		.when = finding->severity == KMS_CRITICAL ? KMS_NOW : KMS_LATER,
		.effect = effect_of(a, holder),
		.frees_bytes = holder->total_bytes,
	};

	kms_holder_stop(a, &remedy, holder);
	kms_remedy_give(a, finding, remedy);
}

/* What its authors have to know, and how to see it. */
static void report_add(struct kms_advice *a, struct kms_finding *finding,
		       const struct kms_found_holder *holder)
{
	static const char * const faults[] = {
		[KMS_FREED_BY_CLOSE] = "it does not close its",
		[KMS_FREED_BY_READ] = "it does not read its",
		[KMS_FREED_BY_REAP] = "it does not wait for its",
		[KMS_FREED_BY_EXIT] = "it does not release its",
	};
	const char *fault = finding->freed_by < ARRAY_SIZE(faults) ?
			    faults[finding->freed_by] : NULL;
	struct kms_remedy remedy = {
		.when = KMS_LATER,
		.frees_bytes = KMS_UNKNOWN,
	};

	if (!fault)
		return;
	remedy.text = kms_strings_add(a->strings,
				      "report it to the authors of %s: %s %s",
				      holder->name, fault, holder->resource);
	if (holder->nr_alike == 1 && holder->pid != KMS_UNKNOWN &&
	    (finding->freed_by == KMS_FREED_BY_CLOSE ||
	     finding->freed_by == KMS_FREED_BY_READ)) {
		remedy.argv = kms_argv_begin("ls", "-l",
			kms_strings_add(a->strings, "/proc/%llu/fd",
					(unsigned long long)holder->pid), NULL);
		remedy.effect = "lists its open files; changes nothing";
	}
	kms_remedy_give(a, finding, remedy);
}

/* How to see what was made and not removed. */
static void removal_add(struct kms_advice *a, struct kms_finding *finding)
{
	struct kms_remedy remedy = {
		.when = KMS_LATER,
		.frees_bytes = KMS_UNKNOWN,
		.effect = "lists them; changes nothing",
	};

	if (!strcmp(finding->cause, "network_namespaces")) {
		remedy.text = "remove network namespaces that nobody needs: those without processes are mounted files, see ip netns";
		remedy.argv = kms_argv_begin("lsns", "-t", "net", NULL);
	} else if (!strcmp(finding->cause, "cgroups")) {
		remedy.text = "remove cgroups that nobody needs; removed ones go when the memory charged to them is reclaimed";
		remedy.argv = kms_argv_begin("systemd-cgls", "--no-pager",
					     NULL);
	} else {
		return;
	}
	kms_remedy_give(a, finding, remedy);
}

void kms_holders_add(struct kms_advice *a, struct kms_finding *finding)
{
	size_t i;

	for (i = 0; i < finding->nr_holders && i < KMS_MAX_STOPS; i++) {
		const struct kms_found_holder *holder = &finding->holder[i];

		if (i && holder->share_permille != KMS_UNKNOWN &&
		    holder->share_permille < MIN_PERMILLE)
			break;
		stop_add(a, finding, holder);
	}
	if (finding->nr_holders)
		report_add(a, finding, &finding->holder[0]);
	if (finding->freed_by == KMS_FREED_BY_REMOVAL && finding->cause)
		removal_add(a, finding);
}
