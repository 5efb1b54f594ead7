// SPDX-License-Identifier: GPL-2.0-only
/*
 * How to stop who allocates, with what it costs.
 *
 * Root may run the command.  So it names only what is proved to be the one: a
 * container or unit by a cgroup that nobody else can make, a process by its
 * number and parents.  Where that fails, words must do.
 */
#include <stdlib.h>
#include <string.h>

#include "diagnose/container.h"
#include "diagnose/look.h"
#include "diagnose/stop.h"
#include "diagnose/words.h"
#include "lib/array.h"
#include "lib/text.h"

/* Engines that know a container by what its cgroup is called. */
static const struct {
	const char *name;
	const char *program;
	const char *cost;
} engines[] = {
	{ "docker", "docker", "all that runs in the container ends" },
	{ "podman", "podman", "all that runs in the container ends" },
	{ "kubernetes", "crictl",
	  "all that runs in the container ends; the kubelet starts it again" },
	{ "cri-o", "crictl",
	  "all that runs in the container ends; the kubelet starts it again" },
};

/* "12 min ago", of a time of CLOCK_BOOTTIME */
static const char *age_of(struct ks_case *c, uint64_t began_ns)
{
	uint64_t now = c->look->at[KS_LOOK_LAST].boottime_ns;
	uint64_t passed = now > began_ns ? now - began_ns : 0;

	return ks_strings_add(c->strings, "%s ago",
			      ks_words_span(passed / 1000000000).text);
}

static void container_stop(struct ks_case *c, struct ks_remedy *remedy,
			   const struct ks_container *container)
{
	size_t i;

	remedy->text = ks_strings_add(c->strings, "%s, in %s %s", remedy->text,
				      container->engine, container->name);
	for (i = 0; !container->inner && i < ARRAY_SIZE(engines); i++) {
		if (strcmp(engines[i].name, container->engine))
			continue;
		remedy->cost = engines[i].cost;
		remedy->argv = ks_argv_begin(engines[i].program, "stop",
					     NULL);
		ks_argv_operand(&remedy->argv, c->strings, container->name);
	}
}

bool ks_service_is_own(const struct ks_found_creator *creator)
{
	const struct ks_who *who = creator->who;

	return who && *who->service.name && !who->service.is_user &&
	       !*who->service.other && !creator->container;
}

static void unit_stop(struct ks_case *c, struct ks_remedy *remedy,
		      const struct ks_service *service)
{
	const char *manager = ks_strings_add(c->strings, "%u@.host", service->uid);

	if (service->is_user)
		remedy->argv = ks_argv_begin("systemctl", "--user", "-M",
					     manager, "stop", NULL);
	else
		remedy->argv = ks_argv_begin("systemctl", "stop", NULL);
	ks_argv_operand(&remedy->argv, c->strings, service->name);
	remedy->cost = ks_strings_add(c->strings,
				      "all of %s ends: %zu process%s now",
				      service->name, service->nr_processes,
				      service->nr_processes == 1 ? "" : "es");
}

static void pid_kill(struct ks_case *c, struct ks_remedy *remedy, uint64_t pid)
{
	const char *number = ks_strings_add(c->strings, "%llu",
					    (unsigned long long)pid);

	remedy->argv = ks_argv_begin("kill", number, NULL);
}

static void starter_kill(struct ks_case *c, struct ks_remedy *remedy,
			 const struct ks_found_creator *creator)
{
	const struct ks_who *who = creator->who;

	remedy->text = ks_strings_add(c->strings,
				      "stop %s, process %llu since %s, which starts %s",
				      creator->starter,
				      (unsigned long long)creator->starter_pid,
				      age_of(c, who->starter_began_ns),
				      ks_creator_words(c, creator));
	remedy->cost = ks_strings_add(c->strings,
				      "it has %zu process%s of its own now, which may go on without it",
				      who->starter_children,
				      who->starter_children == 1 ? "" : "es");
	pid_kill(c, remedy, creator->starter_pid);
}

/* pgrep(1) takes the name for a regular expression. */
static const char *expression_of(struct ks_case *c, const char *text)
{
	char *name = ks_text_unescape(text), *escaped, *end;
	const char *from, *kept = "";

	escaped = name ? malloc(2 * strlen(name) + 1) : NULL;
	end = escaped;
	for (from = name; escaped && *from; from++) {
		if (strchr("\\.[](){}*+?^$|", *from))
			*end++ = '\\';
		*end++ = *from;
	}
	if (escaped) {
		*end = '\0';
		text = ks_text_escape(escaped, strlen(escaped));
		kept = ks_strings_add(c->strings, "%s", text ?: "");
		free((void *)text);
	}
	if (!*kept)
		c->strings->failed = true;
	free(escaped);
	free(name);
	return kept;
}

