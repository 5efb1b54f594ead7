// SPDX-License-Identifier: GPL-2.0-only
/* What to do about a finding.  It is said, with what it will do; never done. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/verdict.h"
#include "diagnose/words.h"
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

static bool is_growing(const struct ks_finding *finding)
{
	return finding->bytes_per_second != KS_UNKNOWN;
}

static const char *stop_command(struct ks_case *c,
				const struct ks_found_creator *creator)
{
	const char *id = creator->container;

	if (id && !strncmp(id, "docker ", 7))
		return ks_strings_add(c->strings, "docker stop %s", id + 7);
	if (id && !strncmp(id, "podman ", 7))
		return ks_strings_add(c->strings, "podman stop %s", id + 7);
	if (creator->service)
		return ks_strings_add(c->strings, "systemctl stop %s",
				      ks_shell_word(c, creator->service));
	if (creator->alive)
		return ks_strings_add(c->strings, "kill %llu",
				      (unsigned long long)creator->pid);
	/* It lives too short to be killed: what starts it is the one. */
	if (creator->starter)
		return ks_strings_add(c->strings, "kill %llu",
				      (unsigned long long)creator->starter_pid);
	return ks_strings_add(c->strings, "pgrep -a -x %s",
			      ks_shell_word(c, creator->nr_parents ?
					    creator->parent[0] :
					    creator->name));
}

static const char *stop_text(struct ks_case *c,
			     const struct ks_found_creator *creator)
{
	const char *words = ks_creator_words(c, creator);

	if (creator->container || creator->service || creator->alive)
		return ks_strings_add(c->strings, "stop %s", words);
	if (creator->starter)
		return ks_strings_add(c->strings, "stop %s, which starts %s",
				      creator->starter, words);
	return ks_strings_add(c->strings, "find and stop what starts %s",
			      words);
}

static void stop_add(struct ks_case *c, struct ks_finding *finding,
		     const struct ks_found_creator *creator)
{
	uint64_t rate = finding->bytes_per_second / 1000.0 *
			creator->share_permille;

	if (!creator->name || !creator->context ||
	    strcmp(creator->context, "task"))
		return;
	ks_remedy_add(finding, (struct ks_remedy){
		.when = KS_NOW,
		.text = stop_text(c, creator),
		.command = stop_command(c, creator),
		.effect = ks_strings_add(c->strings,
					 "%s of the growth ends: %s a second",
					 ks_words_share(creator->share_permille).text,
					 ks_words_bytes(rate).text),
		.frees_bytes = KS_UNKNOWN,
	});
}

/* A variable in the environment of a service, from its next start on. */
static const char *drop_in(struct ks_case *c, const char *service,
			   const char *variable)
{
	const char *folder, *file;

	folder = ks_strings_add(c->strings, "/etc/systemd/system/%s.d",
				service);
	folder = ks_shell_word(c, folder);
	file = ks_strings_add(c->strings,
			      "printf '[Service]\\nEnvironment=%s\\n' >%s/kmemscope.conf",
			      variable, folder);
	service = ks_shell_word(c, service);
	return ks_strings_add(c->strings,
			      "mkdir -p %s && %s && systemctl daemon-reload && systemctl restart %s",
			      folder, file, service);
}

static void known_add(struct ks_case *c, struct ks_finding *finding)
{
	const char *service = NULL;
	size_t i, j;

	if (finding->nr_creators)
		service = finding->creator[0].service;
	for (i = 0; i < ARRAY_SIZE(known); i++) {
		for (j = 0; j < finding->nr_places; j++)
			if (finding->place[j].pattern &&
			    !strcmp(finding->place[j].pattern,
				    known[i].pattern))
				break;
		if (j == finding->nr_places)
			continue;
		ks_remedy_add(finding, (struct ks_remedy){
			.when = KS_LATER,
			.text = known[i].text,
			.command = service ?
				drop_in(c, service, known[i].variable) :
				ks_strings_add(c->strings, "export %s",
					       known[i].variable),
			.effect = known[i].effect,
			.frees_bytes = KS_UNKNOWN,
		});
	}
}

/* The module that a stack goes through, as in "function+0x10/0x20 [module]". */
static const char *module_of(struct ks_case *c,
			     const struct ks_found_creator *creator)
{
	const char *start, *end;
	size_t i;

	for (i = 0; i < creator->nr_frames; i++) {
		start = strrchr(creator->frame[i], '[');
		end = start ? strchr(start, ']') : NULL;
		if (end && end - start > 1 &&
		    strncmp(start, "[kmemscope]", 11))
			return ks_strings_add(c->strings, "%.*s",
					      (int)(end - start - 1),
					      start + 1);
	}
	return NULL;
}

static void module_add(struct ks_case *c, struct ks_finding *finding,
		       const char *module)
{
	ks_remedy_add(finding, (struct ks_remedy){
		.when = KS_LATER,
		.text = ks_strings_add(c->strings,
				       "look for a newer module %s, or do without it: the stack leads there",
				       module),
		.command = ks_strings_add(c->strings, "modinfo %s",
					  ks_shell_word(c, module)),
		.effect = "tells whose it is; what leaked comes back by a reboot only",
		.frees_bytes = KS_UNKNOWN,
	});
}

static void unreclaimable_add(struct ks_case *c, struct ks_finding *finding)
{
	const char *module = NULL;
	size_t i;

	for (i = 0; i < finding->nr_creators && !module; i++)
		module = module_of(c, &finding->creator[i]);
	if (module)
		module_add(c, finding, module);
	ks_remedy_add(finding, (struct ks_remedy){
		.when = KS_LATER,
		.text = "the kernel cannot give it back by itself: report it, with stacks",
		.command = ks_strings_add(c->strings,
					  "kmemscope trace %s --stacks --seconds 30",
					  ks_shell_word(c, finding->cache)),
		.effect = "names the functions that allocate; frees nothing",
		.frees_bytes = KS_UNKNOWN,
	});
}

static void watch_add(struct ks_case *c, struct ks_finding *finding)
{
	const char *command = "kmemscope node --since 60";

	if (ks_growths_of(&c->all, finding->cache))
		command = ks_strings_add(c->strings,
					 "kmemscope slab --since 60 %s",
					 ks_shell_word(c, finding->cache));
	ks_remedy_add(finding, (struct ks_remedy){
		.when = KS_LATER,
		.text = "see whether it goes on",
		.command = command,
		.effect = "prints what changed in a minute; it changes nothing",
		.frees_bytes = KS_UNKNOWN,
	});
}

void ks_remedies_fill(struct ks_case *c, struct ks_finding *finding)
{
	size_t i;

	if (finding->kind == KS_FINDING_FRAGMENTATION) {
		ks_remedy_add(finding, (struct ks_remedy){
			.when = KS_LATER,
			.text = "off-peak: have the kernel move pages together",
			.cost = "it keeps a CPU busy, and takes locks that others wait for",
			.command = "echo 1 > /proc/sys/vm/compact_memory",
			.effect = "larger free blocks, where pages can be moved at all",
			.frees_bytes = KS_UNKNOWN,
		});
		return;
	}
	for (i = 0; is_growing(finding) && i < finding->nr_creators &&
	     i < KS_STOPPED_MAX; i++)
		stop_add(c, finding, &finding->creator[i]);
	known_add(c, finding);
	ks_reclaim_fill(c, finding);
	if (finding->kind == KS_FINDING_UNRECLAIMABLE_SLAB)
		unreclaimable_add(c, finding);
	watch_add(c, finding);
}
