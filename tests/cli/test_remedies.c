// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands of remedies, as dash and bash run them: names that any user may
 * choose run nothing, and only proved allocators are stopped.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diagnose/judge/verdict.h"
#include "diagnose/tell/remedies.h"
#include "diagnose/tell/text.h"
#include "lib/array.h"
#include "lib/text.h"
#include "sample.h"

/* The kernel keeps at most 15 bytes of a process' name. */
static const char * const hostile[] = {
	"a';id>pwn;#", "a$(id>pwn)", "a`id>pwn`", "a\nid>pwn\nb", "a;id>pwn",
	"a\"$(id>pwn)\"", "$(id>pwn)", "`id>pwn`", "a&id>pwn&", "a|tee pwn",
	">pwn", ">>pwn", "a\\';id>pwn;'", "a\\", "'", "''", "\"", "-Hevil.unit",
	"--help", "-", "--", "a b", " ", "a\tb", "*", "?", "[a-z]*", "~",
	"~root", "{a,b}", "a!b", "!!", "$IFS", "${PATH}", "$0", "%s%s%n", "%",
	"caf\xc3\xa9", "\xff\xfe", "\x9b\x33\x31m", "\x1b[31mred", "a\rb",
	"\x7f", "\001", "#x", "=x", "a=b", "<pwn", "(id>pwn)", "$'a'",
	"\\101", "\\x41", "&&id>pwn", "a\\\nb", "\xe2\x80\xae", "x'$(id>pwn)'",
};

static const char * const shells[] = { "dash", "bash" };

static char folder[] = "/tmp/kmemscope-remedies-XXXXXX";
static struct kms_strings strings;

static void file_make(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(chmod(name, 0755), 0);
}

/* A folder to run in, where all programs only record their arguments. */
static int folder_make(void **state)
{
	static const char * const programs[] = {
		"docker", "podman", "crictl", "systemctl", "pgrep", "modinfo",
		"kmemscope", "record", "id", "tee",
	};
	char path[100];
	size_t i;

	(void)state;
	if (!mkdtemp(folder) || chdir(folder) || mkdir("bin", 0755) ||
	    mkdir("run", 0755))
		return -1;
	for (i = 0; i < ARRAY_SIZE(programs); i++) {
		snprintf(path, sizeof(path), "bin/%s", programs[i]);
		file_make(path, "#!/bin/sh\nprintf '%s\\0' \"${0##*/}\" \"$@\" >>../called\n");
	}
	return chdir("run");
}

static int folder_remove(void **state)
{
	char command[200];

	(void)state;
	kms_strings_free(&strings);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return chdir("/") || system(command);
}

/* Count the files, except for the expected one. */
static size_t files_beside(const char *name)
{
	DIR *here = opendir(".");
	struct dirent *entry;
	size_t nr = 0;

	assert_non_null(here);
	while ((entry = readdir(here)))
		nr += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..") &&
		      strcmp(entry->d_name, name);
	closedir(here);
	return nr;
}

/* Run a line from a file, as "sh remedy.sh" does. */
static void line_run(const char *shell, const char *line)
{
	char command[300];
	FILE *file = fopen("../script", "w");

	assert_non_null(file);
	/* Replace the shell's own kill. */
	fprintf(file, "kill() { printf '%%s\\0' kill \"$@\" >>../called; }\n%s\n",
		line);
	fclose(file);
	unlink("../called");
	snprintf(command, sizeof(command),
		 "PATH=%s/bin:/bin:/usr/bin HOME=/nonesuch %s ../script 2>../errors",
		 folder, shell);
	assert_int_equal(system(command), 0);
}

/* The program must have got the words, and nothing else may have run. */
static void expect_called(const struct kms_argv *argv, const char *what)
{
	char called[4096] = "", expected[4096];
	FILE *file = fopen("../called", "r");
	size_t len = 0, got = 0, i;

	if (file) {
		got = fread(called, 1, sizeof(called), file);
		fclose(file);
	}
	for (i = 0; i < argv->nr; i++)
		len += sprintf(expected + len, "%s", argv->word[i]) + 1;
	if (got != len || memcmp(called, expected, len))
		print_error("%s: called %s\n", what, called);
	assert_int_equal(got, len);
	assert_memory_equal(called, expected, len);
	assert_int_equal(files_beside(""), 0);
}

static char *escaped(const char *bytes)
{
	return kms_text_escape(bytes, strlen(bytes));
}

