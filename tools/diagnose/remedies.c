// SPDX-License-Identifier: GPL-2.0-only
/* What to do about a finding.  It is said, with what it will do; never done. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/verdict.h"
#include "diagnose/words.h"
#include "lib/array.h"

/* Creators that are worth a line of their own. */
#define STOPPED_MAX 3

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
		.text = "these names are NSS's, the TLS library: it measures how fast the directory of its certificates is, each time it starts; tell it not to, in the environment of the process",
		.variable = "NSS_SDB_USE_CACHE=yes",
		.effect = "NSS looks up no such names any more",
	},
};

/* As a word of a shell; \xNN in it is what $'' knows as well. */
static const char *shell_word(struct ks_case *c, const char *text)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._:@+=,-";
	char *quoted, *end;

	if (!text[strspn(text, plain)])
		return text;
	quoted = malloc(2 * strlen(text) + 4);
	if (!quoted) {
		c->strings->failed = true;
		return "";
	}
	end = quoted + sprintf(quoted, "$'");
	for (; *text; text++) {
		if (*text == '\'')
			*end++ = '\\';
		*end++ = *text;
	}
	strcpy(end, "'");
	text = ks_strings_add(c->strings, "%s", quoted);
	free(quoted);
	return text;
}

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
				      shell_word(c, creator->service));
	if (creator->alive)
		return ks_strings_add(c->strings, "kill %llu",
				      (unsigned long long)creator->pid);
	/* It lives too short to be killed: what starts it is the one. */
	return ks_strings_add(c->strings, "pgrep -a -x %s",
			      shell_word(c, creator->nr_parents ?
					    creator->parent[0] :
					    creator->name));
}

