// SPDX-License-Identifier: GPL-2.0-only
/* What to do about findings.  Remedies are printed, and never run. */
#include <string.h>

#include "diagnose/tell/advice.h"
#include "diagnose/tell/holders.h"
#include "diagnose/tell/memory.h"
#include "diagnose/tell/reclaim.h"
#include "diagnose/tell/remedies.h"
#include "diagnose/tell/stop.h"
#include "lib/array.h"

/* Software known for such lookups, by the names, and its own remedy. */
static const struct {
	const char *pattern;
	const char *text;
	const char *variable;
	const char *effect;
} known[] = {
	{
		.pattern = ".N_dOeSnotExist_.db",
		.text = "the lookups are by NSS, a TLS library that measures their speed",
		.variable = "NSS_SDB_USE_CACHE=yes",
		.effect = "no such lookups after its next start",
	},
};

static bool is_growing(const struct kms_finding *finding)
{
	return finding->bytes_per_second != KMS_UNKNOWN;
}

/* Set a variable in the environment of the allocator. */
static void known_give(struct kms_advice *a, struct kms_finding *finding,
		       const char *text, const char *variable,
		       const char *effect)
{
	const struct kms_found_allocator *allocator =
		finding->nr_allocators ? &finding->allocator[0] : NULL;
	struct kms_remedy remedy = {
		.when = KMS_LATER,
		.text = kms_strings_add(a->strings,
					"set %s in the environment of that process: %s",
					variable, text),
		.effect = effect,
		.frees_bytes = KMS_UNKNOWN,
	};

	if (allocator && kms_service_is_own(allocator)) {
		remedy.text = kms_strings_add(a->strings,
					      "add \"[Service]\" and \"Environment=%s\" to %s and restart it: %s",
					      variable, allocator->service,
					      text);
		remedy.cost = "the service is down while it restarts";
		remedy.argv = kms_argv_begin("systemctl", "edit", NULL);
		kms_argv_operand(&remedy.argv, a->strings,
				 allocator->service);
	}
	kms_remedy_give(a, finding, remedy);
}

static void known_add(struct kms_advice *a, struct kms_finding *finding)
{
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		for (j = 0; j < finding->nr_directories; j++)
			if (finding->directory[j].pattern &&
			    !strcmp(finding->directory[j].pattern,
				    known[i].pattern))
				break;
		if (j < finding->nr_directories)
			known_give(a, finding, known[i].text, known[i].variable,
				   known[i].effect);
	}
}

static void module_add(struct kms_advice *a, struct kms_finding *finding,
		       const char *module)
{
	struct kms_argv command = kms_argv_begin("modinfo", NULL);

	kms_argv_operand(&command, a->strings, module);
	kms_remedy_give(a, finding, (struct kms_remedy){
		.when = KMS_LATER,
		.text = kms_strings_add(a->strings,
					"check module %s for updates: its code is on the allocation path",
					module),
		.argv = command,
		.effect = "shows its author and version; frees nothing",
		.frees_bytes = KMS_UNKNOWN,
	});
}

static void unreclaimable_add(struct kms_advice *a, struct kms_finding *finding)
{
	struct kms_argv command = kms_argv_begin("kmemscope", "trace",
						     "--stacks", "--seconds",
						     "30", NULL);
	const char *module = NULL;
	size_t i;

	for (i = 0; i < finding->nr_allocators && !module; i++)
		module = kms_allocator_module(&finding->allocator[i],
					      a->strings);
	if (module)
		module_add(a, finding, module);
	kms_argv_operand(&command, a->strings, finding->cache);
	kms_remedy_give(a, finding, (struct kms_remedy){
		.when = KMS_LATER,
		.text = "report it with these stacks: the kernel cannot reclaim this memory",
		.argv = command,
		.effect = "shows the functions that allocate; frees nothing",
		.frees_bytes = KMS_UNKNOWN,
	});
}