static void words_are_words(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(hostile); i++) {
		struct kms_argv argv = kms_argv_begin("record", "-a", NULL);
		char *text = escaped(hostile[i]);
		const char *line;

		kms_argv_operand(&argv, &strings, text);
		kms_argv_operand(&argv, &strings, text);
		free(text);
		/* record -a -- NAME NAME */
		assert_int_equal(argv.nr, 5);
		assert_string_equal(argv.word[2], "--");
		assert_string_equal(argv.word[4], hostile[i]);
		assert_null(argv.word[5]);
		line = kms_argv_line(&argv, &strings);
		assert_non_null(line);
		for (j = 0; j < ARRAY_SIZE(shells); j++) {
			line_run(shells[j], line);
			expect_called(&argv, line);
		}
	}
}

/* A line is one line, and has nothing that a terminal would act on. */
static void lines_are_ascii(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(hostile); i++) {
		struct kms_argv argv = kms_argv_begin("record", NULL);
		char *text = escaped(hostile[i]);
		const char *line;

		kms_argv_operand(&argv, &strings, text);
		free(text);
		for (line = kms_argv_line(&argv, &strings); *line; line++)
			assert_in_range(*line, ' ', '~');
	}
}

static void files_are_files(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(hostile); i++) {
		struct kms_argv argv = kms_argv_begin("echo", "17", NULL);
		char *text = escaped(hostile[i]);
		const char *line;

		kms_argv_into(&argv, &strings, text);
		free(text);
		line = kms_argv_line(&argv, &strings);
		for (j = 0; j < ARRAY_SIZE(shells); j++) {
			line_run(shells[j], line);
			assert_int_equal(files_beside(hostile[i]), 0);
			assert_int_equal(unlink(hostile[i]), 0);
		}
	}
}

/* $(...) would drop it: then there is no command. */
static void some_cannot_be_written(void **state)
{
	struct kms_argv argv = kms_argv_begin("record", NULL);

	(void)state;
	kms_argv_operand(&argv, &strings, "ends\\x0a");
	assert_null(kms_argv_line(&argv, &strings));
	assert_true(kms_argv_is_text(&argv));
	argv = kms_argv_begin("record", NULL);
	kms_argv_operand(&argv, &strings, "odd\\xff");
	assert_non_null(kms_argv_line(&argv, &strings));
	assert_false(kms_argv_is_text(&argv));
	argv = kms_argv_begin("record", NULL);
	kms_argv_operand(&argv, &strings, "");
	assert_string_equal(kms_argv_line(&argv, &strings), "record -- ''");
}

/* A host whose cache grows by one allocator; its facts follow. */
static struct kms_observation obs;
static struct kms_verdict verdict;
static struct kms_allocator_facts *facts;

static void grow(const char *cache, unsigned int reclaimable,
		 const char *allocator)
{
	static const uint64_t objects[KMS_NR_MOMENTS] = { 1000, 31000, 101000 };
	struct kms_trace *trace = &obs.trace[0];
	struct kms_slab_record *slab;
	size_t i;

	kms_observation_init(&obs);
	obs.page_bytes = 4096;
	obs.host_processes = true;
	for (i = 0; i < KMS_NR_MOMENTS; i++) {
		obs.moment[i].boottime_ns = (100 + 5 * i) * 1000000000ull;
		record_add(&obs.moment[i].nodes.any,
			   "managed_pages=4194304 free_pages=2000000");
		slab = kms_records_add(&obs.moment[i].slabs.any);
		assert_non_null(slab);
		slab->name = strdup(cache);
		slab->size = 1000;
		slab->reclaimable = reclaimable;
		slab->nr_active_objects = objects[i];
		slab->total_bytes = objects[i] * 1000;
		/* Failed lookups, so that dentries are worth a remedy. */
		obs.moment[i].dentries = (struct kms_dentry_state){
			true, objects[i], objects[i], objects[i] - 1000,
		};
	}
	trace->cache = strdup(cache);
	trace->done = true;
	trace->total.duration_ns = 5000000000;
	trace->total.nr_allocs = 1000;
	trace->total.nr_frees = 10;
	trace->total.explained_permille = 990;
	trace->total.nr_dropped = 0;
	record_add(&trace->allocators.any, "id=1 context=task uid=0 pid=77 nr_allocs=900 nr_outstanding=890 allocs_per_second=9000 %s",
		allocator);
	obs.nr_traces = 1;
	trace->facts = calloc(2, sizeof(*trace->facts));
	facts = trace->facts;
}

/* Give a record a text, as it would come from the kernel. */
static void text_set(const char **member, const char *bytes)
{
	free((void *)*member);
	*member = escaped(bytes);
}

