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

#include "diagnose/allocator_words.h"
#include "diagnose/tell/stop.h"
#include "host/container.h"
#include "lib/array.h"
#include "lib/text.h"
#include "lib/words.h"

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
static const char *age_of(struct kms_advice *a, uint64_t began_ns)
{
	uint64_t now = a->look->at[KMS_LOOK_LAST].boottime_ns;
	uint64_t passed = now > began_ns ? now - began_ns : 0;

	return kms_strings_add(a->strings, "%s ago",
			       kms_words_span(passed / 1000000000).text);
}

static void container_stop(struct kms_advice *a, struct kms_remedy *remedy,
			   const struct kms_container *container)
{
	size_t i;

	remedy->text = kms_strings_add(a->strings, "%s, in %s %s", remedy->text,
				       container->engine, container->name);
	for (i = 0; !container->inner && i < ARRAY_SIZE(engines); i++) {
		if (strcmp(engines[i].name, container->engine))
			continue;
		remedy->cost = engines[i].cost;
		remedy->argv = kms_argv_begin(engines[i].program, "stop",
					      NULL);
		kms_argv_operand(&remedy->argv, a->strings, container->name);
	}
}

bool kms_service_is_own(const struct kms_found_creator *creator)
{
	const struct kms_who *who = creator->who;

	return who && *who->service.name && !who->service.is_user &&
	       !*who->service.other && !creator->container;
}

static void unit_stop(struct kms_advice *a, struct kms_remedy *remedy,
		      const struct kms_service *service)
{
	const char *manager = kms_strings_add(a->strings, "%u@.host", service->uid);

	if (service->is_user)
		remedy->argv = kms_argv_begin("systemctl", "--user", "-M",
					      manager, "stop", NULL);
	else
		remedy->argv = kms_argv_begin("systemctl", "stop", NULL);
	kms_argv_operand(&remedy->argv, a->strings, service->name);
	remedy->cost = kms_strings_add(a->strings,
				       "all of %s ends: %zu process%s now",
				       service->name, service->nr_processes,
				       service->nr_processes == 1 ? "" : "es");
}

static void pid_kill(struct kms_advice *a, struct kms_remedy *remedy,
		     uint64_t pid)
{
	const char *number = kms_strings_add(a->strings, "%llu",
					     (unsigned long long)pid);

	remedy->argv = kms_argv_begin("kill", number, NULL);
}

static void starter_kill(struct kms_advice *a, struct kms_remedy *remedy,
			 const struct kms_found_creator *creator)
{
	const struct kms_who *who = creator->who;

	remedy->text = kms_strings_add(a->strings,
				       "stop %s, process %llu since %s, which starts %s",
				       creator->starter,
				       (unsigned long long)creator->starter_pid,
				       age_of(a, who->starter_began_ns),
				       kms_creator_words(a->strings, creator));
	remedy->cost = kms_strings_add(a->strings,
				       "it has %zu process%s of its own now, which may go on without it",
				       who->starter_children,
				       who->starter_children == 1 ? "" : "es");
	pid_kill(a, remedy, creator->starter_pid);
}

/* pgrep(1) takes the name for a regular expression. */
static const char *expression_of(struct kms_advice *a, const char *text)
{
	char *name = kms_text_unescape(text), *escaped, *end;
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
		text = kms_text_escape(escaped, strlen(escaped));
		kept = kms_strings_add(a->strings, "%s", text ?: "");
		free((void *)text);
	}
	if (!*kept)
		a->strings->failed = true;
	free(escaped);
	free(name);
	return kept;
}

/* Nothing is proved: list what has the name, for people to judge. */
static void name_find(struct kms_advice *a, struct kms_remedy *remedy,
		      const struct kms_found_creator *creator)
{
	const char *name = creator->nr_parents ? creator->parent[0] :
			   creator->name;

	remedy->text = kms_strings_add(a->strings,
				       "find and stop what starts %s%s",
				       kms_creator_words(a->strings, creator),
				       creator->cgroup ? "" :
				       "; its cgroup is not known");
	/* Where numbers are of elsewhere, or one name stands for several */
	if (!a->look->host_processes ||
	    (creator->who && creator->who->alive && !creator->alive))
		return;
	remedy->argv = kms_argv_begin("pgrep", "-a", "-x", NULL);
	kms_argv_operand(&remedy->argv, a->strings, expression_of(a, name));
}

static void process_stop(struct kms_advice *a, struct kms_remedy *remedy,
			 const struct kms_found_creator *creator)
{
	const struct kms_who *who = creator->who;

	if (creator->nr_alike > 1) {
		/* None of them is the one. */
		remedy->text = kms_strings_add(a->strings,
					       "find and stop what starts %s",
					       kms_creator_words(a->strings, creator));
	} else if (creator->starter) {
		starter_kill(a, remedy, creator);
	} else if (!who || !who->alive || !creator->alive) {
		name_find(a, remedy, creator);
	} else if (who->nr_alike > 1) {
		remedy->text = kms_strings_add(a->strings,
					       "stop what starts %s: process %llu is one of %zu such processes",
					       kms_creator_words(a->strings, creator),
					       (unsigned long long)creator->pid,
					       who->nr_alike);
	} else {
		remedy->text = kms_strings_add(a->strings,
					       "stop %s, process %llu since %s",
					       kms_creator_words(a->strings, creator),
					       (unsigned long long)creator->pid,
					       age_of(a, who->began_ns));
		pid_kill(a, remedy, creator->pid);
	}
}

static void remedy_fill(struct kms_advice *a, struct kms_remedy *remedy,
			const struct kms_found_creator *creator)
{
	const struct kms_who *who = creator->who;
	struct kms_container container;
	char *other;

	remedy->text = kms_strings_add(a->strings, "stop %s",
				       kms_creator_words(a->strings, creator));
	if (creator->cgroup &&
	    kms_container_find(&container, creator->cgroup)) {
		container_stop(a, remedy, &container);
		return;
	}
	if (who && *who->service.name && !*who->service.other) {
		unit_stop(a, remedy, &who->service);
		return;
	}
	process_stop(a, remedy, creator);
	if (!who || !*who->service.name)
		return;
	other = kms_text_escape(who->service.other, sizeof(who->service.other));
	remedy->text = kms_strings_add(a->strings,
				       "%s; this job only, as %s has others, such as %s",
				       remedy->text, who->service.name,
				       other ?: "?");
	free(other);
}

/* The trace need not have seen all of the growth. */
static const char *effect_of(struct kms_advice *a,
			     const struct kms_finding *finding,
			     const struct kms_found_creator *creator)
{
	uint64_t rate;

	if (creator->share_permille == KMS_UNKNOWN)
		return "what it allocates ends; its share of the growth is unknown";
	rate = finding->bytes_per_second / 1000.0 * creator->share_permille;
	return kms_strings_add(a->strings, "%s of the growth ends: %s/s",
			       kms_words_share(creator->share_permille).text,
			       kms_words_bytes(rate).text);
}

void kms_stop_add(struct kms_advice *a, struct kms_finding *finding,
		  const struct kms_found_creator *creator)
{
	struct kms_remedy remedy = {
		.when = KMS_NOW,
		.frees_bytes = KMS_UNKNOWN,
	};

	if (!creator->name || !creator->context ||
	    strcmp(creator->context, "task"))
		return;
	/* What runs the host, or this program, is not for it to stop. */
	if (creator->who && creator->who->spared)
		return;
	remedy.effect = effect_of(a, finding, creator);
	remedy_fill(a, &remedy, creator);
	kms_remedy_give(a, finding, remedy);
}
