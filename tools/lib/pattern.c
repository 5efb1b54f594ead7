// SPDX-License-Identifier: GPL-2.0-only
/*
 * What many names have in common.
 *
 * Where nearly all are the same but for the digits in them, the others are left
 * out: they are somebody else's.
 *
 * A name is cut into words (letters, digits, bytes beyond ASCII) and the bytes
 * between them.  Names with the same bytes between as many words are of one
 * shape; in the most frequent shape each word is folded for itself.  Where
 * shapes say little, as with the '-' and '_' of base64, what all names begin
 * and end with is taken instead.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fold.h"
#include "lib/pattern.h"
#include "lib/text.h"

/* A name with more is folded from there on as one word. */
#define TOKENS_MAX 64

/* Names of which so many are the same but for digits are those. */
#define ALIKE_PERMILLE 750

/* A shape that fewer names have is no pattern of theirs. */
#define SHAPE_PERMILLE 500
#define SHAPE_LEAST_PERMILLE 250

struct shape {
	struct kms_span token[TOKENS_MAX];
	size_t nr;
};

struct work {
	char *name[KMS_PATTERN_NAMES_MAX];	/* not escaped */
	struct shape shape[KMS_PATTERN_NAMES_MAX];
	size_t nr;
	size_t nr_left_out;			/* those behind the others */
	struct kms_fold fold;
};

static void shape_find(struct shape *shape, const char *name)
{
	size_t len;

	for (shape->nr = 0; *name; name += len) {
		len = 1;
		if (shape->nr == TOKENS_MAX - 1)
			len = strlen(name);
		else if (kms_fold_is_word(*name))
			while (kms_fold_is_word(name[len]))
				len++;
		shape->token[shape->nr++] = (struct kms_span){ name, len };
	}
}

static bool shapes_equal(const struct shape *a, const struct shape *b)
{
	size_t i;

	if (a->nr != b->nr)
		return false;
	for (i = 0; i < a->nr; i++) {
		bool word = kms_fold_is_word(*a->token[i].start);

		if (word != kms_fold_is_word(*b->token[i].start) ||
		    (!word && *a->token[i].start != *b->token[i].start))
			return false;
	}
	return true;
}

/* The names of one shape, word by word. */
static void shape_fold(struct work *work, const struct shape *shape)
{
	size_t token, i;

	for (token = 0; token < shape->nr; token++) {
		work->fold.nr = 0;
		for (i = 0; i < work->nr; i++)
			if (shapes_equal(&work->shape[i], shape))
				work->fold.part[work->fold.nr++] =
					work->shape[i].token[token];
		kms_fold_word(&work->fold);
	}
}

static void names_fold(struct work *work)
{
	work->fold.nr = work->nr;
	for (size_t i = 0; i < work->nr; i++)
		work->fold.part[i] = (struct kms_span){
			work->name[i], strlen(work->name[i])
		};
	kms_fold_ends(&work->fold);
}

/* Which name's shape is the most frequent, and how often it is there. */
static size_t shape_choose(const struct work *work, size_t *count)
{
	size_t best = 0, i, j, n;

	*count = 0;
	for (i = 0; i < work->nr; i++) {
		for (j = n = 0; j < work->nr; j++)
			n += shapes_equal(&work->shape[i], &work->shape[j]);
		if (n > *count) {
			*count = n;
			best = i;
		}
	}
	return best;
}

/*
 * Fold the names of a shape, or without one all of them; NULL, and *failed
 * left as it is, when that says nothing.
 */
static char *fold(struct work *work, const struct shape *shape, bool *failed)
{
	char *bytes = NULL, *text = NULL;
	size_t size;

	work->fold.specific = false;
	work->fold.out = open_memstream(&bytes, &size);
	if (!work->fold.out) {
		*failed = true;
		return NULL;
	}
	if (shape)
		shape_fold(work, shape);
	else
		names_fold(work);
	if (fclose(work->fold.out))
		*failed = true;
	if (!*failed && work->fold.specific) {
		text = kms_text_escape(bytes, size);
		*failed = !text;
	}
	free(bytes);
	return text;
}

