// SPDX-License-Identifier: GPL-2.0-only
/* Allocators in words, as findings and remedies name them. */
#include <string.h>

#include "diagnose/allocator_words.h"
#include "lib/words.h"

const char *kms_creator_name(struct kms_strings *strings,
			     const struct kms_found_creator *creator)
{
	if (!creator->name)
		return kms_strings_add(strings, "[%s]",
				       creator->context ?: "unknown");
	if (!creator->context || strcmp(creator->context, "kthread"))
		return creator->name;
	if (creator->work)
		return kms_strings_add(strings, "[%s: %s]", creator->name,
				       creator->work);
	return kms_strings_add(strings, "[%s]", creator->name);
}

const char *kms_creator_share(struct kms_strings *strings,
			      const struct kms_finding *finding,
			      const struct kms_found_creator *creator)
{
	if (finding->attributed &&
	    creator->share_permille != KMS_UNKNOWN)
		return kms_strings_add(strings, "%s",
				kms_words_share(creator->share_permille).text);
	if (creator->share_permille == KMS_UNKNOWN)
		return kms_strings_add(strings, "%s of what was traced",
				kms_words_share(creator->traced_permille).text);
	return kms_strings_add(strings,
			       "%s of what was traced (%s of the growth)",
			       kms_words_share(creator->traced_permille).text,
			       kms_words_share(creator->share_permille).text);
}

const char *kms_creator_words(struct kms_strings *strings,
			      const struct kms_found_creator *creator)
{
	const char *words = kms_creator_name(strings, creator);
	size_t i;

	for (i = 0; i < creator->nr_parents; i++)
		words = kms_strings_add(strings, "%s <- %s", words,
					creator->parent[i]);
	return words;
}
