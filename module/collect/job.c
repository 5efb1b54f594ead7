// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs jobs, and keeps them until their answers are taken.
 */
#include <linux/list.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "collect/collect.h"
#include "collect/job.h"
#include "internals/hold.h"
#include "internals/progress.h"
#include "record/kinds.h"

#define MAX_JOBS	4	/* of all readers, with those who wait for a walk */

#define TOO_MANY	"there are too many jobs"
#define NO_SUCH_JOB	"this socket has no such job"

static unsigned int max_walk_ms = 60 * 1000;
module_param(max_walk_ms, uint, 0600);
MODULE_PARM_DESC(max_walk_ms,
		 "longest time a job may walk, in milliseconds (default 60000)");

/**
 * struct job - one job
 * @list: in jobs
 * @work: what runs it
 * @view: what it collects
 * @asked: what it was asked for
 * @all: what it collected; there once @state is DONE
 * @progress: shared with the walk
 * @id: its number, never 0
 * @owner: the netlink port that started it
 * @state: where it is
 * @released: nobody will take its answer; it frees itself
 * @since_ns: when it began
 * @ns: how long it took, once it is through
 * @err: why it failed
 * @reason: the same in words, or NULL
 */
struct job {
	struct list_head list;
	struct work_struct work;
	const struct ks_view *view;
	struct ks_asked asked;
	struct ks_collected all;
	struct ks_progress progress;
	u32 id;
	u32 owner;
	enum {
		RUNNING,
		DONE,
		FAILED,
	} state;
	bool released;
	u64 since_ns;
	u64 ns;
	int err;
	const char *reason;
};

/*
 * Protects: jobs, nr_waiting, last_id, and of each job all but @progress, @asked
 * and, while it is RUNNING, @all.
 * Ordering: outermost of ours; nothing is waited for while it is held.
 */
static DEFINE_MUTEX(jobs_lock);
static LIST_HEAD(jobs);
static unsigned int nr_waiting;
static u32 last_id;

static struct workqueue_struct *queue;

/* May free what runs just now, as job_run() does: see there. */
static void job_free(struct job *job)
{
	list_del(&job->list);
	if (job->state == DONE)
		ks_collected_end(&job->all);
	kfree(job);
}

/* One that runs is told to stop, and is freed by itself then. */
static void job_release(struct job *job)
{
	WRITE_ONCE(job->progress.stop, true);
	job->released = true;
	if (job->state != RUNNING)
		job_free(job);
}

/**
 * ks_job_deadline() - until when a job that begins now may walk
 *
 * Return: the ks_hold_clock() at which it ends, by max_walk_ms.
 */
u64 ks_job_deadline(void)
{
	return ks_hold_clock() + (u64)READ_ONCE(max_walk_ms) * NSEC_PER_MSEC;
}

/*
 * Once jobs_lock is released the job is anybody's to free, and may be gone: also
 * its work_struct, which the workqueue does not touch after it called us.
 */
static void job_run(struct work_struct *work)
{
	struct job *job = container_of(work, struct job, work);
	const char *reason = NULL;
	int err;

	job->progress.until_ns = ks_job_deadline();
	err = ks_collected_run(&job->all, job->view, &job->asked,
			       &job->progress, &reason);
	mutex_lock(&jobs_lock);
	job->state = err ? FAILED : DONE;
	job->err = err;
	job->reason = reason;
	job->ns = ks_hold_clock() - job->since_ns;
	if (job->released)
		job_free(job);
	mutex_unlock(&jobs_lock);
}

/**
 * ks_job_init() - make ready for jobs
 *
 * Return: 0 or -ENOMEM.
 */
int ks_job_init(void)
{
	queue = alloc_workqueue("kmemscope", WQ_UNBOUND, MAX_JOBS);
	return queue ? 0 : -ENOMEM;
}

/**
 * ks_job_exit() - stop all jobs and wait for their end
 *
 * Context: Process context, sleeps. When nobody can start one any more.
 */