static void watch_add(struct kms_advice *a, struct kms_finding *finding)
{
	const bool slab = kms_finding_has_slab(finding);
	struct kms_argv command =
		kms_argv_begin("kmemscope", slab ? "slab" : "node",
			       "--since", "60", NULL);

	if (slab)
		kms_argv_operand(&command, a->strings, finding->cache);
	kms_remedy_give(a, finding, (struct kms_remedy){
		.when = KMS_LATER,
		.text = "see whether it continues",
		.argv = command,
		.effect = "prints what changed in a minute; changes nothing",
		.frees_bytes = KMS_UNKNOWN,
	});
}

/* The kernel reclaims it: there is nothing to stop. */
static void normal_add(struct kms_advice *a, struct kms_finding *finding)
{
	kms_remedy_give(a, finding, (struct kms_remedy){
		.when = KMS_LATER,
		.text = "nothing needs to be stopped; run this again if memory becomes short",
		.argv = kms_argv_begin("kmemscope", "diagnose", NULL),
		.effect = "observes again; changes nothing",
		.frees_bytes = KMS_UNKNOWN,
	});
}

/* Of a notice nothing is stopped, dropped or changed. */
static void notice_add(struct kms_advice *a, struct kms_finding *finding)
{
	if (finding->reclaimable) {
		normal_add(a, finding);
		return;
	}
	if (finding->kind == KMS_FINDING_UNRECLAIMABLE_SLAB)
		unreclaimable_add(a, finding);
	watch_add(a, finding);
}

/*
 * Caches of what exists are there to be filled.  Where that hurts, whoever
 * fills them is no more to blame than who else needs the memory.
 */
static bool may_stop(const struct kms_finding *finding)
{
	return is_growing(finding) &&
	       (!finding->reclaimable || finding->negative);
}

static void remedies_add(struct kms_advice *a, struct kms_finding *finding)
{
	struct kms_argv command;
	size_t i;

	if (kms_memory_remedies_add(a, finding))
		return;
	if (finding->kind == KMS_FINDING_FRAGMENTATION) {
		command = kms_argv_begin("echo", "1", NULL);
		kms_argv_into(&command, a->strings,
			      "/proc/sys/vm/compact_memory");
		kms_remedy_give(a, finding, (struct kms_remedy){
			.when = KMS_LATER,
			.text = "compact memory, off-peak",
			.cost = "keeps a CPU busy, and holds locks that others wait for",
			.argv = command,
			.effect = "larger free blocks, where pages can be moved",
			.frees_bytes = KMS_UNKNOWN,
		});
		return;
	}
	kms_holders_add(a, finding);
	for (i = 0; may_stop(finding) && kms_allocator_is_culprit(finding) &&
	     i < finding->nr_allocators && i < KMS_MAX_STOPS; i++)
		kms_stop_add(a, finding, &finding->allocator[i]);
	known_add(a, finding);
	kms_reclaim_add(a, finding);
	if (finding->kind == KMS_FINDING_UNRECLAIMABLE_SLAB &&
	    !kms_is_freed_by_owner(finding))
		unreclaimable_add(a, finding);
	watch_add(a, finding);
}

static void advise(struct kms_advice *a, struct kms_finding *finding)
{
	size_t i;

	/* Remedies of memory stop nothing for a notice. */
	if (finding->severity > KMS_NOTICE)
		remedies_add(a, finding);
	else if (!kms_memory_remedies_add(a, finding))
		notice_add(a, finding);
	/* Growth that may have ended is no reason to stop something now. */
	for (i = 0; i < finding->nr_remedies; i++)
		if (finding->sure == KMS_POSSIBLE)
			finding->remedy[i].when = KMS_LATER;
}

enum kms_status kms_remedies_fill(struct kms_verdict *verdict,
				  const struct kms_observation *obs,
				  struct kms_error *err)
{
	struct kms_advice a = { .obs = obs, .strings = &verdict->strings };
	size_t i;

	for (i = 0; i < verdict->nr_findings; i++)
		advise(&a, &verdict->finding[i]);
	return verdict->strings.failed ? kms_fail_memory(err) : KMS_OK;
}
