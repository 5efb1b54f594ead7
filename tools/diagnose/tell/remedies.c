// SPDX-License-Identifier: GPL-2.0-only
/* What to do about a finding.  It is said, with what it will do; never done. */
#include <string.h>

#include "diagnose/tell/advice.h"
#include "diagnose/tell/reclaim.h"
#include "diagnose/tell/remedies.h"
#include "diagnose/tell/stop.h"
#include "lib/array.h"

/*
 * Names by which software that is known for it can be told, and what its own
 * people say helps.
 */
static const struct {
	const char *pattern;
	const char *text;
	const char *variable;
	const char *effect;
} known[] = {
	{
		.pattern = ".N_dOeSnotExist_.db",
		.text = "these names are of NSS, a TLS library: tell it not to measure",
		.variable = "NSS_SDB_USE_CACHE=yes",
		.effect = "it looks up no such names any more, from its next start on",
	},
};

static bool is_growing(const struct kms_finding *finding)
{
	return finding->bytes_per_second != KMS_UNKNOWN;
}

/* In the environment of what looks the names up, from its next start on. */
static void known_give(struct kms_advice *a, struct kms_finding *finding,
		       const char *text, const char *variable,
		       const char *effect)
{
	const struct kms_found_creator *creator =
		finding->nr_creators ? &finding->creator[0] : NULL;
	struct kms_remedy remedy = {
		.when = KMS_LATER,
		.text = kms_strings_add(a->strings, "%s: set %s in its environment",
					text, variable),
		.effect = effect,
		.frees_bytes = KMS_UNKNOWN,
	};

	if (creator && kms_service_is_own(creator)) {
		remedy.text = kms_strings_add(a->strings,
					      "%s: add \"[Service]\" and \"Environment=%s\" to %s, then restart it",
					      text, variable, creator->service);
		remedy.cost = "the service is down while it restarts";
		remedy.argv = kms_argv_begin("systemctl", "edit", NULL);
		kms_argv_operand(&remedy.argv, a->strings,
				 creator->service);
	}
	kms_remedy_give(a, finding, remedy);
}

static void known_add(struct kms_advice *a, struct kms_finding *finding)
{
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		for (j = 0; j < finding->nr_places; j++)
			if (finding->place[j].pattern &&
			    !strcmp(finding->place[j].pattern,
				    known[i].pattern))
				break;
		if (j < finding->nr_places)
			known_give(a, finding, known[i].text, known[i].variable,
				   known[i].effect);
	}
}

/*
 * The module that a stack goes through, as in "function+0x10/0x20 [module]".
 * Drivers allocate in interrupts for whoever gets the data: their stack blames
 * the network card for each packet that nobody reads.
 */
static const char *module_of(struct kms_advice *a,
			     const struct kms_found_creator *creator)
{
	const char *start, *end;
	size_t i;

	if (!creator->context || strstr(creator->context, "irq"))
		return NULL;
	for (i = 0; i < creator->nr_frames; i++) {
		start = strrchr(creator->frame[i], '[');
		end = start ? strchr(start, ']') : NULL;
		if (end && end - start > 1 &&
		    strncmp(start, "[kmemscope]", 11))
			return kms_strings_add(a->strings, "%.*s",
					       (int)(end - start - 1),
					       start + 1);
	}
	return NULL;
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
		.effect = "shows its author and version; it frees nothing",
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

	for (i = 0; i < finding->nr_creators && !module; i++)
		module = module_of(a, &finding->creator[i]);
	if (module)
		module_add(a, finding, module);
	kms_argv_operand(&command, a->strings, finding->cache);
	kms_remedy_give(a, finding, (struct kms_remedy){
		.when = KMS_LATER,
		.text = "the kernel cannot give it back by itself: report it, with stacks",
		.argv = command,
		.effect = "names the functions that allocate; frees nothing",
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
		.text = "see whether it goes on",
		.argv = command,
		.effect = "prints what changed in a minute; it changes nothing",
		.frees_bytes = KMS_UNKNOWN,
	});
}

/* A cache that the kernel gives back: nothing but to look again. */
static void benign_add(struct kms_advice *a, struct kms_finding *finding)
{
	kms_remedy_give(a, finding, (struct kms_remedy){
		.when = KMS_LATER,
		.text = "nothing has to be stopped; look again if memory gets short",
		.argv = kms_argv_begin("kmemscope", "diagnose", NULL),
		.effect = "looks again; it changes nothing",
		.frees_bytes = KMS_UNKNOWN,
	});
}

static void remedies_add(struct kms_advice *a, struct kms_finding *finding)
{
	struct kms_argv command;
	size_t i;

	if (finding->kind == KMS_FINDING_FRAGMENTATION) {
		command = kms_argv_begin("echo", "1", NULL);
		kms_argv_into(&command, a->strings,
			      "/proc/sys/vm/compact_memory");
		kms_remedy_give(a, finding, (struct kms_remedy){
			.when = KMS_LATER,
			.text = "off-peak: have the kernel move pages together",
			.cost = "it keeps a CPU busy, and takes locks that others wait for",
			.argv = command,
			.effect = "larger free blocks, where pages can be moved at all",
			.frees_bytes = KMS_UNKNOWN,
		});
		return;
	}
	for (i = 0; is_growing(finding) && i < finding->nr_creators &&
	     i < KMS_STOPPED_MAX; i++)
		kms_stop_add(a, finding, &finding->creator[i]);
	known_add(a, finding);
	kms_reclaim_add(a, finding);
	if (finding->kind == KMS_FINDING_UNRECLAIMABLE_SLAB)
		unreclaimable_add(a, finding);
	watch_add(a, finding);
}

static void advise(struct kms_advice *a, struct kms_finding *finding)
{
	size_t i;

	if (finding->benign)
		benign_add(a, finding);
	else
		remedies_add(a, finding);
	/* Growth that may be over already is nothing to stop at once. */
	for (i = 0; i < finding->nr_remedies; i++)
		if (finding->sure == KMS_POSSIBLE)
			finding->remedy[i].when = KMS_LATER;
}

enum kms_status kms_remedies_fill(struct kms_verdict *verdict,
				  const struct kms_look *look,
				  struct kms_error *err)
{
	struct kms_advice a = { .look = look, .strings = &verdict->strings };
	size_t i;

	for (i = 0; i < verdict->nr_findings; i++)
		advise(&a, &verdict->finding[i]);
	return verdict->strings.failed ? kms_fail_memory(err) : KMS_OK;
}
