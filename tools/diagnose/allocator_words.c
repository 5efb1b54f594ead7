// SPDX-License-Identifier: GPL-2.0-only
/* Allocators in words, as findings and remedies name them. */
#include <string.h>

#include "diagnose/allocator_words.h"
#include "lib/words.h"

const char *kms_allocator_name(struct kms_strings *strings,
			     const struct kms_found_allocator *allocator)
{
	if (!allocator->name)
		return kms_strings_add(strings, "[%s]",
				       allocator->context ?: "unknown");
	if (!allocator->context || strcmp(allocator->context, "kthread"))
		return allocator->name;
	if (allocator->work)
		return kms_strings_add(strings, "[%s: %s]", allocator->name,
				       allocator->work);
	return kms_strings_add(strings, "[%s]", allocator->name);
}

const char *kms_allocator_share(struct kms_strings *strings,
			      const struct kms_finding *finding,
			      const struct kms_found_allocator *allocator)
{
	if (finding->attributed &&
	    allocator->share_permille != KMS_UNKNOWN)
		return kms_strings_add(strings, "%s",
				kms_words_share(allocator->share_permille).text);
	if (allocator->share_permille == KMS_UNKNOWN)
		return kms_strings_add(strings, "%s of what was traced",
				kms_words_share(allocator->traced_permille).text);
	return kms_strings_add(strings,
			       "%s of what was traced (%s of the growth)",
			       kms_words_share(allocator->traced_permille).text,
			       kms_words_share(allocator->share_permille).text);
}

const char *kms_allocator_chain(struct kms_strings *strings,
			      const struct kms_found_allocator *allocator)
{
	const char *words = kms_allocator_name(strings, allocator);
	size_t i;

	for (i = 0; i < allocator->nr_parents; i++)
		words = kms_strings_add(strings, "%s <- %s", words,
					allocator->parent[i]);
	return words;
}
