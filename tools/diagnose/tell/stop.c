// SPDX-License-Identifier: GPL-2.0-only
/*
 * How to stop an allocator or a holder, with its cost.
 *
 * Root may run the command, so it names only what is proved to be the
 * allocator: a container or unit by a cgroup that no one else can make, a
 * process by its number and parents.  Where that fails there are only words.
 */
#include <stdlib.h>
#include <string.h>

#include "diagnose/tell/stop.h"
#include "host/container.h"
#include "lib/array.h"
#include "lib/clock.h"
#include "lib/text.h"
#include "lib/words.h"

/* Engines that know a container by the name of its cgroup. */
static const struct {
	const char *name;
	const char *program;
	const char *cost;
} engines[] = {
	{ "docker", "docker", "stops everything in the container" },
	{ "podman", "podman", "stops everything in the container" },
	{ "kubernetes", "crictl",
	  "stops everything in the container; the kubelet starts it again" },
	{ "cri-o", "crictl",
	  "stops everything in the container; the kubelet starts it again" },
};

/* "12 minutes ago", of a time of CLOCK_BOOTTIME */
static const char *age_of(struct kms_advice *a, uint64_t began_ns)
{
	uint64_t now = a->obs->moment[KMS_MOMENT_LAST].boottime_ns;
	uint64_t passed = now > began_ns ? now - began_ns : 0;

	return kms_strings_add(a->strings, "%s ago",
			       kms_words_span(passed / NS_PER_SEC).text);
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

bool kms_service_is_own(const struct kms_found_allocator *allocator)
{
	const struct kms_allocator_facts *facts = allocator->facts;

	return facts && *facts->service.name && !facts->service.is_user &&
	       !*facts->service.other && !allocator->container;
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
				       "stops all of %s, now %zu process%s",
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
			 const struct kms_found_allocator *allocator)
{
	const struct kms_allocator_facts *facts = allocator->facts;

	remedy->text = kms_strings_add(a->strings,
				       "stop %s (process %llu, started %s), which starts %s",
				       allocator->starter,
				       (unsigned long long)allocator->starter_pid,
				       age_of(a, facts->starter_began_ns),
				       allocator->label);
	if (facts->starter_children > 1)
		remedy->cost = kms_strings_add(a->strings,
					       "its %zu child processes may go on without it",
					       facts->starter_children);
	else
		remedy->cost = "a process that it started may go on without it";
	pid_kill(a, remedy, allocator->starter_pid);
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

/* Nothing is proved: list the processes of that name. */
static void name_find(struct kms_advice *a, struct kms_remedy *remedy,
		      const struct kms_found_allocator *allocator)
{
	const char *name = allocator->nr_parents ? allocator->parent[0] :
			   allocator->name;

	remedy->text = kms_strings_add(a->strings,
				       "find and stop the process that starts %s%s",
				       allocator->chain,
				       allocator->cgroup ? "" :
				       "; its cgroup is unknown");
	/* In another PID namespace, or where one name stands for several */
	if (!a->obs->host_processes ||
	    (allocator->facts && allocator->facts->alive && !allocator->alive))
		return;
	remedy->argv = kms_argv_begin("pgrep", "-a", "-x", NULL);
	kms_argv_operand(&remedy->argv, a->strings, expression_of(a, name));
}

static void process_stop(struct kms_advice *a, struct kms_remedy *remedy,
			 const struct kms_found_allocator *allocator)
{
	const struct kms_allocator_facts *facts = allocator->facts;

	if (allocator->nr_alike > 1) {
		/* No single one of them is meant. */
		remedy->text = kms_strings_add(a->strings,
					       "find and stop the process that starts %s",
					       allocator->chain);
	} else if (allocator->starter) {
		starter_kill(a, remedy, allocator);
	} else if (!facts || !facts->alive || !allocator->alive) {
		name_find(a, remedy, allocator);
	} else if (facts->nr_alike > 1) {
		remedy->text = kms_strings_add(a->strings,
					       "stop the process that starts %s: process %llu is one of %zu such processes",
					       allocator->chain,
					       (unsigned long long)allocator->pid,
					       facts->nr_alike);
	} else {
		remedy->text = kms_strings_add(a->strings,
					       "stop %s (process %llu, started %s)",
					       allocator->label,
					       (unsigned long long)allocator->pid,
					       age_of(a, facts->began_ns));
		pid_kill(a, remedy, allocator->pid);
	}
}

static void remedy_fill(struct kms_advice *a, struct kms_remedy *remedy,
			const struct kms_found_allocator *allocator)
{
	const struct kms_allocator_facts *facts = allocator->facts;
	struct kms_container container;
	char *other;

	remedy->text = kms_strings_add(a->strings, "stop %s",
				       allocator->chain);
	if (allocator->cgroup &&
	    kms_container_find(&container, allocator->cgroup)) {
		container_stop(a, remedy, &container);
		return;
	}
	if (facts && *facts->service.name && !*facts->service.other) {
		unit_stop(a, remedy, &facts->service);
		return;
	}
	process_stop(a, remedy, allocator);
	if (!facts || !*facts->service.name)
		return;
	other = kms_text_escape(facts->service.other,
				sizeof(facts->service.other));
	remedy->text = kms_strings_add(a->strings,
				       "%s; do not stop all of %s, which also runs %s",
				       remedy->text, facts->service.name,
				       other ?: "?");
	free(other);
}

/* The trace may not have seen all of the growth. */
static const char *effect_of(struct kms_advice *a,
			     const struct kms_finding *finding,
			     const struct kms_found_allocator *allocator)
{
	uint64_t rate;

	if (allocator->share_permille == KMS_UNKNOWN)
		return "ends its allocations; their share of the growth is unknown";
	rate = finding->bytes_per_second / 1000.0 * allocator->share_permille;
	return kms_strings_add(a->strings, "ends %s of the growth, %s/s",
			       kms_words_share(allocator->share_permille).text,
			       kms_words_bytes(rate).text);
}

void kms_stop_add(struct kms_advice *a, struct kms_finding *finding,
		  const struct kms_found_allocator *allocator)
{
	struct kms_remedy remedy = {
		.when = KMS_NOW,
		.frees_bytes = KMS_UNKNOWN,
	};

	if (!allocator->name || !allocator->context ||
	    strcmp(allocator->context, "task"))
		return;
	/* The host, or this program, needs it. */
	if (allocator->facts && allocator->facts->spared)
		return;
	remedy.effect = effect_of(a, finding, allocator);
	remedy_fill(a, &remedy, allocator);
	kms_remedy_give(a, finding, remedy);
}

void kms_holder_stop(struct kms_advice *a, struct kms_remedy *remedy,
		     const struct kms_found_holder *holder)
{
	const struct kms_holder_facts *facts =
		kms_holder_facts_of(a->obs, holder->pid);
	struct kms_container container;

	remedy->text = kms_strings_add(a->strings, "stop %s", holder->name);
	/* What was observed of a process proves nothing about others. */
	if (holder->is_spared || holder->nr_alike > 1 || !facts ||
	    facts->spared || !facts->began_ns) {
		remedy->text = kms_strings_add(a->strings,
					       "see why %s keeps %s; no command, as ending it may harm the host",
					       holder->name,
					       holder->resource ?: "it");
		return;
	}
	if (facts->cgroup && kms_container_find(&container, facts->cgroup)) {
		container_stop(a, remedy, &container);
		return;
	}
	if (*facts->service.name && !*facts->service.other) {
		unit_stop(a, remedy, &facts->service);
		return;
	}
	remedy->text = kms_strings_add(a->strings,
				       "stop %s (process %llu, started %s)",
				       holder->name,
				       (unsigned long long)holder->pid,
				       age_of(a, facts->began_ns));
	pid_kill(a, remedy, holder->pid);
}
