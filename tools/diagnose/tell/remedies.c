// SPDX-License-Identifier: GPL-2.0-only
/* What to do about a finding.  It is said, with what it will do; never done. */
#include <string.h>

#include "diagnose/judge/verdict.h"
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

void kms_remedy_give(struct kms_case *c, struct kms_finding *finding,
		     struct kms_remedy remedy)
{
	if (remedy.argv.nr) {
		remedy.command = kms_argv_line(&remedy.argv, c->strings);
		if (!remedy.command)
			remedy.text = kms_strings_add(c->strings,
						      "%s (a name in it cannot be written in a command)",
						      remedy.text);
	}
	kms_remedy_add(finding, remedy);
}

static bool is_growing(const struct kms_finding *finding)
{
	return finding->bytes_per_second != KMS_UNKNOWN;
}

/* In the environment of what looks the names up, from its next start on. */
static void known_give(struct kms_case *c, struct kms_finding *finding,
		       const char *text, const char *variable,
		       const char *effect)
{
	const struct kms_found_creator *creator =
		finding->nr_creators ? &finding->creator[0] : NULL;
	struct kms_remedy remedy = {
		.when = KMS_LATER,
		.text = kms_strings_add(c->strings, "%s: set %s in its environment",
					text, variable),
		.effect = effect,
		.frees_bytes = KMS_UNKNOWN,
	};

	if (creator && kms_service_is_own(creator)) {
		remedy.text = kms_strings_add(c->strings,
					      "%s: add \"[Service]\" and \"Environment=%s\" to %s, then restart it",
					      text, variable, creator->service);
		remedy.cost = "the service is down while it restarts";
		remedy.argv = kms_argv_begin("systemctl", "edit", NULL);
		kms_argv_operand(&remedy.argv, c->strings,
				 creator->service);
	}
	kms_remedy_give(c, finding, remedy);
}

static void known_add(struct kms_case *c, struct kms_finding *finding)
{
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		for (j = 0; j < finding->nr_places; j++)
			if (finding->place[j].pattern &&
			    !strcmp(finding->place[j].pattern,
				    known[i].pattern))
				break;
		if (j < finding->nr_places)
			known_give(c, finding, known[i].text, known[i].variable,
				   known[i].effect);
	}
}

/*
 * The module that a stack goes through, as in "function+0x10/0x20 [module]".
 * Drivers allocate in interrupts for whoever gets the data: their stack blames
 * the network card for each packet that nobody reads.
 */
static const char *module_of(struct kms_case *c,
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
			return kms_strings_add(c->strings, "%.*s",
					       (int)(end - start - 1),
					       start + 1);
	}
	return NULL;
}

static void module_add(struct kms_case *c, struct kms_finding *finding,
		       const char *module)
{
	struct kms_argv command = kms_argv_begin("modinfo", NULL);

	kms_argv_operand(&command, c->strings, module);
	kms_remedy_give(c, finding, (struct kms_remedy){
		.when = KMS_LATER,
		.text = kms_strings_add(c->strings,
					"check module %s for updates: its code is on the allocation path",
					module),
		.argv = command,
		.effect = "shows its author and version; it frees nothing",
		.frees_bytes = KMS_UNKNOWN,
	});
}

static void unreclaimable_add(struct kms_case *c, struct kms_finding *finding)
{
	struct kms_argv command = kms_argv_begin("kmemscope", "trace",
						     "--stacks", "--seconds",
						     "30", NULL);
	const char *module = NULL;
	size_t i;

	for (i = 0; i < finding->nr_creators && !module; i++)
		module = module_of(c, &finding->creator[i]);
	if (module)
		module_add(c, finding, module);
	kms_argv_operand(&command, c->strings, finding->cache);
	kms_remedy_give(c, finding, (struct kms_remedy){
		.when = KMS_LATER,
		.text = "the kernel cannot give it back by itself: report it, with stacks",
		.argv = command,
		.effect = "names the functions that allocate; frees nothing",
		.frees_bytes = KMS_UNKNOWN,
	});
}

static void watch_add(struct kms_case *c, struct kms_finding *finding)
{
	const bool slab = kms_growths_of(&c->all, finding->cache);
	struct kms_argv command =
		kms_argv_begin("kmemscope", slab ? "slab" : "node",
			       "--since", "60", NULL);

	if (slab)
		kms_argv_operand(&command, c->strings, finding->cache);
	kms_remedy_give(c, finding, (struct kms_remedy){
		.when = KMS_LATER,
		.text = "see whether it goes on",
		.argv = command,
		.effect = "prints what changed in a minute; it changes nothing",
		.frees_bytes = KMS_UNKNOWN,
	});
}

void kms_remedies_fill(struct kms_case *c, struct kms_finding *finding)
{
	struct kms_argv command;
	size_t i;

	if (finding->kind == KMS_FINDING_FRAGMENTATION) {
		command = kms_argv_begin("echo", "1", NULL);
		kms_argv_into(&command, c->strings,
			      "/proc/sys/vm/compact_memory");
		kms_remedy_give(c, finding, (struct kms_remedy){
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
		kms_stop_add(c, finding, &finding->creator[i]);
	known_add(c, finding);
	kms_reclaim_fill(c, finding);
	if (finding->kind == KMS_FINDING_UNRECLAIMABLE_SLAB)
		unreclaimable_add(c, finding);
	watch_add(c, finding);
}
