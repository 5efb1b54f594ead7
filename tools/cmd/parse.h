/* SPDX-License-Identifier: GPL-2.0-only */
/* One table of options drives getopt, --help and what is taken. */
#ifndef KMS_CMD_PARSE_H
#define KMS_CMD_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KMS_MAX_OPTIONS 40

enum kms_option_type {
	KMS_OPTION_FLAG,
	KMS_OPTION_CHOICE,
	KMS_OPTION_TEXT,
	KMS_OPTION_NUMBER,
	KMS_OPTION_SECONDS,
};

/* An option, and where its value is put. Make it by the functions below. */
struct kms_option {
	char letter;		/* '\0': it has only a name */
	const char *name;
	const char *argument;	/* as --help names it; NULL: it takes none */
	const char *help;
	enum kms_option_type type;
	union {
		bool *flag;
		int *choice;
		const char **text;
		uint64_t *number;
	} to;
	int choice;
	const char *unit;	/* what the number counts, for messages */
	uint64_t min;
	uint64_t max;
};

/* What --help prints, and what argv may have. */
struct kms_usage {
	const char *summary;
	const char *operands;	/* as --help names them; NULL: none are taken */
	const char *page;	/* its man page; NULL: it has none of its own */
	const struct kms_option *options;
	size_t nr_options;
	/* Prints what --help has below the options; or NULL. */
	void (*details)(const void *arg);
	const void *arg;
};

/* Set *to when the option is given. */
struct kms_option kms_option_flag(char letter, const char *name,
				  const char *help, bool *to);

/* -b, --bytes, which all commands that print tables have. */
struct kms_option kms_option_bytes(bool *to);

/* Set *to to choice; of several such options the last one counts. */
struct kms_option kms_option_choice(char letter, const char *name,
				    const char *help, int *to, int choice);

struct kms_option kms_option_text(char letter, const char *name,
				  const char *argument, const char *help,
				  const char **to);

/* A whole number from 1 to max; unit is its plural, for messages. */
struct kms_option kms_option_number(const char *name, const char *argument,
				    const char *help, uint64_t *to,
				    const char *unit, uint64_t max);

/* A time in seconds, as nanoseconds. With max 0 any time above 0 will do. */
struct kms_option kms_option_seconds(const char *name, const char *help,
				     uint64_t *to_ns, uint64_t min,
				     uint64_t max);

/*
 * Take the options of argv; operands are left from argv[optind] on. --help and
 * --version are added. False: the program ends with *status, after help, the
 * version or an error was printed.
 */
bool kms_cmd_parse(const struct kms_usage *usage, int argc, char **argv,
		   int *status);

#endif /* KMS_CMD_PARSE_H */