void ks_job_exit(void)
{
	struct job *job, *next;

	mutex_lock(&jobs_lock);
	list_for_each_entry_safe(job, next, &jobs, list)
		if (!job->released)
			job_release(job);
	mutex_unlock(&jobs_lock);
	destroy_workqueue(queue);
}

static struct job *find_job(u32 id, u32 owner)
{
	struct job *job;

	list_for_each_entry(job, &jobs, list)
		if (job->id == id && job->owner == owner && !job->released)
			return job;
	return NULL;
}

static void describe(const struct job *job, struct ks_job_record *record)
{
	static const char * const states[] = {
		[RUNNING] = "running",
		[DONE] = "done",
		[FAILED] = "failed",
	};

	record->id = job->id;
	strscpy(record->kind, job->view->kind->name, sizeof(record->kind));
	strscpy(record->state, states[job->state], sizeof(record->state));
	record->progress_permille = job->state == DONE ? 1000 :
				    READ_ONCE(job->progress.permille);
	record->elapsed_ns = job->state != RUNNING ? job->ns :
			     ks_hold_clock() - job->since_ns;
	record->budget_ns = job->asked.job.budget_ns;
	record->duration_ns = job->asked.job.duration_ns;
	strscpy(record->cache, job->asked.job.cache, sizeof(record->cache));
	if (job->reason)
		strscpy(record->reason, job->reason, sizeof(record->reason));
}

static bool is_full(void)
{
	unsigned int nr = nr_waiting;
	struct list_head *pos;

	list_for_each(pos, &jobs)
		nr++;
	return nr >= MAX_JOBS;
}

/**
 * ks_job_wait_begin() - begin to do a job's work while a reader waits
 * @reason: on error set to a text that says why
 *
 * It takes a job's place until ks_job_wait_end().
 *
 * Return: 0, or -EBUSY when there are too many.
 */
int ks_job_wait_begin(const char **reason)
{
	bool full;

	mutex_lock(&jobs_lock);
	full = is_full();
	if (!full)
		nr_waiting++;
	mutex_unlock(&jobs_lock);
	*reason = full ? TOO_MANY : NULL;
	return full ? -EBUSY : 0;
}

/**
 * ks_job_wait_end() - end what ks_job_wait_begin() began
 */
void ks_job_wait_end(void)
{
	mutex_lock(&jobs_lock);
	nr_waiting--;
	mutex_unlock(&jobs_lock);
}

/**
 * ks_job_start() - start a job
 * @view: what it shall collect; one that has work
 * @asked: what it is asked for; copied
 * @owner: the netlink port that it belongs to
 * @record: set to what it is now
 * @reason: on error set to a text that says why, or to NULL
 *
 * Context: Process context, sleeps.
 * Return: 0, -EBUSY when there are too many, -ENOMEM, or -EOPNOTSUPP when the
 * collector is off.
 */
int ks_job_start(const struct ks_view *view, const struct ks_asked *asked,
		 u32 owner, struct ks_job_record *record, const char **reason)
{
	struct job *job;

	*reason = ks_collect_refusal(view);
	if (*reason)
		return -EOPNOTSUPP;
	job = kzalloc(sizeof(*job), GFP_KERNEL);
	if (!job)
		return -ENOMEM;
	INIT_WORK(&job->work, job_run);
	job->view = view;
	job->asked = *asked;
	job->owner = owner;
	job->since_ns = ks_hold_clock();

	mutex_lock(&jobs_lock);
	if (is_full()) {
		mutex_unlock(&jobs_lock);
		kfree(job);
		*reason = TOO_MANY;
		return -EBUSY;
	}
	if (!++last_id)
		last_id++;
	job->id = last_id;
	list_add_tail(&job->list, &jobs);
	ks_record_init(&ks_kind_job, record);
	describe(job, record);
	queue_work(queue, &job->work);
	mutex_unlock(&jobs_lock);
	return 0;
}

