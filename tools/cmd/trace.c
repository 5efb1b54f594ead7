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
#include "lib/clock.h"
#include "lib/text.h"
#include "output/folded.h"
#include "output/output.h"
#include "table/answer.h"
#include "table/format.h"
#include "table/kinds.h"

#define SLAB_FOLDER "/sys/kernel/slab"
#define DEFAULT_SECONDS 10

struct trace {
	const char *cache;
	uint64_t ns;
	bool with_stacks;
	bool folded;
	bool quiet;		/* print no summary beside JSON and plain lines */
	struct kms_rows total;
	struct kms_rows stacks;
};

static bool trace_check(void *arg, const struct kms_options *options,
			struct kms_error *err)
{
	struct trace *trace = arg;

	if (options->nr_operands != 1) {
		kms_fail(err, KMS_ERROR, "%s", options->nr_operands ?
			 "only one slab cache at a time" : "no slab cache");
		return false;
	}
	if (trace->folded && options->output.form != KMS_FORM_TABLE) {
		kms_fail(err, KMS_ERROR,
			 "--folded excludes --json, --raw and --pairs");
		return false;
	}
	/* Without stacks there is nothing to fold. */
	trace->with_stacks |= trace->folded;
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
	/* As the names in rows are. */
	escaped = kms_text_escape(name, strlen(name));
	for (i = 0; escaped && i < slabs->nr && !known; i++)
		known = slabs->row[i][column].presence == KMS_TEXT &&
			!strcmp(slabs->row[i][column].text, escaped);
	free(escaped);
	return known;
}

/* Find the name that the module has for the cache; NULL if it has none. */
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

/* Find the paths of the cgroups. */
static enum kms_status cgroups_fill(struct kms_rows *rows,
				    struct kms_error *err)
{
	const char *name = "cgroup";
	size_t i, column, id;
	struct kms_value *row;

