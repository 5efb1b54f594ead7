// SPDX-License-Identifier: GPL-2.0-only
/* Allocators in words, as findings and remedies name them. */
#include <string.h>

#include "diagnose/judge/allocator_words.h"
#include "lib/words.h"

static const char *label_of(struct kms_strings *strings,
			    const struct kms_found_allocator *allocator)
{
	if (!allocator->name)
		return kms_strings_add(strings, "[%s]",
				       allocator->context ?: "unknown");
	if (!allocator->context || strcmp(allocator->context, "kthread"))
		return allocator->name;
	if (!allocator->work)
		return kms_strings_add(strings, "[%s]", allocator->name);
	return kms_strings_add(strings, "[%s: %s]", allocator->name,
			       allocator->work);
}

static const char *chain_of(struct kms_strings *strings,
			    const struct kms_found_allocator *allocator)
{
	const char *chain = allocator->label;
	size_t i;

	for (i = 0; i < allocator->nr_parents; i++)
		chain = kms_strings_add(strings, "%s%s%s", chain,
					i ? " <- " : ", started by ",
					allocator->parent[i]);
	return chain;
}

static const char *share_of(struct kms_strings *strings,
			    const struct kms_finding *finding,
			    const struct kms_found_allocator *allocator)
{
	struct kms_words traced = kms_words_share(allocator->traced_permille);

	if (allocator->share_permille == KMS_UNKNOWN)
		return kms_strings_add(strings, "%s of what was traced",
				       traced.text);
	if (finding->attributed)
		return kms_strings_add(strings, "%s",
			kms_words_share(allocator->share_permille).text);
	return kms_strings_add(strings,
			       "%s of what was traced (%s of the growth)",
			       traced.text,
			       kms_words_share(allocator->share_permille).text);
}

void kms_allocator_words(struct kms_strings *strings,
			 const struct kms_finding *finding,
			 struct kms_found_allocator *allocator)
{
	allocator->label = label_of(strings, allocator);
	allocator->chain = chain_of(strings, allocator);
	allocator->share = share_of(strings, finding, allocator);
}