static void judge(void)
{
	struct kms_error err = { 0 };

	assert_int_equal(kms_verdict_make(&verdict, &obs, &err), KMS_OK);
	assert_int_equal(kms_remedies_fill(&verdict, &obs, &err), KMS_OK);
	assert_true(verdict.nr_findings > 0);
}

static void forget(void)
{
	kms_verdict_free(&verdict);
	kms_observation_free(&obs);
	memset(&obs, 0, sizeof(obs));
}

/* Run all lines, except those that write to real files. */
static void remedies_run(void)
{
	const struct kms_remedy *remedy;
	size_t i, j, k;

	for (i = 0; i < verdict.nr_findings; i++) {
		for (j = 0; j < verdict.finding[i].nr_remedies; j++) {
			remedy = &verdict.finding[i].remedy[j];
			if (!remedy->command || remedy->argv.into)
				continue;
			for (k = 0; k < ARRAY_SIZE(shells); k++) {
				line_run(shells[k], remedy->command);
				expect_called(&remedy->argv, remedy->command);
			}
		}
	}
}

static void remedies_print(FILE *stream, void *arg)
{
	(void)arg;
	kms_verdict_print_remedies(stream, &verdict);
}

static void words_print(FILE *stream, void *arg)
{
	(void)arg;
	kms_verdict_print(stream, &verdict);
}

/* Run all of --remedy, as users may: its comments run nothing. */
static void output_run(void)
{
	char *text, *file;
	size_t k;

	text = printed(remedies_print, NULL);
	/* Not for real */
	while ((file = strstr(text, "> /proc/sys")) ||
	       (file = strstr(text, "> /sys/fs")))
		memcpy(file, "# ", 2);
	for (k = 0; k < ARRAY_SIZE(shells); k++) {
		line_run(shells[k], text);
		assert_int_equal(files_beside(""), 0);
	}
	free(text);
}

/* The allocator, its parent, cache, module and cgroup have the name. */
static void hostile_names(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(hostile); i++) {
		char *text = escaped(hostile[i]);
		struct kms_trace_allocator_record *allocator;
		char *frame;

		grow(text, 0, "name=x parent_1=y stack=1");
		allocator = &obs.trace[0].allocators.record[0];
		text_set(&allocator->name, hostile[i]);
		text_set(&allocator->parent_1, hostile[i]);
		record_add(&obs.trace[0].stacks.any, "stack=1 depth=0 symbol=x");
		assert_true(asprintf(&frame, "drv_open+0x1/0x2 [%s]",
				     hostile[i]) > 0);
		text_set(&obs.trace[0].stacks.record[0].symbol, frame);
		free(frame);
		assert_true(asprintf(&facts->cgroup, "/user.slice/%s", text) > 0);
		facts->can_reclaim = true;
		free(text);
		judge();
		assert_true(verdict.finding[0].nr_remedies >= 3);
		remedies_run();
		output_run();
		forget();
	}
}

/* The command to stop it must be this line; NULL: no command. */
static void expect_stop(const char *line, const char *words)
{
	const struct kms_finding *finding;
	const struct kms_remedy *remedy;

	judge();
	finding = &verdict.finding[0];
	assert_true(finding->nr_remedies > 0);
	remedy = &finding->remedy[0];
	if (words && !strstr(remedy->text, words))
		print_error("no '%s' in '%s'\n", words, remedy->text);
	if (words)
		assert_non_null(strstr(remedy->text, words));
	if (line) {
		assert_non_null(remedy->command);
		assert_string_equal(remedy->command, line);
	} else {
		assert_null(remedy->command);
	}
	/* Stopping something has a cost. */
	if (line && strncmp(line, "pgrep", 5) && strncmp(line, "kill 77", 7))
		assert_non_null(remedy->cost);
	remedies_run();
	forget();
}

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void in_cgroup(const char *cgroup)
{
	grow("dentry", 1, "name=find parent_1=sh");
	facts->cgroup = strdup(cgroup);
}