	kms_kind_find(rows->kind, name, strlen(name), &column);
	kms_kind_find_attr(rows->kind, KMEMSCOPE_A_TRACE_ALLOCATOR_CGROUP_ID,
			   &id);
	for (i = 0; i < rows->nr; i++) {
		row = rows->row[i];
		if (row[id].presence != KMS_NUMBER)
			continue;
		/* Neighbours mostly share a cgroup. */
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

/* ^C ends the trace, and a second ^C this program. */
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

static enum kms_status answer_take(struct trace *trace, struct kms_nl *nl,
				   uint32_t id, struct kms_rows *allocators,
				   struct kms_error *err)
{
	enum kms_status status;

	status = kms_job_take(nl, id, &trace->total, err);
	if (status)
		return status;
	status = kms_job_take(nl, id, allocators, err);
	if (!status && trace->with_stacks)
		status = kms_job_take(nl, id, &trace->stacks, err);
	if (!status && trace->total.nr != 1)
		return kms_fail(err, KMS_ERROR,
				"the module returned no trace result");
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
	if (status)
		return status;
	status = wait_or_interrupt(nl, id, err);
	if (status)
		return status;
	return answer_take(trace, nl, id, allocators, err);
}

static enum kms_status trace_fetch(void *arg, struct kms_nl *nl,
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
	if (status)
		return status;
	return cgroups_fill(&answer->rows, err);
}

static const struct kms_value *total_value(const struct trace *trace,
					   uint16_t attr)
{
	return kms_rows_value(&trace->total, 0, attr);
}

/* Print a value of the whole trace in a format; nothing if it is absent. */
static void value_print(const struct trace *trace, uint16_t attr,
			const char *format)
{
	const struct kms_value *value = total_value(trace, attr);
	const struct kms_style style = { 0 };
	char buffer[KMS_MAX_FORMAT], *ascii;
	const char *text;
	size_t column;

	if (!value->presence)
		return;
	kms_kind_find_attr(&kms_kind_trace, attr, &column);
	text = kms_format_value(&kms_kind_trace.columns[column], value, &style,
				buffer);
	ascii = kms_text_fits(text) ? NULL : kms_text_ascii(text);
	fprintf(stderr, format, ascii ?: text);
	free(ascii);
}

/* The same for a number, unless it is 0. */
static void number_print(const struct trace *trace, uint16_t attr,
			 const char *format)
{
	if (total_value(trace, attr)->magnitude)
		value_print(trace, attr, format);
}

static void overload_print(const struct trace *trace)
{
	const char *ended = kms_rows_text(&trace->total, 0,
					  KMEMSCOPE_A_TRACE_ENDED);

	if (ended && !strcmp(ended, "overload"))
		fputs("the trace ended early: there were more events than max_trace_rate allows\n",
		      stderr);
}

static void total_print(const struct trace *trace)
{
	value_print(trace, KMEMSCOPE_A_TRACE_CACHE, "%s: ");
	value_print(trace, KMEMSCOPE_A_TRACE_NR_ALLOCS, "%s allocated, ");
	value_print(trace, KMEMSCOPE_A_TRACE_NR_FREES, "%s freed in ");
	value_print(trace, KMEMSCOPE_A_TRACE_DURATION_NS, "%s");
	value_print(trace, KMEMSCOPE_A_TRACE_NR_GROWN, ", grown by %s");
	value_print(trace, KMEMSCOPE_A_TRACE_EXPLAINED_PERMILLE,
		    ", %s%% of that explained");
	if (total_value(trace, KMEMSCOPE_A_TRACE_SAMPLE_RATE)->magnitude > 1)
		value_print(trace, KMEMSCOPE_A_TRACE_SAMPLE_RATE,
			    "; 1 of %s objects followed");
	fputc('\n', stderr);
}

/* Sum up the trace. What is missing from the rows is printed in any case. */
static void summary_print(const struct trace *trace)
{
	if (!trace->quiet)
		total_print(trace);
	number_print(trace, KMEMSCOPE_A_TRACE_NR_DROPPED,
		     "%s allocations have no allocator: there was no room\n");
	number_print(trace, KMEMSCOPE_A_TRACE_NR_LOST_SAMPLES,
		     "%s objects were not followed: there was no room\n");
	overload_print(trace);
}

/* Is the stack one of an allocator that is printed? */
static bool stack_is_printed(const struct kms_value *row, void *arg)
{
	const struct kms_rows *allocators = arg;
	const struct kms_value *printed;
	size_t i, stack;

	kms_kind_find_attr(&kms_kind_trace_stack, KMEMSCOPE_A_TRACE_STACK_STACK,
			   &stack);
	for (i = 0; i < allocators->nr; i++) {
		printed = kms_rows_value(allocators, i,
					 KMEMSCOPE_A_TRACE_ALLOCATOR_STACK);
		if (!kms_value_compare(printed, &row[stack]))
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
	if (status)
		return status;
	status = kms_json_row(output->stream, "trace", &kms_kind_trace,
			      trace->total.row[0], err);
	if (status)
		return status;
	status = kms_json_rows(output->stream, output->root, &answer->rows,
			       selection, err);
	if (!status && trace->with_stacks)
		status = kms_json_rows(output->stream, "stacks", &trace->stacks,
				       NULL, err);
	if (status)
		return status;
	kms_json_end(output->stream);
	return KMS_OK;
}

static enum kms_status stacks_print(const struct trace *trace,
				    const struct kms_output *output,
				    struct kms_error *err)
{
	struct kms_selection all = { 0 };
	enum kms_status status;

	if (!trace->stacks.nr)
		return KMS_OK;
	status = kms_select_all(&all, &kms_kind_trace_stack, err);
	if (status)
		return status;
	fputc('\n', output->stream);
	status = kms_table_print(output, &trace->stacks, &all, KMS_AMOUNTS, err);
	kms_select_free(&all);
	return status;
}

static enum kms_status trace_print(void *arg, const struct kms_output *output,
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
	if (status || output->form != KMS_FORM_TABLE)
		return status;
	return stacks_print(trace, output, err);
}

static const struct kms_list_ops trace_ops = {
	.check = trace_check,
	.fetch = trace_fetch,
	.print = trace_print,
};

int kms_cmd_trace(int argc, char **argv)
{
	struct trace trace = {
		.ns = DEFAULT_SECONDS * NS_PER_SEC,
		.total.kind = &kms_kind_trace,
		.stacks.kind = &kms_kind_trace_stack,
	};
	const struct kms_option options[] = {
		kms_option_seconds("seconds",
				   "trace for that long (10); max_walk_ms is the limit",
				   &trace.ns, 0, 0),
		kms_option_flag('\0', "stacks",
				"separate allocators also by their kernel stacks",
				&trace.with_stacks),
		kms_option_flag('\0', "folded",
				"print stacks in the form for flame graphs",
				&trace.folded),
	};
	const struct kms_list_command command = {
		.summary = "Trace who allocates from a slab cache",
		.page = "kmemscope-trace",
		.usage = "CACHE",
		.views = { { .kind = &kms_kind_trace_allocator } },
		.ops = &trace_ops,
		.arg = &trace,
		.options = options,
		.nr_options = ARRAY_SIZE(options),
	};
	int status;

	status = kms_list_run(&command, argc, argv);
	kms_rows_free(&trace.total);
	kms_rows_free(&trace.stacks);
	return status;
}
