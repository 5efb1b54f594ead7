// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stand-in for lib/nl.c that answers from a file: the whole reader can then
 * be tested without a kernel module.
 *
 * KS_FAKE names the file; its lines are
 *	KIND NAME=VALUE...	a record; \xNN in a value is that byte
 *	!KIND ERRNO TEXT	the kernel refuses to dump that kind
 *	?KIND			a dump of that kind is interrupted, always
 * KS_FAKE_LATER names one that all dumps but the first are answered from, or
 * with KS_FAKE_LATER_SECONDS all dumps that long after the first.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/decode.h"
#include "lib/nl.h"
#include "message.h"

struct ks_nl {
	int dumps;
	double began;		/* seconds, when the first dump was */
};

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static bool is_later(const struct ks_nl *nl)
{
	const char *seconds = getenv("KS_FAKE_LATER_SECONDS");

	if (seconds)
		return seconds_now() - nl->began >= strtod(seconds, NULL);
	return nl->dumps > 1;
}

static char *unescape(char *text)
{
	char *from = text, *to = text;
	unsigned int byte;

	while (*from) {
		if (from[0] == '\\' && from[1] == 'x' &&
		    sscanf(from + 2, "%2x", &byte) == 1) {
			*to++ = (char)byte;
			from += 4;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
	return text;
}

static void attr_put(struct nlmsghdr *message, const struct ks_kind *kind,
		     const char *name, char *value)
{
	const struct ks_column *column;
	size_t index;

	if (!ks_kind_find(kind, name, strlen(name), &index)) {
		fprintf(stderr, "fake: %s has no %s\n", kind->name, name);
		exit(99);
	}
	column = &kind->columns[index];
	switch (column->type) {
	case KS_TYPE_STRING:
		mnl_attr_put_strz(message, column->attr, unescape(value));
		break;
	case KS_TYPE_U32:
		mnl_attr_put_u32(message, column->attr,
				 (uint32_t)strtoul(value, NULL, 10));
		break;
	case KS_TYPE_U64:
		mnl_attr_put_u64(message, column->attr,
				 strtoull(value, NULL, 10));
		break;
	default:
		mnl_attr_put_u64(message, column->attr,
				 (uint64_t)strtoll(value, NULL, 10));
		break;
	}
}

static bool row_matches(const struct ks_request *request,
			const struct ks_value *row)
{
	const struct ks_filter *filter = request->filters;
	const struct ks_value *value;
	size_t i;

	for (i = 0; i < request->nr_filters; i++, filter++) {
		value = &row[filter->column];
		if (value->presence == KS_ABSENT ||
		    (value->presence == KS_TEXT &&
		     strcmp(value->text, filter->text)) ||
		    (value->presence == KS_NUMBER &&
		     value->magnitude != filter->number))
			return false;
	}
	return true;
}

static enum ks_status record_take(char *words, const struct ks_request *request,
				  struct ks_rows *rows, struct ks_error *err)
{
	static const char separators[] = { ' ', '\n', '\0' };
	char buffer[8192], *word, *value;
	struct nlmsghdr *message = message_begin(buffer, 100, 1, request->cmd);
	enum ks_status status;

	while ((word = strtok(words, separators))) {
		words = NULL;
		value = strchr(word, '=');
		if (!value)
			exit(99);
		*value = '\0';
		attr_put(message, request->kind, word, value + 1);
	}
	status = ks_decode_row(message, rows, err);
	if (!status && !row_matches(request, rows->row[rows->nr - 1]))
		ks_rows_cut(rows, rows->nr - 1);
	return status;
}

static enum ks_status line_take(char *line, const struct ks_request *request,
				struct ks_rows *rows, bool *interrupted,
				struct ks_error *err)
{
	const char *name = request->kind->name;
	size_t mark = line[0] == '!' || line[0] == '?';
	size_t len = strlen(name);
	enum ks_status status;
	char *rest;
	long code;

	if (strncmp(line + mark, name, len) ||
	    !isspace((unsigned char)line[mark + len]))
		return KS_OK;
	if (line[0] == '?')
		*interrupted = true;
	if (line[0] == '!') {
		code = strtol(line + mark + len, &rest, 10);
		rest[strcspn(rest, "\n")] = '\0';
		status = code == EOPNOTSUPP ? KS_UNSUPPORTED : KS_ERROR;
		ks_fail(err, status, "%s", rest + 1);
		err->code = (int)code;
		return status;
	}
	if (mark)
		return KS_OK;
	return record_take(line + len, request, rows, err);
}

static enum ks_status fixture_read(struct ks_nl *nl,
				   const struct ks_request *request,
				   struct ks_rows *rows, struct ks_error *err)
{
	const char *path = getenv("KS_FAKE");
	enum ks_status status = KS_OK;
	size_t before = rows->nr, room = 0;
	bool interrupted = false;
	char *line = NULL;
	FILE *file;

	if (getenv("KS_FAKE_LATER") && is_later(nl))
		path = getenv("KS_FAKE_LATER");
	file = path ? fopen(path, "re") : NULL;
	if (!file) {
		fprintf(stderr, "fake: cannot read KS_FAKE\n");
		exit(99);
	}
	while (!status && getline(&line, &room, file) > 0)
		status = line_take(line, request, rows, &interrupted, err);
	free(line);
	fclose(file);
	if (!status && request->nr_filters && rows->nr == before) {
		ks_fail(err, KS_ERROR, "no such %s", request->kind->name);
		err->code = ENOENT;
		return KS_ERROR;
	}
	if (!status && interrupted)
		return ks_fail(err, KS_PARTIAL, "the answer is partial");
	return status;
}

enum ks_status ks_nl_open(struct ks_nl **nl, struct ks_error *err)
{
	*nl = calloc(1, sizeof(**nl));
	return *nl ? KS_OK : ks_fail_memory(err);
}

void ks_nl_close(struct ks_nl *nl)
{
	free(nl);
}

enum ks_status ks_nl_dump(struct ks_nl *nl, const struct ks_request *request,
			  struct ks_rows *rows, struct ks_error *err)
{
	if (!nl->dumps++)
		nl->began = seconds_now();
	return fixture_read(nl, request, rows, err);
}

enum ks_status ks_nl_do(struct ks_nl *nl, const struct ks_request *request,
			struct ks_rows *rows, struct ks_error *err)
{
	struct ks_request all = *request;

	/* Settings are taken without a word */
	all.nr_filters = 0;
	return request->nr_filters ? KS_OK :
				     fixture_read(nl, &all, rows, err);
}
