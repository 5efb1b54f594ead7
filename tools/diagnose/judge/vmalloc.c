// SPDX-License-Identifier: GPL-2.0-only
/* Which callers of vmalloc() and vmap() have more than before. */
#include <string.h>

#include "diagnose/judge/growers.h"
#include "diagnose/judge/vmalloc.h"
#include "lib/array.h"
#include "lib/words.h"

#define MAX_CALLERS 5

/* These make the stacks of threads, which are a part of memory of their own. */
static const char * const stacks[] = {
	"alloc_thread_stack_node", "copy_process", "dup_task_struct",
	"fork_idle", "kernel_clone",
};

static bool is_stack(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(stacks); i++)
		if (!strncmp(name, stacks[i], strlen(stacks[i])))
			return true;
	return false;
}

/* In the time of the case; negative where it shrank. */
static int64_t growth_of(const struct kms_case *c,
			 const struct kms_vmalloc_caller *now, bool mapped)
{
	const struct kms_vmalloc_caller *before =
		kms_vmalloc_callers_find(&c->obs->host[KMS_HOST_BEFORE].vmalloc,
					 now->name);
	int64_t bytes = mapped ? now->mapped_bytes : now->bytes;

	if (before)
		bytes -= mapped ? before->mapped_bytes : before->bytes;
	return kms_host_growth(c, bytes);
}

/* The caller that grew the most, but by less than below. */
static const struct kms_vmalloc_caller *
largest_find(const struct kms_case *c, bool mapped, int64_t below,
	     int64_t *growth)
{
	const struct kms_vmalloc_callers *now =
		&c->obs->host[KMS_HOST_AFTER].vmalloc;
	const struct kms_vmalloc_caller *found = NULL;
	int64_t bytes;
	size_t i;

	*growth = 0;
	for (i = 0; i < now->nr; i++) {
		if (is_stack(now->caller[i].name))
			continue;
		bytes = growth_of(c, &now->caller[i], mapped);
		if (bytes <= *growth || bytes >= below)
			continue;
		*growth = bytes;
		found = &now->caller[i];
	}
	return found;
}

bool kms_vmalloc_tell(struct kms_case *c, struct kms_finding *finding,
		      bool mapped)
{
	const struct kms_vmalloc_caller *caller;
	int64_t growth, below = INT64_MAX;
	uint64_t sum = 0;
	size_t i;

	if (!c->obs->host[KMS_HOST_BEFORE].vmalloc.known ||
	    !c->obs->host[KMS_HOST_AFTER].vmalloc.known)
		return false;
	for (i = 0; i < MAX_CALLERS; i++) {
		caller = largest_find(c, mapped, below, &growth);
		if (!caller || kms_permille(growth, finding->growth_bytes) <
			       KMS_NAMED_PERMILLE)
			break;
		kms_tell(c, &finding->evidence,
			 "%s of %s grew by %s, to %s in %llu areas",
			 mapped ? "pages mapped by vmap()" : "vmalloc memory",
			 caller->name, kms_words_bytes(growth).text,
			 kms_words_bytes(mapped ? caller->mapped_bytes :
						  caller->bytes).text,
			 (unsigned long long)caller->nr);
		sum += growth;
		below = growth;
	}
	return sum && 2 * sum >= finding->growth_bytes;
}
