// SPDX-License-Identifier: GPL-2.0-only
/* The one sentence about a slab cache that grew. */
#include <string.h>

#include "diagnose/judge/headline.h"
#include "lib/words.h"

/* 20, less the two of "(+1 more)". */
#define MAX_WORDS_OF_HEADLINE 18

/* A directory with less of the growth is not where it happens. */
#define MIN_WHERE_PERMILLE 500

/* ", 97 % by curl", in as few words as are true. */
static const char *share_words(struct kms_case *c,
			       const struct kms_finding *finding)
{
	const struct kms_found_allocator *first = &finding->allocator[0];
	uint64_t attributed = finding->attributed_permille;

	if (!finding->nr_allocators)
		return "";
	if (first->traced_permille < KMS_NAMED_PERMILLE)
		return ", spread over many allocators";
	if (finding->attributed && first->share_permille != KMS_UNKNOWN)
		return kms_strings_add(c->strings, ", %s by %s",
				kms_words_share(first->share_permille).text,
				first->label);
	/* KMS_UNKNOWN is above 1000 as well. */
	if (attributed >= 1000)
		return kms_strings_add(c->strings,
				", %s of traced allocations by %s",
				kms_words_share(first->traced_permille).text,
				first->label);
	return kms_strings_add(c->strings, ", %s by %s, %s untraced",
			       kms_words_share(first->share_permille).text,
			       first->label,
			       kms_words_share(1000 - attributed).text);
}

const char *kms_where_words(struct kms_case *c,
			    const struct kms_finding *finding, bool pattern)
{
	const struct kms_found_directory *directory = &finding->directory[0];

	if (!finding->nr_directories || !directory->path ||
	    directory->share_permille < MIN_WHERE_PERMILLE)
		return "";
	if (!pattern || !directory->pattern)
		return kms_strings_add(c->strings, " in %s", directory->path);
	return kms_strings_add(c->strings, " in %s (%s)", directory->path,
			       directory->pattern);
}

/* ", module foo", where the allocations go through one. */
static const char *module_words(struct kms_case *c,
				const struct kms_finding *finding)
{
	const char *module;

	if (finding->kind != KMS_FINDING_UNRECLAIMABLE_SLAB ||
	    !finding->nr_allocators)
		return "";
	module = kms_allocator_module(&finding->allocator[0], c->strings);
	return module ? kms_strings_add(c->strings, ", module %s", module) : "";
}

static size_t words_count(const char *text)
{
	size_t nr = *text != '\0';

	for (; *text; text++)
		nr += *text == ' ';
	return nr;
}

const char *kms_cache_words(struct kms_case *c, const char *cache)
{
	static const char end[] = "_cache";
	size_t len = strlen(cache);

	if (len >= strlen(end) && !strcmp(cache + len - strlen(end), end))
		return cache;
	return kms_strings_add(c->strings, "%s cache", cache);
}

/* Growth that may have ended has no rate. */
static const char *growth_words(struct kms_case *c,
				const struct kms_finding *finding)
{
	if (finding->sure == KMS_POSSIBLE && !finding->guessed)
		return kms_strings_add(c->strings, "grew unsteadily by %s",
				kms_words_bytes(finding->growth_bytes).text);
	return kms_strings_add(c->strings, "grows by %s/s",
			       kms_words_bytes(finding->bytes_per_second).text);
}

void kms_headline_fill(struct kms_case *c, struct kms_finding *finding,
		       const char *what)
{
	const char *module = module_words(c, finding);
	const char *where[3];
	size_t i;

	where[0] = kms_where_words(c, finding, true);
	where[1] = kms_where_words(c, finding, false);
	where[2] = "";
	for (i = 0; i < 3; i++) {
		kms_summarize(c, finding, "the %s %s: %s%s%s%s",
			      kms_cache_words(c, finding->cache),
			      growth_words(c, finding),
			      what, where[i], share_words(c, finding), module);
		if (words_count(finding->summary) <= MAX_WORDS_OF_HEADLINE)
			return;
	}
}
