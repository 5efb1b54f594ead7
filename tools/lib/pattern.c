// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pattern that many names share.
 *
 * If most names differ only in digits, the others are left out: they come from
 * another program.
 *
 * A name is cut into words (letters, digits, bytes beyond ASCII) and the bytes
 * between them. Names of one shape have equally many words, and the same bytes
 * between them. In the most frequent shape each word becomes a pattern of its
 * own. Where no shape is frequent, as with the '-' and '_' of base64, the common
 * start and end of all names is taken instead.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fold.h"
#include "lib/pattern.h"
#include "lib/text.h"

/* From there on the rest of a name is one word. */
#define MAX_TOKENS 64

/* If this share differs only in digits, the other names are left out. */
#define ALIKE_PERMILLE 750

/* A shape of fewer names is not their pattern. */
#define SHAPE_PERMILLE 500
#define MIN_SHAPE_PERMILLE 250

struct shape {
	struct kms_span token[MAX_TOKENS];
	size_t nr;
};

struct work {
	char *name[KMS_MAX_PATTERN_NAMES];	/* not escaped */
	struct shape shape[KMS_MAX_PATTERN_NAMES];
	size_t nr;
	size_t nr_left_out;			/* at the end of name[] */
	struct kms_fold fold;
};

static void shape_find(struct shape *shape, const char *name)
{
	size_t len;

	for (shape->nr = 0; *name; name += len) {
		len = 1;
		if (shape->nr == MAX_TOKENS - 1)
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

/* Write the pattern of the names of one shape, word by word. */
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

/* Choose the name with the most frequent shape, and count that. */
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
 * The pattern of the names of a shape, or of all names. NULL if it would match
 * any name, and NULL with *failed set if memory is out.
 */
static char *pattern_make(struct work *work, const struct shape *shape, bool *failed)
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

/* Do two names differ only in numbers? */
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

/* If most names are alike, move the others behind them, and drop those. */
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

/* Set the name that stands for the others; false if memory is out. */
static bool example_set(struct kms_pattern *pattern, const char *name)
{
	pattern->example = kms_text_escape(name, strlen(name));
	return pattern->example;
}

/* Take the one name that there is, without placeholders. */
static bool name_take(struct kms_pattern *pattern, const struct work *work)
{
	pattern->text = kms_text_escape(work->name[0], strlen(work->name[0]));
	pattern->nr_covered = work->nr;
	return pattern->text && example_set(pattern, work->name[0]);
}

static bool pattern_choose(struct kms_pattern *pattern, struct work *work)
{
	size_t count, best = shape_choose(work, &count), example = 0;
	bool failed = false;
	char *shape, *ends;

	if (names_equal(work))
		return name_take(pattern, work);
	shape = pattern_make(work, &work->shape[best], &failed);
	ends = pattern_make(work, NULL, &failed);
	/*
	 * The shape of a single name is no pattern. A pattern for all names is
	 * better than the same pattern for some of them.
	 */
	if (count < 2 || (shape && ends && !strcmp(shape, ends))) {
		free(shape);
		shape = NULL;
	}
	if (shape && (1000 * count >= SHAPE_PERMILLE * work->nr ||
		      (!ends && 1000 * count >=
				MIN_SHAPE_PERMILLE * work->nr))) {
		pattern->text = shape;
		pattern->nr_covered = count;
		example = best;
		free(ends);
	} else {
		pattern->text = ends;
		pattern->nr_covered = ends ? work->nr : 0;
		free(shape);
	}
	return !failed &&
	       (!pattern->text || example_set(pattern, work->name[example]));
}

bool kms_pattern_find(struct kms_pattern *pattern, const char * const *names,
		      size_t nr)
{
	struct work *work;
	bool complete;
	size_t i;

	*pattern = (struct kms_pattern){ 0 };
	if (nr > KMS_MAX_PATTERN_NAMES)
		nr = KMS_MAX_PATTERN_NAMES;
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
	complete = complete && pattern_choose(pattern, work);
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
