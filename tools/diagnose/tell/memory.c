// SPDX-License-Identifier: GPL-2.0-only
/* What to do about memory that processes hold, and about huge pages. */
#include <string.h>

#include "diagnose/tell/memory.h"
#include "lib/words.h"

/* Until then a process is left to whoever runs it. */
#define NOW_SECONDS 3600

/* Who holds less, and not the most, is left alone. */
#define STOP_PERMILLE 200

static bool is_urgent(const struct kms_finding *finding)
{
	return finding->full_seconds != KMS_UNKNOWN &&
	       finding->full_seconds <= NOW_SECONDS &&
	       finding->sure != KMS_POSSIBLE;
}

static const char *name_of(struct kms_advice *a,
			   const struct kms_found_holder *holder)
{
	if (holder->nr_alike > 1)
		return kms_strings_add(a->strings, "the %llu %s processes",
				       (unsigned long long)holder->nr_alike,
				       holder->name ?: "similar");
	return kms_strings_add(a->strings, "%s (process %llu)",
			       holder->name ?: "it",
			       (unsigned long long)holder->pid);
}

static void stop_command(struct kms_advice *a, struct kms_remedy *remedy,
			 const struct kms_found_holder *holder)
{
	if (holder->service) {
		remedy->argv = kms_argv_begin("systemctl", "stop", NULL);
		kms_argv_operand(&remedy->argv, a->strings, holder->service);
		remedy->cost = kms_strings_add(a->strings, "stops all of %s",
					       holder->service);
		return;
	}
	remedy->argv = kms_argv_begin("kill",
				      kms_strings_add(a->strings, "%llu",
						      (unsigned long long)holder->pid),
				      NULL);
	remedy->cost = "it may lose what it has not saved";
}

/* Stop who holds it: its exit frees the memory. */
static void stop_add(struct kms_advice *a, struct kms_finding *finding,
		     const struct kms_found_holder *holder)
{
	struct kms_remedy remedy = {
		.when = is_urgent(finding) ? KMS_NOW : KMS_LATER,
		.text = kms_strings_add(a->strings,
					"stop or restart %s: its exit frees this memory",
					name_of(a, holder)),
		.effect = "ends the growth, and frees what the process holds",
		.frees_bytes = holder->total_bytes,
	};

	/* What is only possible, or worth knowing, is no reason to stop it. */
	if (holder->is_spared || !holder->exit_frees ||
	    finding->severity == KMS_NOTICE || finding->sure == KMS_POSSIBLE)
		return;
	if (holder->nr_alike > 1) {
		remedy.text = kms_strings_add(a->strings,
					      "stop or restart %s: an exit frees what each holds",
					      name_of(a, holder));
		remedy.cost = "what they serve stops";
	} else {
		stop_command(a, &remedy, holder);
	}
	kms_remedy_give(a, finding, remedy);
}

static void watch_add(struct kms_advice *a, struct kms_finding *finding)
{
	kms_remedy_give(a, finding, (struct kms_remedy){
		.when = KMS_LATER,
		.text = "see whether it continues",
		.argv = kms_argv_begin("kmemscope", "diagnose", "--seconds",
				       "60", NULL),
		.effect = "observes again, for longer; changes nothing",
		.frees_bytes = KMS_UNKNOWN,
	});
}

static void words_add(struct kms_advice *a, struct kms_finding *finding,
		      const char *text, const char *effect)
{
	kms_remedy_give(a, finding, (struct kms_remedy){
		.when = KMS_LATER,
		.text = text,
		.effect = effect,
		.frees_bytes = KMS_UNKNOWN,
	});
}

/* The files of a file system stay when a process ends. */
static void files_add(struct kms_advice *a, struct kms_finding *finding)
{
	const struct kms_found_directory *place = &finding->directory[0];
	struct kms_argv command = kms_argv_begin("du", "-xah", NULL);

	if (!place->path || !place->mounted)
		return;
	kms_argv_operand(&command, a->strings, place->path);
	kms_remedy_give(a, finding, (struct kms_remedy){
		.when = KMS_LATER,
		.text = kms_strings_add(a->strings,
					"remove files in %s that are not needed: they are in memory until then",
					place->path),
		.argv = command,
		.effect = "lists them by size; frees nothing",
		.frees_bytes = KMS_UNKNOWN,
	});
}

static void shared_add(struct kms_advice *a, struct kms_finding *finding)
{
	const bool stays = !finding->nr_holders ||
			   !finding->holder[0].exit_frees;
	const bool grows = finding->growth_bytes != KMS_UNKNOWN;

	if (!stays)
		stop_add(a, finding, &finding->holder[0]);
	if (stays && finding->nr_holders && grows)
		words_add(a, finding,
			  kms_strings_add(a->strings,
					  "see why %s writes so much: its exit ends the growth, but frees nothing",
					  name_of(a, &finding->holder[0])),
			  "changes nothing");
	if (stays && finding->nr_directories)
		files_add(a, finding);
	if (stays && !finding->nr_directories)
		kms_remedy_give(a, finding, (struct kms_remedy){
			.when = KMS_LATER,
			.text = "list the shared memory segments, with their owners",
			.argv = kms_argv_begin("ipcs", "-m", "-p", NULL),
			.effect = "lists them; frees nothing",
			.frees_bytes = KMS_UNKNOWN,
		});
}

