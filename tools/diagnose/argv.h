/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands of remedies: an argument vector, and the same for a shell. */
#ifndef KMS_DIAGNOSE_ARGV_H
#define KMS_DIAGNOSE_ARGV_H

#include "lib/strings.h"

#define KMS_MAX_WORDS 12

/* All words are bytes, not escaped text; the one after the last is NULL. */
struct kms_argv {
	const char *word[KMS_MAX_WORDS + 1];
	size_t nr;
	const char *into;	/* the file that its output goes to, or NULL */
};

/*
 * Begin with words of this program: a name, options, numbers.  The last
 * argument is NULL.
 */
struct kms_argv kms_argv_begin(const char *word, ...)
	__attribute__((sentinel));

/*
 * Append a word that others chose, as escaped text.  "--" precedes the first
 * of them, so that none is taken for an option.
 */
void kms_argv_operand(struct kms_argv *command, struct kms_strings *strings,
		      const char *text);

/* Send the output to a file, whose path is escaped text. */
void kms_argv_into(struct kms_argv *command, struct kms_strings *strings,
		   const char *path);

/*
 * The command as a line of any POSIX shell, in ASCII; it lives as long as
 * strings.  NULL when a word cannot be written there.
 */
const char *kms_argv_line(const struct kms_argv *command,
			  struct kms_strings *strings);

/* Are all words UTF-8, as JSON needs? */
bool kms_argv_is_text(const struct kms_argv *command);

#endif /* KMS_DIAGNOSE_ARGV_H */
