// SPDX-License-Identifier: GPL-2.0-only
/* kmemscope trace: who allocates from a slab cache now. */
#include <errno.h>
#include <linux/kmemscope.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "client/job.h"
#include "cmd/cmd.h"
#include "cmd/list.h"
#include "cmd/options.h"
#include "host/alias.h"
#include "host/cgroup.h"
#include "lib/array.h"
#include "lib/text.h"
#include "output/folded.h"
#include "output/output.h"
#include "table/answer.h"
#include "table/format.h"
#include "table/kinds.h"

#define SLAB_FOLDER "/sys/kernel/slab"
#define DEFAULT_NS 10000000000

/* The module's columns and one of ours, the path of a cgroup. */
#define COLUMNS_MAX 32
static struct kms_column columns[COLUMNS_MAX];
static struct kms_kind allocator_kind;

static const struct kms_column cgroup_column = {
	.name = "cgroup",
	.title = "CGROUP",
	.type = KMS_TYPE_STRING,
	.help = "Path of its cgroup, where cgroup2 is mounted",
};

struct trace {
	const char *cache;
	uint64_t ns;
	bool with_stacks;
	bool folded;
	bool quiet;		/* no summary: who reads is no person */
	struct kms_rows whole;
	struct kms_rows stacks;
};

enum {
	OWN_SECONDS,
	OWN_STACKS,
	OWN_FOLDED,
};

static const struct kms_list_option own_options[] = {
	[OWN_SECONDS] = { "seconds", "SECONDS", "how long to trace (10); max_walk_ms limits it" },
	[OWN_STACKS] = { "stacks", NULL,
			 "tell allocators apart by their kernel stacks, too" },
	[OWN_FOLDED] = { "folded", NULL,
			 "print stacks as flame graphs are made of" },
};

static bool own_take(void *arg, size_t option, const char *argument,
		     const char *program)
{
	struct trace *trace = arg;

	switch (option) {
	case OWN_SECONDS:
		if (kms_options_seconds(argument, &trace->ns))
			return true;
		fprintf(stderr, "%s: --seconds: not a number of seconds: '%s'\n",
			program, argument);
		return false;
	case OWN_FOLDED:
		trace->folded = true;
		break;
	}
	/* Stacks are what is folded */
	trace->with_stacks = true;
	return true;
}

static bool own_check(void *arg, const struct kms_options *options,
		      const char *program)
{
	struct trace *trace = arg;

	if (options->nr_operands != 1) {
		fprintf(stderr, "%s: %s\n", program,
			options->nr_operands ? "one slab cache at a time" :
					       "no slab cache was named");
		return false;
	}
	if (trace->folded && options->output.form != KMS_FORM_TABLE) {
		fprintf(stderr, "%s: --folded is a form of its own\n",
			program);
		return false;
	}
	trace->cache = options->operands[0];
	trace->quiet = options->output.form != KMS_FORM_TABLE;
	return true;
}

static bool slab_is_known(const char *name, void *arg)
{
	const struct kms_rows *slabs = arg;
	bool known = false;
	char *escaped;
	size_t i, column;

	kms_kind_find_attr(slabs->kind, KMEMSCOPE_A_SLAB_NAME, &column);
	escaped = kms_text_escape(name, strlen(name));
	for (i = 0; escaped && i < slabs->nr && !known; i++)
		known = slabs->row[i][column].presence == KMS_TEXT &&
			!strcmp(slabs->row[i][column].text, escaped);
	free(escaped);
	return known;
}

/* The name that the module knows the cache by, or NULL. */
static char *alias_find(struct kms_nl *nl, const char *name)
{
	struct kms_request request = kms_request_rows(&kms_kind_slab);
	struct kms_rows slabs = { .kind = &kms_kind_slab };
	struct kms_error err = { 0 };
	char *other = NULL;
	enum kms_status status;

	status = kms_nl_dump(nl, &request, &slabs, &err);
	if (!status || status == KMS_PARTIAL)
		other = kms_alias_resolve(SLAB_FOLDER, name, slab_is_known,
					  &slabs);
	kms_rows_free(&slabs);
	return other;
}

static enum kms_status cgroups_fill(struct kms_rows *rows,
				    struct kms_error *err)
{
	size_t i, column, id;
	struct kms_value *row;

	kms_kind_find(rows->kind, cgroup_column.name,
		      strlen(cgroup_column.name), &column);
	kms_kind_find_attr(rows->kind, KMEMSCOPE_A_TRACE_ALLOCATOR_CGROUP_ID,
			   &id);
	for (i = 0; i < rows->nr; i++) {
		row = rows->row[i];
		if (row[id].presence != KMS_NUMBER)
			continue;
		/* Mostly the same as in the row before */
		if (i && !kms_value_compare(&rows->row[i - 1][id], &row[id])) {
			if (!kms_value_copy(&row[column],
					    &rows->row[i - 1][column]))
				return kms_fail_memory(err);
			continue;
		}
		row[column].text = kms_cgroup_path(row[id].magnitude);
		if (row[column].text)
			row[column].presence = KMS_TEXT;
	}
	return KMS_OK;
}

