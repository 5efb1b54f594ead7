/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands of remedies: an argument vector, and the same for a shell. */
#ifndef KS_ARGV_H
#define KS_ARGV_H

#include "diagnose/strings.h"

#define KS_ARGV_WORDS 12

/* All words are bytes, not escaped text; the one after the last is NULL. */
struct ks_argv {
	const char *word[KS_ARGV_WORDS + 1];
	size_t nr;
	const char *into;	/* the file that its output goes to, or NULL */
};

/*
 * Begin with words that this program knows: a name, options, numbers.  The
 * last argument is NULL.
 */
struct ks_argv ks_argv_begin(const char *word, ...)
	__attribute__((sentinel));

/*
 * Append a word that others chose, as escaped text.  "--" comes before the
 * first of them, so that none is taken for an option.
 */
void ks_argv_operand(struct ks_argv *command, struct ks_strings *strings,
		     const char *text);

/* Send the output to a file, whose path is escaped text. */
void ks_argv_into(struct ks_argv *command, struct ks_strings *strings,
		  const char *path);

/*
 * The command as a line of any POSIX shell, in ASCII; it lives as long as
 * strings.  NULL when a word cannot be written there.
 */
const char *ks_argv_line(const struct ks_argv *command,
			 struct ks_strings *strings);

/* Can all words be text of JSON? */
bool ks_argv_is_text(const struct ks_argv *command);

#endif /* KS_ARGV_H */
