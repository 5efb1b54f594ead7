// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stand-in for client/nl.c that answers from a file: the whole reader can then
 * be tested without a kernel module.
 *
 * KMS_FAKE names the file; its lines are
 *	KIND NAME=VALUE...	a record; \xNN in a value is that byte
 *	!KIND ERRNO TEXT	the kernel refuses to dump that kind
 *	?KIND			a dump of that kind is interrupted, always
 * KMS_FAKE_LATER names one that all dumps but the first are answered from, or
 * with KMS_FAKE_LATER_SECONDS all dumps that long after the first.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/decode.h"
#include "client/nl.h"
#include "message.h"
#include "wire.h"

struct kms_nl {
	int dumps;
	double began;		/* seconds, when the first dump was */
};

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static bool is_later(const struct kms_nl *nl)
{
	const char *seconds = getenv("KMS_FAKE_LATER_SECONDS");

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

static void attr_put(struct nlmsghdr *message, const struct kms_kind *kind,
		     const char *name, char *value)
{
	const struct kms_column *column;
	size_t index;

	if (!wire_find(kind, name, &index)) {
		fprintf(stderr, "fake: %s has no %s\n", kind->name, name);
		exit(99);
	}
	column = &kind->columns[index];
	switch (column->type) {
	case KMS_TYPE_STRING:
		mnl_attr_put_strz(message, column->attr, unescape(value));
		break;
	case KMS_TYPE_U32:
		mnl_attr_put_u32(message, column->attr,
				 (uint32_t)strtoul(value, NULL, 10));
		break;
	case KMS_TYPE_U64:
		mnl_attr_put_u64(message, column->attr,
				 strtoull(value, NULL, 10));
		break;
	default:
		mnl_attr_put_u64(message, column->attr,
				 (uint64_t)strtoll(value, NULL, 10));
		break;
	}
}

static bool row_matches(const struct kms_request *request,
			const struct kms_value *row)
{
	const struct kms_filter *filter = request->filters;
	const struct kms_value *value;
	size_t i;

	for (i = 0; i < request->nr_filters; i++, filter++) {
		value = &row[filter->column];
		if (value->presence == KMS_ABSENT ||
		    (value->presence == KMS_TEXT &&
		     strcmp(value->text, filter->text)) ||
		    (value->presence == KMS_NUMBER &&
		     value->magnitude != filter->number))
			return false;
	}
	return true;
}

static enum kms_status record_take(char *words,
				   const struct kms_request *request,
				   struct kms_rows *rows, struct kms_error *err)
{
	static const char separators[] = { ' ', '\n', '\0' };
	char buffer[8192], *word, *value;
	struct nlmsghdr *message = message_begin(buffer, 100, 1, request->cmd);
	enum kms_status status;

	while ((word = strtok(words, separators))) {
		words = NULL;
		value = strchr(word, '=');
		if (!value)
			exit(99);
		*value = '\0';
		attr_put(message, request->kind, word, value + 1);
	}
	status = kms_decode_row(message, rows, err);
	if (!status && !row_matches(request, rows->row[rows->nr - 1]))
		kms_rows_cut(rows, rows->nr - 1);
	return status;
}

static enum kms_status line_take(char *line, const struct kms_request *request,
				 struct kms_rows *rows, bool *interrupted,
				 struct kms_error *err)
{
	const char *name = request->kind->name;
	size_t mark = line[0] == '!' || line[0] == '?';
	size_t len = strlen(name);
	enum kms_status status;
	char *rest;
	long code;

	if (strncmp(line + mark, name, len) ||
	    !isspace((unsigned char)line[mark + len]))
		return KMS_OK;
	if (line[0] == '?')
		*interrupted = true;
	if (line[0] == '!') {
		code = strtol(line + mark + len, &rest, 10);
		rest[strcspn(rest, "\n")] = '\0';
		status = code == EOPNOTSUPP ? KMS_UNSUPPORTED : KMS_ERROR;
		kms_fail(err, status, "%s", rest + 1);
		err->code = (int)code;
		return status;
	}
	if (mark)
		return KMS_OK;
	return record_take(line + len, request, rows, err);
}

static enum kms_status fixture_read(struct kms_nl *nl,
				    const struct kms_request *request,
				    struct kms_rows *rows,
				    struct kms_error *err)
{
	const char *path = getenv("KMS_FAKE");
	enum kms_status status = KMS_OK;
	size_t before = rows->nr, room = 0;
	bool interrupted = false;
	char *line = NULL;
	FILE *file;

	if (getenv("KMS_FAKE_LATER") && is_later(nl))
		path = getenv("KMS_FAKE_LATER");
	file = path ? fopen(path, "re") : NULL;
	if (!file) {
		fprintf(stderr, "fake: cannot read KMS_FAKE\n");
		exit(99);
	}
	while (!status && getline(&line, &room, file) > 0)
		status = line_take(line, request, rows, &interrupted, err);
	free(line);
	fclose(file);
	if (!status && request->nr_filters && rows->nr == before) {
		kms_fail(err, KMS_ERROR, "no such %s", request->kind->name);
		err->code = ENOENT;
		return KMS_ERROR;
	}
	if (!status && interrupted)
		return kms_fail(err, KMS_PARTIAL, "the answer is partial");
	return status;
}

enum kms_status kms_nl_open(struct kms_nl **nl, struct kms_error *err)
{
	*nl = calloc(1, sizeof(**nl));
	return *nl ? KMS_OK : kms_fail_memory(err);
}

void kms_nl_close(struct kms_nl *nl)
{
	free(nl);
}

enum kms_status kms_nl_dump(struct kms_nl *nl,
			    const struct kms_request *request,
			    struct kms_rows *rows, struct kms_error *err)
{
	if (!nl->dumps++)
		nl->began = seconds_now();
	return fixture_read(nl, request, rows, err);
}

enum kms_status kms_nl_do(struct kms_nl *nl, const struct kms_request *request,
			  struct kms_rows *rows, struct kms_error *err)
{
	struct kms_request all = *request;

	/* Settings are taken without a word */
	all.nr_filters = 0;
	return request->nr_filters ? KMS_OK :
				     fixture_read(nl, &all, rows, err);
}
