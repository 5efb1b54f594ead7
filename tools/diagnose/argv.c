// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands of remedies.  Names in them may come from any user who can start a
 * process or make a cgroup, and root may give the line to a shell.  So all are
 * built here, and quoted in the POSIX way: dash knows no $'...'.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/argv.h"
#include "lib/text.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static void word_add(struct kms_argv *command, const char *word)
{
	/* No caller has more. */
	if (command->nr < KMS_MAX_WORDS)
		command->word[command->nr++] = word;
}

struct kms_argv kms_argv_begin(const char *word, ...)
{
	struct kms_argv command = { .nr = 0 };
	va_list words;

	va_start(words, word);
	for (; word; word = va_arg(words, const char *))
		word_add(&command, word);
	va_end(words);
	return command;
}

/* The bytes that text stands for. */
static const char *bytes_of(struct kms_strings *strings, const char *text)
{
	char *bytes = kms_text_unescape(text);
	const char *kept = "";

	if (bytes)
		kept = kms_strings_add(strings, "%s", bytes);
	else
		strings->failed = true;
	free(bytes);
	return kept;
}

static bool has_dashes(const struct kms_argv *command)
{
	size_t i;

	for (i = 0; i < command->nr; i++)
		if (!strcmp(command->word[i], "--"))
			return true;
	return false;
}

void kms_argv_operand(struct kms_argv *command, struct kms_strings *strings,
		      const char *text)
{
	if (!has_dashes(command))
		word_add(command, "--");
	word_add(command, bytes_of(strings, text));
}

void kms_argv_into(struct kms_argv *command, struct kms_strings *strings,
		   const char *path)
{
	command->into = bytes_of(strings, path);
}

/* In single quotes; a quote itself goes between two quoted parts. */
static char *quoted(const char *word)
{
	char *text = malloc(4 * strlen(word) + 3), *end = text;

	if (!text)
		return NULL;
	*end++ = '\'';
	for (; *word; word++) {
		if (*word == '\'')
			end = stpcpy(end, "'\\'");
		*end++ = *word;
	}
	stpcpy(end, "'");
	return text;
}

/*
 * Write bytes in octal that a terminal may act on or not show, and all that
 * printf(1) or a shell with history might interpret.
 */
static char *printed(const char *word)
{
	char *text = malloc(4 * strlen(word) + sizeof("\"$(printf '')\""));
	char *end = text;

	if (!text)
		return NULL;
	end = stpcpy(end, "\"$(printf '");
	for (; *word; word++) {
		if (strchr(LETTERS "/._", *word))
			*end++ = *word;
		else
			end += sprintf(end, "\\%03o", (unsigned char)*word);
	}
	stpcpy(end, "')\"");
	return text;
}

static bool is_ascii(const char *word)
{
	while (*word >= ' ' && *word < 0x7f)
		word++;
	return !*word;
}

/* One word of a line; NULL when it cannot be written. */
static const char *word_line(const char *word, struct kms_strings *strings)
{
	static const char plain[] = LETTERS DIGITS "/._:@+=,-";
	size_t len = strlen(word);
	const char *kept;
	char *text;

	if (len && !word[strspn(word, plain)])
		return word;
	/* $(...) drops newlines at the end. */
	if (len && word[len - 1] == '\n')
		return NULL;
	text = is_ascii(word) ? quoted(word) : printed(word);
	if (!text) {
		strings->failed = true;
		return "";
	}
	kept = kms_strings_add(strings, "%s", text);
	free(text);
	return kept;
}

const char *kms_argv_line(const struct kms_argv *command,
			  struct kms_strings *strings)
{
	const char *line = "", *word;
	size_t i;

	for (i = 0; i < command->nr; i++) {
		word = word_line(command->word[i], strings);
		if (!word)
			return NULL;
		line = kms_strings_add(strings, i ? "%s %s" : "%s%s", line,
				       word);
	}
	if (!command->into)
		return line;
	word = word_line(command->into, strings);
	return word ? kms_strings_add(strings, "%s > %s", line, word) : NULL;
}

bool kms_argv_is_text(const struct kms_argv *command)
{
	size_t i;

	for (i = 0; i < command->nr; i++)
		if (!kms_text_is_utf8(command->word[i]))
			return false;
	return !command->into || kms_text_is_utf8(command->into);
}