static void containers_are_stopped_by_their_engine(void **state)
{
	(void)state;
	in_cgroup("/system.slice/docker-" ID ".scope");
	expect_stop("docker stop -- 0123456789ab", NULL);
	in_cgroup("/kubepods.slice/cri-containerd-" ID ".scope");
	expect_stop("crictl stop -- 0123456789ab", NULL);
	in_cgroup("/machine.slice/libpod-" ID ".scope");
	expect_stop("podman stop -- 0123456789ab", NULL);
	/* The host has no service of that name. */
	in_cgroup("/lxc.payload.web/system.slice/nginx.service");
	expect_stop(NULL, "in lxc web");
	/* The podman of root does not know it, or has another with that ID. */
	in_cgroup("/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-"
		  ID ".scope");
	expect_stop(NULL, "in podman 0123456789ab");
	/* A container may make any cgroups in its own. */
	in_cgroup("/docker/fedcba9876543210" "fedcba9876543210"
		  "fedcba9876543210" "fedcba9876543210/docker/" ID);
	expect_stop(NULL, "in docker 0123456789ab");
	in_cgroup("/system.slice/containerd.service/kubepods-burstable-pod1.slice:cri-containerd:"
		  ID);
	expect_stop(NULL, "in kubernetes 0123456789ab");
}

static void service(const char *name, size_t nr, const char *other)
{
	snprintf(facts->service.name, sizeof(facts->service.name), "%s", name);
	facts->service.nr_processes = nr;
	snprintf(facts->service.other, sizeof(facts->service.other), "%s", other);
}

static void services_are_stopped_when_they_are_proved(void **state)
{
	(void)state;
	in_cgroup("/system.slice/probe.service");
	service("probe.service", 3, "");
	expect_stop("systemctl stop -- probe.service", NULL);
	/* A path alone proves nothing. */
	in_cgroup("/system.slice/probe.service");
	expect_stop("pgrep -a -x -- sh", "find and stop");
	in_cgroup("/system.slice/cron.service");
	service("cron.service", 5, "cron");
	expect_stop("pgrep -a -x -- sh", "do not stop all of cron.service, which also runs cron");
	in_cgroup("/user.slice/user-1000.slice/user@1000.service/app.slice/a.service");
	service("a.service", 1, "");
	facts->service.is_user = true;
	facts->service.uid = 1000;
	expect_stop("systemctl --user -M 1000@.host stop -- a.service", NULL);
}

static void processes_are_ended_when_they_are_proved(void **state)
{
	(void)state;
	in_cgroup("/");
	facts->alive = true;
	facts->nr_alike = 1;
	facts->began_ns = 10 * 1000000000ull;
	expect_stop("kill 77", "(process 77, started 2 minutes ago)");
	/* One of many: ending it does not help. */
	in_cgroup("/");
	facts->alive = true;
	facts->nr_alike = 64;
	expect_stop(NULL, "process 77 is one of 64 such processes");
	in_cgroup("/");
	facts->alive = true;
	facts->nr_alike = 64;
	facts->starter_pid = 50;
	facts->starter_children = 64;
	expect_stop("kill 50", "stop sh (process 50");
	/* It has gone, and nothing proves its starter. */
	in_cgroup("/");
	expect_stop("pgrep -a -x -- sh", "find and stop the process that starts");
	/* Pids of another namespace */
	in_cgroup("/");
	obs.host_processes = false;
	expect_stop(NULL, "find and stop the process that starts");
}

/* One of many is not shown as if it were all of them. */
static void many_are_counted(void **state)
{
	char *text;

	(void)state;
	in_cgroup("/");
	facts->alive = true;
	facts->nr_alike = 64;
	judge();
	text = printed(words_print, NULL);
	assert_non_null(strstr(text, "process 77, one of 64 such"));
	free(text);
	forget();
}

/* Process 1, a kernel thread, or this program and what started it. */
static void some_are_left_alone(void **state)
{
	size_t i;

	(void)state;
	in_cgroup("/init.scope");
	facts->alive = true;
	facts->spared = true;
	facts->nr_alike = 1;
	judge();
	for (i = 0; i < verdict.finding[0].nr_remedies; i++)
		assert_null(strstr(verdict.finding[0].remedy[i].command ?: "",
				   "kill"));
	forget();
}

/* pgrep(1) takes names for expressions. */
static void names_are_no_expressions(void **state)
{
	(void)state;
	grow("dentry", 1, "name=x parent_1=.*");
	expect_stop("pgrep -a -x -- '\\.\\*'", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_words),
		cmocka_unit_test(lines_are_ascii),
		cmocka_unit_test(files_are_files),
		cmocka_unit_test(some_cannot_be_written),
		cmocka_unit_test(hostile_names),
		cmocka_unit_test(containers_are_stopped_by_their_engine),
		cmocka_unit_test(services_are_stopped_when_they_are_proved),
		cmocka_unit_test(processes_are_ended_when_they_are_proved),
		cmocka_unit_test(many_are_counted),
		cmocka_unit_test(some_are_left_alone),
		cmocka_unit_test(names_are_no_expressions),
	};

	return cmocka_run_group_tests_name("remedies", tests, folder_make,
					   folder_remove);
}