static void pool_add(struct kms_advice *a, struct kms_finding *finding,
		     const struct kms_huge_pool *pool, uint64_t default_bytes)
{
	uint64_t unused = kms_huge_pool_unused(pool);
	uint64_t spent = unused + pool->nr_surplus;
	const char *word;
	unsigned long long keep = pool->nr > spent ? pool->nr - spent : 0;
	struct kms_words frees = kms_words_bytes(unused * pool->page_bytes);
	struct kms_remedy remedy = {
		.when = KMS_LATER,
		.text = kms_strings_add(a->strings,
					"keep %llu huge pages of %s, if nothing needs the others",
					keep,
					kms_words_bytes(pool->page_bytes).text),
		.cost = "a program that needs them later may get none: large blocks become rare",
		.effect = kms_strings_add(a->strings, "frees %s", frees.text),
		.frees_bytes = unused * pool->page_bytes,
	};

	if (pool->page_bytes == default_bytes) {
		word = kms_strings_add(a->strings, "vm.nr_hugepages=%llu", keep);
		remedy.argv = kms_argv_begin("sysctl", word, NULL);
	} else {
		word = kms_strings_add(a->strings, "%llu", keep);
		remedy.argv = kms_argv_begin("echo", word, NULL);
		word = kms_strings_add(a->strings,
				       "/sys/kernel/mm/hugepages/hugepages-%llukB/nr_hugepages",
				       (unsigned long long)pool->page_bytes /
				       1024);
		kms_argv_into(&remedy.argv, a->strings, word);
	}
	kms_remedy_give(a, finding, remedy);
}

static void pools_add(struct kms_advice *a, struct kms_finding *finding)
{
	const struct kms_huge_pools *pools =
		&a->obs->host[KMS_HOST_AFTER].huge_pools;
	uint64_t default_bytes =
		a->obs->moment[KMS_MOMENT_LAST].meminfo.huge_page;
	size_t i;

	for (i = 0; i < pools->nr; i++)
		if (kms_huge_pool_unused(&pools->pool[i]))
			pool_add(a, finding, &pools->pool[i], default_bytes);
}

/* A zombie is gone when its parent waits for it, or has ended itself. */
static void zombies_add(struct kms_advice *a, struct kms_finding *finding)
{
	const struct kms_found_holder *parent = &finding->holder[0];
	struct kms_remedy remedy = {
		.when = KMS_LATER,
		.effect = "process 1 reaps the zombies when their parent has ended",
		.frees_bytes = KMS_UNKNOWN,
	};

	if (!finding->nr_holders)
		return;
	remedy.text = kms_strings_add(a->strings,
				      "restart %s, and report that it does not wait for its children",
				      name_of(a, parent));
	if (!parent->is_spared && finding->severity != KMS_NOTICE)
		stop_command(a, &remedy, parent);
	kms_remedy_give(a, finding, remedy);
}

static void node_add(struct kms_advice *a, struct kms_finding *finding)
{
	if (finding->nr_holders)
		stop_add(a, finding, &finding->holder[0]);
	words_add(a, finding,
		  finding->nr_holders ?
		  "let it use other nodes: widen its cpuset or its memory policy" :
		  "let programs that are bound to this node use others",
		  "new memory comes from other nodes; nothing is freed");
	watch_add(a, finding);
}

bool kms_memory_remedies_add(struct kms_advice *a, struct kms_finding *finding)
{
	size_t i;

	switch (finding->kind) {
	case KMS_FINDING_PAGES:
		if (!finding->nr_holders)
			return false;
		__attribute__((fallthrough));
	case KMS_FINDING_PROCESS_MEMORY:
		for (i = 0; i < finding->nr_holders && i < KMS_MAX_STOPS; i++)
			if (!i || finding->holder[i].share_permille >=
				  STOP_PERMILLE)
				stop_add(a, finding, &finding->holder[i]);
		watch_add(a, finding);
		return true;
	case KMS_FINDING_SHARED_MEMORY:
		shared_add(a, finding);
		watch_add(a, finding);
		return true;
	case KMS_FINDING_HUGE_PAGES:
		pools_add(a, finding);
		return true;
	case KMS_FINDING_NODE_FULL:
		node_add(a, finding);
		return true;
	case KMS_FINDING_ZOMBIES:
		zombies_add(a, finding);
		return true;
	default:
		return false;
	}
}