/**
 * ks_job_take() - take a job's answer, and with the last one the job away
 * @id: the job
 * @owner: the netlink port that started it
 * @view: which of its answers
 * @c: set to its collection, which is complete; end it by ks_collect_end()
 * @reason: on error set to a text that says why, or to NULL
 *
 * Return: 0, -ENOENT when the owner has no such job, or took this answer before,
 * -EBUSY when it is still running, or the error it failed by; then it is gone,
 * too.
 */
int ks_job_take(u32 id, u32 owner, const struct ks_view *view,
		struct ks_collection *c, const char **reason)
{
	struct job *job;
	int err = 0;

	*reason = NULL;
	mutex_lock(&jobs_lock);
	job = find_job(id, owner);
	if (!job || job->view->work != view->work) {
		*reason = NO_SUCH_JOB;
		err = -ENOENT;
	} else if (job->state == RUNNING) {
		*reason = "the job is still running";
		err = -EBUSY;
	} else if (job->state == FAILED) {
		*reason = job->reason;
		err = job->err;
		job_free(job);
	} else if (!ks_collected_take(&job->all, view, c)) {
		*reason = "this answer of the job was taken already";
		err = -ENOENT;
	} else if (!ks_collected_has(&job->all)) {
		job_free(job);
	}
	mutex_unlock(&jobs_lock);
	return err;
}

/**
 * ks_job_stop() - end a job, whether it is through or not
 * @id: the job
 * @owner: the netlink port that started it
 * @reason: on error set to a text that says why
 *
 * Return: 0, or -ENOENT when the owner has no such job.
 */
int ks_job_stop(u32 id, u32 owner, const char **reason)
{
	struct job *job;

	mutex_lock(&jobs_lock);
	job = find_job(id, owner);
	if (job)
		job_release(job);
	mutex_unlock(&jobs_lock);
	*reason = job ? NULL : NO_SUCH_JOB;
	return job ? 0 : -ENOENT;
}

/**
 * ks_job_finish() - have a job end with what there is so far
 * @id: the job
 * @owner: the netlink port that started it
 * @reason: on error set to a text that says why
 *
 * It is no error when the job is through, or cannot do that.
 *
 * Return: 0, or -ENOENT when the owner has no such job.
 */
int ks_job_finish(u32 id, u32 owner, const char **reason)
{
	struct job *job;

	mutex_lock(&jobs_lock);
	job = find_job(id, owner);
	if (job)
		WRITE_ONCE(job->progress.enough, true);
	mutex_unlock(&jobs_lock);
	*reason = job ? NULL : NO_SUCH_JOB;
	return job ? 0 : -ENOENT;
}

/**
 * ks_job_release() - end all jobs of somebody who went away
 * @owner: the netlink port
 *
 * Called once the socket is closed, so none of its requests is under way, whose
 * sendmsg(2) would hold it, and none comes after. But its port is free a moment
 * before: who binds a socket to the same port in between sees its jobs, and has
 * those that it starts itself ended by this. That is the same privilege's, and
 * all of it is refused or told as any job that ended.
 */
void ks_job_release(u32 owner)
{
	struct job *job, *next;

	mutex_lock(&jobs_lock);
	list_for_each_entry_safe(job, next, &jobs, list)
		if (job->owner == owner && !job->released)
			job_release(job);
	mutex_unlock(&jobs_lock);
}

/**
 * ks_job_list() - collect what jobs there are
 * @snap: a snapshot of jobs
 *
 * Return: 0 or an error.
 */
int ks_job_list(struct ks_snapshot *snap)
{
	struct ks_job_record *record;
	struct job *job;
	int err;

	err = ks_snapshot_reserve(snap, MAX_JOBS, 0);
	if (err)
		return err;
	mutex_lock(&jobs_lock);
	list_for_each_entry(job, &jobs, list) {
		if (job->released)
			continue;
		record = ks_snapshot_next(snap);
		if (!record)
			break;
		describe(job, record);
		ks_snapshot_keep(snap);
	}
	mutex_unlock(&jobs_lock);
	return 0;
}