static void stop_add(struct ks_case *c, struct ks_finding *finding,
		     const struct ks_found_creator *creator)
{
	uint64_t rate = finding->bytes_per_second / 1000.0 *
			creator->share_permille;
	bool finds = !creator->container && !creator->service &&
		     !creator->alive;
	const char *words = ks_creator_words(c, creator);

	if (!creator->name || !creator->context ||
	    strcmp(creator->context, "task"))
		return;
	ks_remedy_add(finding, (struct ks_remedy){
		.when = KS_NOW,
		.text = ks_strings_add(c->strings, finds ?
			"stop what starts %s; this finds it" : "stop %s", words),
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
	const char *folder = shell_word(c, ks_strings_add(c->strings,
				"/etc/systemd/system/%s.d", service));

	return ks_strings_add(c->strings,
		"mkdir -p %s && printf '[Service]\\nEnvironment=%s\\n' >%s/kmemscope.conf && systemctl daemon-reload && systemctl restart %s",
		folder, variable, folder, shell_word(c, service));
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

/* What of it the kernel could give back, at most. */
static void reclaimable_fill(struct ks_case *c, struct ks_finding *finding)
{
	const struct ks_dentry_state *state =
		&c->look->at[KS_LOOK_LAST].dentries;
	const struct ks_growth *growth;
	uint64_t nr;

	if (!finding->cache || !finding->reclaimable)
		return;
	finding->reclaimable_bytes = finding->total_bytes;
	growth = ks_growths_of(&c->all, finding->cache);
	if (!growth || growth->kind != KS_CACHE_DENTRY || !state->known)
		return;
	nr = state->nr_unused;
	if (state->nr_negative != KS_UNKNOWN &&
	    finding->kind == KS_FINDING_NEGATIVE_DENTRIES)
		nr = state->nr_negative;
	else if (state->nr_negative != KS_UNKNOWN &&
		 finding->kind == KS_FINDING_POSITIVE_DENTRIES)
		nr -= state->nr_negative < nr ? state->nr_negative : nr;
	if (nr * growth->size < finding->reclaimable_bytes)
		finding->reclaimable_bytes = nr * growth->size;
}

static void reclaim_add(struct ks_case *c, struct ks_finding *finding)
{
	const struct ks_found_creator *creator;
	uint64_t bytes = finding->reclaimable_bytes;
	size_t i;

	if (bytes == KS_UNKNOWN || !bytes)
		return;
	for (i = 0; i < finding->nr_creators && i < STOPPED_MAX; i++) {
		creator = &finding->creator[i];
		/* The root's is the whole host: no better than what follows. */
		if (!creator->can_reclaim || !strcmp(creator->cgroup, "/"))
			continue;
		ks_remedy_add(finding, (struct ks_remedy){
			.when = KS_NOW,
			.text = "give back what is charged to its cgroup only; this stalls nobody but the shell that it is typed in",
			.command = ks_strings_add(c->strings,
				"echo %llu > %s",
				(unsigned long long)bytes,
				shell_word(c, ks_strings_add(c->strings,
					"/sys/fs/cgroup%s/memory.reclaim",
					creator->cgroup))),
			.effect = ks_strings_add(c->strings,
				"at most %s are given back, page cache of that cgroup among it; \"Resource temporarily unavailable\" says that it had less",
				ks_words_bytes(bytes).text),
			.frees_bytes = bytes,
		});
	}
	ks_remedy_add(finding, (struct ks_remedy){
		.when = KS_LATER,
		.text = "when load is low, and only if memory is short: give back unused dentries and inodes of the whole host; it keeps a CPU busy, holds up who works in a directory with millions of them for seconds, and what was of use is read from disk again",
		.command = "sync; echo 2 > /proc/sys/vm/drop_caches",
		.effect = ks_strings_add(c->strings,
			"at most %s of it are given back, but only whole free slabs are memory again; it comes back unless its cause is stopped",
			ks_words_bytes(bytes).text),
		.frees_bytes = bytes,
	});
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

static void unreclaimable_add(struct ks_case *c, struct ks_finding *finding)
{
	const char *module = NULL;
	size_t i;

	for (i = 0; i < finding->nr_creators && !module; i++)
		module = module_of(c, &finding->creator[i]);
	if (module)
		ks_remedy_add(finding, (struct ks_remedy){
			.when = KS_LATER,
			.text = ks_strings_add(c->strings,
				"the stack leads through the module %s: look for a newer one, or do without it",
				module),
			.command = ks_strings_add(c->strings, "modinfo %s",
						  shell_word(c, module)),
			.effect = "tells whose it is and which version; what leaked comes back with a reboot only",
			.frees_bytes = KS_UNKNOWN,
		});
	ks_remedy_add(finding, (struct ks_remedy){
		.when = KS_LATER,
		.text = "the kernel cannot give it back by itself; if nobody frees it, only a reboot does. Report it with the stacks of",
		.command = ks_strings_add(c->strings,
			"kmemscope trace %s --stacks --seconds 30",
			shell_word(c, finding->cache)),
		.effect = "names the functions that allocate",
		.frees_bytes = KS_UNKNOWN,
	});
}

static void watch_add(struct ks_case *c, struct ks_finding *finding)
{
	const char *command = "kmemscope node --since 60";

	if (ks_growths_of(&c->all, finding->cache))
		command = ks_strings_add(c->strings,
			"kmemscope slab --since 60 %s",
			shell_word(c, finding->cache));
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
			.text = "when load is low: have the kernel move pages together; it keeps a CPU busy, and takes locks that others wait for",
			.command = "echo 1 > /proc/sys/vm/compact_memory",
			.effect = "larger free blocks, where pages can be moved at all",
			.frees_bytes = KS_UNKNOWN,
		});
		return;
	}
	reclaimable_fill(c, finding);
	for (i = 0; is_growing(finding) && i < finding->nr_creators &&
	     i < STOPPED_MAX; i++)
		stop_add(c, finding, &finding->creator[i]);
	known_add(c, finding);
	reclaim_add(c, finding);
	if (finding->kind == KS_FINDING_UNRECLAIMABLE_SLAB)
		unreclaimable_add(c, finding);
	watch_add(c, finding);
}