static atomic_bool interrupted;

static void interrupt(int number)
{
	(void)number;
	interrupted = true;
}

/* ^C ends the trace, and a second one this program. */
static enum kms_status wait_or_interrupt(struct kms_nl *nl, uint32_t id,
					 struct kms_error *err)
{
	struct sigaction action = {
		.sa_handler = interrupt,
		.sa_flags = SA_RESTART | SA_RESETHAND,
	}, before;
	enum kms_status status;

	sigaction(SIGINT, &action, &before);
	status = kms_job_wait_until(nl, id, &interrupted, err);
	sigaction(SIGINT, &before, NULL);
	return status;
}

static enum kms_status job_run(struct trace *trace, struct kms_nl *nl,
			       const char *cache, struct kms_rows *allocators,
			       struct kms_error *err)
{
	struct kms_request request = kms_job_request(&kms_kind_trace_allocator);
	enum kms_status status;
	uint32_t id;

	kms_job_ask(&request, KMEMSCOPE_A_JOB_CACHE, cache, 0);
	kms_job_ask(&request, KMEMSCOPE_A_JOB_DURATION_NS, NULL, trace->ns);
	if (trace->with_stacks)
		request.flag = kms_kind_job.flags;
	status = kms_job_start(nl, &request, &id, err);
	if (!status)
		status = wait_or_interrupt(nl, id, err);
	if (!status)
		status = kms_job_take(nl, id, &trace->whole, err);
	if (!status)
		status = kms_job_take(nl, id, allocators, err);
	if (!status && trace->with_stacks)
		status = kms_job_take(nl, id, &trace->stacks, err);
	if (!status && trace->whole.nr != 1)
		return kms_fail(err, KMS_ERROR, "the module forgot its trace");
	return status;
}

static enum kms_status own_fetch(void *arg, struct kms_nl *nl,
				 struct kms_answer *answer,
				 struct kms_error *err)
{
	struct trace *trace = arg;
	enum kms_status status;
	char *alias;

	status = job_run(trace, nl, trace->cache, &answer->rows, err);
	if (status == KMS_ERROR && err->code == ENOENT) {
		alias = alias_find(nl, trace->cache);
		if (alias)
			status = job_run(trace, nl, alias, &answer->rows, err);
		free(alias);
	}
	if (!status)
		status = cgroups_fill(&answer->rows, err);
	return status;
}

static const struct kms_value *whole_value(const struct trace *trace,
					   uint16_t attr)
{
	size_t column;

	kms_kind_find_attr(&kms_kind_trace, attr, &column);
	return &trace->whole.row[0][column];
}

static void text_add(FILE *stream, const struct trace *trace, uint16_t attr,
		     const char *format)
{
	const struct kms_style style = { 0 };
	char buffer[KMS_FORMAT_MAX], *ascii;
	const char *text;
	size_t column;

	kms_kind_find_attr(&kms_kind_trace, attr, &column);
	if (!trace->whole.row[0][column].presence)
		return;
	text = kms_format_value(&kms_kind_trace.columns[column],
				&trace->whole.row[0][column], &style, buffer);
	ascii = kms_text_fits(text) ? NULL : kms_text_ascii(text);
	fprintf(stream, format, ascii ?: text);
	free(ascii);
}

static void number_add(FILE *stream, const struct trace *trace, uint16_t attr,
		       const char *format)
{
	if (whole_value(trace, attr)->magnitude)
		text_add(stream, trace, attr, format);
}

static void overload_print(const struct trace *trace)
{
	const struct kms_value *ended =
		whole_value(trace, KMEMSCOPE_A_TRACE_ENDED);

	if (ended->presence == KMS_TEXT && !strcmp(ended->text, "overload"))
		fputs("the trace ended early: more events than max_trace_rate allows\n",
		      stderr);
}