/* Nothing is proved: list what has the name, for people to judge. */
static void name_find(struct ks_case *c, struct ks_remedy *remedy,
		      const struct ks_found_creator *creator)
{
	const char *name = creator->nr_parents ? creator->parent[0] :
			   creator->name;

	remedy->text = ks_strings_add(c->strings,
				      "find and stop what starts %s%s",
				      ks_creator_words(c, creator),
				      creator->cgroup ? "" :
				      "; its cgroup is not known");
	/* Where numbers are of elsewhere, or one name stands for several */
	if (!c->look->host_processes ||
	    (creator->who && creator->who->alive && !creator->alive))
		return;
	remedy->argv = ks_argv_begin("pgrep", "-a", "-x", NULL);
	ks_argv_operand(&remedy->argv, c->strings, expression_of(c, name));
}

static void process_stop(struct ks_case *c, struct ks_remedy *remedy,
			 const struct ks_found_creator *creator)
{
	const struct ks_who *who = creator->who;

	if (creator->nr_alike > 1) {
		/* None of them is the one. */
		remedy->text = ks_strings_add(c->strings,
					      "find and stop what starts %s",
					      ks_creator_words(c, creator));
	} else if (creator->starter) {
		starter_kill(c, remedy, creator);
	} else if (!who || !who->alive || !creator->alive) {
		name_find(c, remedy, creator);
	} else if (who->nr_alike > 1) {
		remedy->text = ks_strings_add(c->strings,
					      "stop what starts %s: process %llu is one of %zu such processes",
					      ks_creator_words(c, creator),
					      (unsigned long long)creator->pid,
					      who->nr_alike);
	} else {
		remedy->text = ks_strings_add(c->strings,
					      "stop %s, process %llu since %s",
					      ks_creator_words(c, creator),
					      (unsigned long long)creator->pid,
					      age_of(c, who->began_ns));
		pid_kill(c, remedy, creator->pid);
	}
}

static void remedy_fill(struct ks_case *c, struct ks_remedy *remedy,
			const struct ks_found_creator *creator)
{
	const struct ks_who *who = creator->who;
	struct ks_container container;
	char *other;

	remedy->text = ks_strings_add(c->strings, "stop %s",
				      ks_creator_words(c, creator));
	if (creator->cgroup && ks_container_find(&container, creator->cgroup)) {
		container_stop(c, remedy, &container);
		return;
	}
	if (who && *who->service.name && !*who->service.other) {
		unit_stop(c, remedy, &who->service);
		return;
	}
	process_stop(c, remedy, creator);
	if (!who || !*who->service.name)
		return;
	other = ks_text_escape(who->service.other, sizeof(who->service.other));
	remedy->text = ks_strings_add(c->strings,
				      "%s; this job only, as %s has others, such as %s",
				      remedy->text, who->service.name,
				      other ?: "?");
	free(other);
}

/* The trace need not have seen all of the growth. */
static const char *effect_of(struct ks_case *c,
			     const struct ks_finding *finding,
			     const struct ks_found_creator *creator)
{
	uint64_t rate;

	if (creator->share_permille == KS_UNKNOWN)
		return "what it allocates ends; its share of the growth is unknown";
	rate = finding->bytes_per_second / 1000.0 * creator->share_permille;
	return ks_strings_add(c->strings, "%s of the growth ends: %s/s",
			      ks_words_share(creator->share_permille).text,
			      ks_words_bytes(rate).text);
}

void ks_stop_add(struct ks_case *c, struct ks_finding *finding,
		 const struct ks_found_creator *creator)
{
	struct ks_remedy remedy = {
		.when = KS_NOW,
		.frees_bytes = KS_UNKNOWN,
	};

	if (!creator->name || !creator->context ||
	    strcmp(creator->context, "task"))
		return;
	/* What runs the host, or this program, is not for it to stop. */
	if (creator->who && creator->who->spared)
		return;
	remedy.effect = effect_of(c, finding, creator);
	remedy_fill(c, &remedy, creator);
	ks_remedy_give(c, finding, remedy);
}