/* Are two names the same, but for the numbers in them? */
static bool are_alike(const char *a, const char *b)
{
	while (*a && *b) {
		size_t run = strspn(a, "0123456789");
		size_t other = strspn(b, "0123456789");

		if (!run != !other || (!run && *a != *b))
			return false;
		a += run ? run : 1;
		b += run ? other : 1;
	}
	return *a == *b;
}

static size_t alike_count(const struct work *work, size_t name)
{
	size_t i, count = 0;

	for (i = 0; i < work->nr; i++)
		count += are_alike(work->name[name], work->name[i]);
	return count;
}

/* Where most names are alike go on with those alone. */
static void others_leave_out(struct work *work)
{
	size_t i, best = 0, most = 0, kept = 0;
	const char *model;

	for (i = 0; i < work->nr; i++) {
		size_t count = alike_count(work, i);

		if (count > most) {
			most = count;
			best = i;
		}
	}
	if (most < 2 || 1000 * most < ALIKE_PERMILLE * work->nr)
		return;
	model = work->name[best];
	for (i = 0; i < work->nr; i++) {
		char *name = work->name[i];
		struct shape shape;

		if (!are_alike(model, name))
			continue;
		shape = work->shape[i];
		work->name[i] = work->name[kept];
		work->shape[i] = work->shape[kept];
		work->name[kept] = name;
		work->shape[kept++] = shape;
	}
	work->nr_left_out = work->nr - kept;
	work->nr = kept;
}

static bool names_equal(const struct work *work)
{
	size_t i;

	for (i = 1; i < work->nr; i++)
		if (strcmp(work->name[i], work->name[0]))
			return false;
	return true;
}

static bool choose(struct kms_pattern *pattern, struct work *work)
{
	size_t count, best = shape_choose(work, &count);
	bool failed = false;
	size_t example = best;
	char *shape, *ends;

	if (names_equal(work)) {
		pattern->text = kms_text_escape(work->name[0],
						strlen(work->name[0]));
		pattern->example = kms_text_escape(work->name[0],
						   strlen(work->name[0]));
		pattern->nr_covered = work->nr;
		return pattern->text && pattern->example;
	}
	shape = fold(work, &work->shape[best], &failed);
	ends = fold(work, NULL, &failed);
	/*
	 * A shape that is one name's own is that name, no pattern; and what
	 * fits all names is more than the same for some of them.
	 */
	if (count < 2 || (shape && ends && !strcmp(shape, ends))) {
		free(shape);
		shape = NULL;
	}
	if (shape && (1000 * count >= SHAPE_PERMILLE * work->nr ||
		      (!ends && 1000 * count >=
				SHAPE_LEAST_PERMILLE * work->nr))) {
		pattern->text = shape;
		pattern->nr_covered = count;
		shape = NULL;
	} else if (ends) {
		pattern->text = ends;
		pattern->nr_covered = work->nr;
		example = 0;
		ends = NULL;
	}
	free(shape);
	free(ends);
	if (failed)
		return false;
	if (pattern->text)
		pattern->example = kms_text_escape(work->name[example],
						   strlen(work->name[example]));
	return !pattern->text || pattern->example;
}

bool kms_pattern_find(struct kms_pattern *pattern, const char * const *names,
		      size_t nr)
{
	struct work *work;
	bool complete;
	size_t i;

	*pattern = (struct kms_pattern){ 0 };
	if (nr > KMS_PATTERN_NAMES_MAX)
		nr = KMS_PATTERN_NAMES_MAX;
	pattern->nr_names = nr;
	if (!nr)
		return true;
	work = calloc(1, sizeof(*work));
	if (!work)
		return false;
	for (complete = true; complete && work->nr < nr; work->nr++) {
		char *name = kms_text_unescape(names[work->nr]);

		complete = name;
		if (!complete)
			break;
		work->name[work->nr] = name;
		shape_find(&work->shape[work->nr], name);
	}
	if (complete)
		others_leave_out(work);
	complete = complete && choose(pattern, work);
	for (i = 0; i < work->nr + work->nr_left_out; i++)
		free(work->name[i]);
	free(work);
	if (!complete)
		kms_pattern_free(pattern);
	return complete;
}

void kms_pattern_free(struct kms_pattern *pattern)
{
	free(pattern->text);
	free(pattern->example);
	*pattern = (struct kms_pattern){ 0 };
}