/* What the rows stand for; what is missing from them is said in any case. */
static void summary_print(const struct trace *trace)
{
	const struct kms_value *explained =
		whole_value(trace, KMEMSCOPE_A_TRACE_EXPLAINED_PERMILLE);

	if (!trace->quiet) {
		text_add(stderr, trace, KMEMSCOPE_A_TRACE_CACHE, "%s: ");
		text_add(stderr, trace, KMEMSCOPE_A_TRACE_NR_ALLOCS,
			 "%s allocated, ");
		text_add(stderr, trace, KMEMSCOPE_A_TRACE_NR_FREES,
			 "%s freed in ");
		text_add(stderr, trace, KMEMSCOPE_A_TRACE_DURATION_NS, "%s");
		text_add(stderr, trace, KMEMSCOPE_A_TRACE_NR_GROWN,
			 ", grown by %s");
		if (explained->presence)
			fprintf(stderr, ", %llu.%llu%% of that explained",
				(unsigned long long)explained->magnitude / 10,
				(unsigned long long)explained->magnitude % 10);
		if (whole_value(trace, KMEMSCOPE_A_TRACE_SAMPLE_RATE)
		    ->magnitude > 1)
			text_add(stderr, trace, KMEMSCOPE_A_TRACE_SAMPLE_RATE,
				 "; 1 of %s objects followed");
		fputc('\n', stderr);
	}
	number_add(stderr, trace, KMEMSCOPE_A_TRACE_NR_DROPPED,
		   "%s allocations have no allocator: there was no room\n");
	number_add(stderr, trace, KMEMSCOPE_A_TRACE_NR_LOST_SAMPLES,
		   "%s objects were not followed: there was no room\n");
	overload_print(trace);
}

/* Only the stacks of rows that are printed. */
static bool stack_is_printed(const struct kms_value *row, void *arg)
{
	const struct kms_rows *allocators = arg;
	size_t i, stack, column;

	kms_kind_find_attr(&kms_kind_trace_stack, KMEMSCOPE_A_TRACE_STACK_STACK,
			   &stack);
	kms_kind_find_attr(allocators->kind, KMEMSCOPE_A_TRACE_ALLOCATOR_STACK,
			   &column);
	for (i = 0; i < allocators->nr; i++) {
		if (!kms_value_compare(&allocators->row[i][column],
				       &row[stack]))
			return true;
	}
	return false;
}

static enum kms_status json_print(const struct trace *trace,
				  const struct kms_output *output,
				  const struct kms_answer *answer,
				  const struct kms_selection *selection,
				  struct kms_error *err)
{
	enum kms_status status;

	status = kms_json_begin(output->stream, answer, err);
	if (!status)
		status = kms_json_row(output->stream, "trace", &kms_kind_trace,
				      trace->whole.row[0], err);
	if (!status)
		status = kms_json_rows(output->stream, output->root,
				       &answer->rows, selection, err);
	if (!status && trace->with_stacks)
		status = kms_json_rows(output->stream, "stacks", &trace->stacks,
				       NULL, err);
	if (!status)
		kms_json_end(output->stream);
	return status;
}

static enum kms_status stacks_print(const struct trace *trace,
				    const struct kms_output *output,
				    struct kms_error *err)
{
	struct kms_selection all = { 0 };
	enum kms_status status;

	if (!trace->stacks.nr)
		return KMS_OK;
	fputc('\n', output->stream);
	status = kms_select_all(&all, &kms_kind_trace_stack, err);
	if (!status)
		status = kms_table_print(output, &trace->stacks, &all, false,
					 err);
	kms_select_free(&all);
	return status;
}

static enum kms_status own_print(void *arg, const struct kms_output *output,
				 const struct kms_answer *answer,
				 const struct kms_selection *selection,
				 struct kms_error *err)
{
	struct trace *trace = arg;
	enum kms_status status;

	summary_print(trace);
	kms_rows_filter(&trace->stacks, stack_is_printed,
			(void *)&answer->rows);
	if (output->form == KMS_FORM_JSON)
		return json_print(trace, output, answer, selection, err);
	if (trace->folded) {
		kms_folded_print(output->stream, &answer->rows, &trace->stacks);
		return KMS_OK;
	}
	status = kms_out_answer(output, answer, selection, err);
	if (!status && output->form == KMS_FORM_TABLE)
		status = stacks_print(trace, output, err);
	return status;
}

int kms_cmd_trace(int argc, char **argv)
{
	struct trace trace = {
		.ns = DEFAULT_NS,
		.whole.kind = &kms_kind_trace,
		.stacks.kind = &kms_kind_trace_stack,
	};
	const struct kms_list_own own = {
		.usage = " CACHE",
		.options = own_options,
		.nr_options = ARRAY_SIZE(own_options),
		.arg = &trace,
		.take = own_take,
		.check = own_check,
		.fetch = own_fetch,
		.print = own_print,
	};
	const struct kms_list_command command = {
		.summary = "Trace who allocates from a slab cache",
		.view = {
			.kind = &allocator_kind,
			.root = "allocators",
			.columns = (const char * const[]){
				"share_permille", "allocs_per_second",
				"nr_allocs", "nr_outstanding", "context",
				"name", "parent_1", "parent_2", "uid", "pid",
				"cgroup", NULL
			},
			.sort = "nr_allocs",
		},
		.own = &own,
	};
	int status;

	kms_kind_widen(&allocator_kind, &kms_kind_trace_allocator, columns,
		       ARRAY_SIZE(columns), &cgroup_column, 1);
	status = kms_list_run(&command, argc, argv);
	kms_rows_free(&trace.whole);
	kms_rows_free(&trace.stacks);
	return status;
}
