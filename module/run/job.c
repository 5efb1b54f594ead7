// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs jobs, and keeps them until a reader takes their results.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/list.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "internals/lock_hold.h"
#include "internals/progress.h"
#include "record/kinds.h"
#include "record/memory.h"
#include "run/job.h"
#include "run/work.h"

#define MAX_JOBS	64	/* of all readers */
#define MAX_RUNNING	4	/* on each node; the others wait */
#define NOBODY		0	/* no netlink port */

static unsigned int max_walk_ms = 60 * 1000;
module_param(max_walk_ms, uint, 0600);
MODULE_PARM_DESC(max_walk_ms,
		 "maximum time of a job's walk in milliseconds (default 60000)");

/**
 * struct job - one job
 * @list: in jobs
 * @work: its work_struct
 * @view: the view that it collects
 * @asked: its request
 * @all: its results, once @state is DONE
 * @progress: shared with the walk
 * @id: its number, never 0
 * @owner: the netlink port that started it, or NOBODY if a reader waits for it
 * @ended: completed when it is no longer RUNNING
 * @state: where it is; RUNNING also before its turn
 * @released: nobody will take its results; it frees itself
 * @since_ns: when it began
 * @ns: how long it took, once it is through
 * @err: why it failed
 * @reason: @err in words, or NULL
 */
struct job {
	struct list_head list;
	struct work_struct work;
	const struct ks_view *view;
	struct ks_request asked;
	struct ks_collected all;
	struct ks_progress progress;
	u32 id;
	u32 owner;
	struct completion ended;
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
 * Protects: jobs, last_id, and of each job all but @progress, @asked
 * and, while it is RUNNING, @all.
 * Ordering: outermost of ours; nothing is waited for while it is held.
 */
static DEFINE_MUTEX(jobs_lock);
static LIST_HEAD(jobs);
static u32 last_id;

static struct workqueue_struct *queue;

/*
 * Takes a job off the list. What it collected may be many MiB, so jobs_free()
 * frees it once jobs_lock is released.
 */
static void job_remove(struct job *job, struct list_head *removed)
{
	lockdep_assert_held(&jobs_lock);
	list_move(&job->list, removed);
}

/* A running job is told to stop, and frees itself then. */
static void job_release(struct job *job, struct list_head *removed)
{
	lockdep_assert_held(&jobs_lock);
	WRITE_ONCE(job->progress.stop, true);
	job->released = true;
	if (job->state != RUNNING)
		job_remove(job, removed);
}

/* May free a job from within its own job_run(): see there. */
static void jobs_free(struct list_head *removed)
{
	struct job *job, *next;

	list_for_each_entry_safe(job, next, removed, list) {
		if (job->state == DONE)
			ks_collected_end(&job->all);
		kfree(job);
	}
}

/* Until when a job that begins now may walk, by ks_hold_clock(). */
static u64 job_deadline(void)
{
	return ks_hold_clock() + (u64)READ_ONCE(max_walk_ms) * NSEC_PER_MSEC;
}

/*
 * After jobs_lock is released anybody may free the job with its work_struct.
 * The workqueue does not touch that after this call.
 */
static void job_run(struct work_struct *work)
{
	struct job *job = container_of(work, struct job, work);
	struct netlink_ext_ack extack = {};
	LIST_HEAD(removed);
	int err;

	job->progress.until_ns = job_deadline();
	/* It may have been stopped before it ran. */
	err = READ_ONCE(job->progress.stop) ? -EINTR :
	      ks_collected_run(&job->all, job->view, &job->asked,
			       &job->progress, &extack);
	mutex_lock(&jobs_lock);
	job->state = err ? FAILED : DONE;
	job->err = err;
	job->reason = err ? extack._msg : NULL;
	job->ns = ks_hold_clock() - job->since_ns;
	complete(&job->ended);
	if (job->released)
		job_remove(job, &removed);
	mutex_unlock(&jobs_lock);
	jobs_free(&removed);
}

/**
 * ks_job_init() - prepare for jobs
 *
 * Return: 0 or -ENOMEM.
 */
int ks_job_init(void)
{
	queue = alloc_workqueue("kmemscope", WQ_UNBOUND, MAX_RUNNING);
	return queue ? 0 : -ENOMEM;
}

/**
 * ks_job_exit() - stop all jobs and wait for their end
 *
 * Context: Process context, sleeps. After the last reader is gone.
 */
void ks_job_exit(void)
{
	struct job *job, *next;
	LIST_HEAD(removed);

	mutex_lock(&jobs_lock);
	list_for_each_entry_safe(job, next, &jobs, list)
		if (!job->released)
			job_release(job, &removed);
	mutex_unlock(&jobs_lock);
	jobs_free(&removed);
	destroy_workqueue(queue);
}

static struct job *job_find(u32 id, u32 owner)
{
	struct job *job;

	lockdep_assert_held(&jobs_lock);
	list_for_each_entry(job, &jobs, list)
		if (job->id == id && job->owner == owner && !job->released)
			return job;
	return NULL;
}

static int no_such_job(struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG(extack, "this socket has no such job");
	return -ENOENT;
}

static void job_describe(const struct job *job, struct ks_job_record *record)
{
	static const char * const states[] = {
		[RUNNING] = "running",
		[DONE] = "done",
		[FAILED] = "failed",
	};

	lockdep_assert_held(&jobs_lock);
	record->id = job->id;
	strscpy(record->kind, job->view->kind->name, sizeof(record->kind));
	strscpy(record->state, states[job->state], sizeof(record->state));
	/* The walk writes it without jobs_lock. */
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

static bool jobs_are_full(void)
{
	struct list_head *pos;
	unsigned int nr = 0;

	lockdep_assert_held(&jobs_lock);
	list_for_each(pos, &jobs)
		nr++;
	return nr >= MAX_JOBS;
}

static struct job *job_new(const struct ks_view *view, u32 owner,
			   struct netlink_ext_ack *extack)
{
	const char *reason = ks_collect_refusal(view);
	struct job *job;

	if (reason) {
		ks_extack_set(extack, reason);
		return ERR_PTR(-EOPNOTSUPP);
	}
	job = kzalloc(sizeof(*job), KS_GFP_NOW);
	if (!job) {
		ks_collect_explain(view, -ENOMEM, extack);
		return ERR_PTR(-ENOMEM);
	}
	INIT_WORK(&job->work, job_run);
	init_completion(&job->ended);
	job->view = view;
	job->owner = owner;
	job->since_ns = ks_hold_clock();
	return job;
}

/* Gives a job its number and queues it. */
static int job_queue(struct job *job, struct netlink_ext_ack *extack)
{
	lockdep_assert_held(&jobs_lock);
	if (jobs_are_full()) {
		NL_SET_ERR_MSG(extack, "there are too many jobs");
		return -EBUSY;
	}
	if (!++last_id)
		last_id++;
	job->id = last_id;
	list_add_tail(&job->list, &jobs);
	queue_work(queue, &job->work);
	return 0;
}

/**
 * ks_job_start() - start a job
 * @view: the view to collect, one with work
 * @asked: the request; copied
 * @owner: the netlink port that it belongs to
 * @record: set to its record
 * @extack: may be NULL
 *
 * Context: Process context, sleeps, but reclaims no memory.
 * Return: 0, -EBUSY when there are too many, -ENOMEM, or -EOPNOTSUPP when the
 * collector is off.
 */
int ks_job_start(const struct ks_view *view, const struct ks_request *asked,
		 u32 owner, struct ks_job_record *record,
		 struct netlink_ext_ack *extack)
{
	struct job *job;
	int err;

	job = job_new(view, owner, extack);
	if (IS_ERR(job))
		return PTR_ERR(job);
	job->asked = *asked;
	mutex_lock(&jobs_lock);
	err = job_queue(job, extack);
	if (!err) {
		ks_record_init(&ks_kind_job, record);
		job_describe(job, record);
	}
	mutex_unlock(&jobs_lock);
	if (err)
		kfree(job);
	return err;
}

/* Takes a result of a job that ended. */
static int job_answer(struct job *job, const struct ks_view *view,
		      struct ks_collection *c, struct list_head *removed,
		      struct netlink_ext_ack *extack)
{
	int err = job->err;

	lockdep_assert_held(&jobs_lock);
	ks_extack_set(extack, job->reason);
	if (job->state == DONE && !ks_collected_take(&job->all, view, c)) {
		NL_SET_ERR_MSG(extack,
			       "this result of the job was already taken");
		return -ENOENT;
	}
	if (job->state == FAILED || !ks_collected_has(&job->all))
		job_remove(job, removed);
	return err;
}

/**
 * ks_job_wait() - run a job while the reader waits for its result
 * @c: set; end it with ks_collect_end() when this succeeded
 * @view: a view with work
 * @extack: may be NULL
 *
 * The job has an empty request. Its results for other views are dropped.
 *
 * Context: Process context, sleeps. May take seconds, but ends by a signal.
 * Return: 0, -EBUSY when there are too many jobs, -EINTR, or another error.
 */
int ks_job_wait(struct ks_collection *c, const struct ks_view *view,
		struct netlink_ext_ack *extack)
{
	LIST_HEAD(removed);
	struct job *job;
	int err;

	job = job_new(view, NOBODY, extack);
	if (IS_ERR(job))
		return PTR_ERR(job);
	ks_record_init(&ks_kind_job, &job->asked.job);
	mutex_lock(&jobs_lock);
	err = job_queue(job, extack);
	mutex_unlock(&jobs_lock);
	if (err) {
		kfree(job);
		return err;
	}
	wait_for_completion_interruptible(&job->ended);
	mutex_lock(&jobs_lock);
	err = job->state == RUNNING ? -EINTR :
	      job_answer(job, view, c, &removed, extack);
	if (!job->released && list_empty(&removed))
		job_release(job, &removed);
	mutex_unlock(&jobs_lock);
	jobs_free(&removed);
	return err;
}

/**
 * ks_job_collect() - collect all records while the reader waits
 * @c: set; end it with ks_collect_end() when this succeeded
 * @view: what to collect, by a job where only a job can
 * @extack: may be NULL
 *
 * Context: Process context, sleeps, and ends by a signal.
 * Return: 0, or an error as for ks_collect_begin() and ks_collect_step().
 */
int ks_job_collect(struct ks_collection *c, const struct ks_view *view,
		   struct netlink_ext_ack *extack)
{
	int err;

	if (view->work_only)
		return ks_job_wait(c, view, extack);
	err = ks_collect_begin(c, view, NULL, 0, KS_PATIENCE_NS, extack);
	if (err)
		return err;
	while (!ks_collect_complete(c)) {
		err = ks_collect_step(c, KS_PATIENCE_NS, extack);
		if (err) {
			ks_collect_end(c);
			return err;
		}
		/* Others want the lock of a step, too. */
		usleep_range(100, 200);
	}
	return 0;
}

/**
 * ks_job_take() - take a result of a job; the last one removes the job
 * @id: the job
 * @owner: the netlink port that started it
 * @view: the view whose result to take
 * @c: set to its collection, which is complete; end it by ks_collect_end()
 * @extack: may be NULL
 *
 * Return: 0, -ENOENT when the owner has no such job or took this result before,
 * -EBUSY when the job is still running, or the error of a failed job, which
 * this removes, too.
 */
int ks_job_take(u32 id, u32 owner, const struct ks_view *view,
		struct ks_collection *c, struct netlink_ext_ack *extack)
{
	LIST_HEAD(removed);
	struct job *job;
	int err;

	mutex_lock(&jobs_lock);
	job = job_find(id, owner);
	if (!job || job->view->work != view->work) {
		err = no_such_job(extack);
	} else if (job->state == RUNNING) {
		NL_SET_ERR_MSG(extack, "the job is still running");
		err = -EBUSY;
	} else {
		err = job_answer(job, view, c, &removed, extack);
	}
	mutex_unlock(&jobs_lock);
	jobs_free(&removed);
	return err;
}

/**
 * ks_job_stop() - end a job, complete or not
 * @id: the job
 * @owner: the netlink port that started it
 * @extack: may be NULL
 *
 * Return: 0, or -ENOENT when the owner has no such job.
 */
int ks_job_stop(u32 id, u32 owner, struct netlink_ext_ack *extack)
{
	LIST_HEAD(removed);
	struct job *job;

	mutex_lock(&jobs_lock);
	job = job_find(id, owner);
	if (job)
		job_release(job, &removed);
	mutex_unlock(&jobs_lock);
	jobs_free(&removed);
	return job ? 0 : no_such_job(extack);
}

/**
 * ks_job_finish() - end a job early, and keep its result
 * @id: the job
 * @owner: the netlink port that started it
 * @extack: may be NULL
 *
 * It is no error when the job is complete already, or has no early end.
 *
 * Return: 0, or -ENOENT when the owner has no such job.
 */
int ks_job_finish(u32 id, u32 owner, struct netlink_ext_ack *extack)
{
	struct job *job;

	mutex_lock(&jobs_lock);
	job = job_find(id, owner);
	/* The walk reads it without jobs_lock. */
	if (job)
		WRITE_ONCE(job->progress.enough, true);
	mutex_unlock(&jobs_lock);
	return job ? 0 : no_such_job(extack);
}

/**
 * ks_job_release() - end all jobs of a socket that was closed
 * @owner: the netlink port
 *
 * The socket is closed, so none of its requests is running and none will come.
 * Its port is free a moment earlier. A socket that binds the same port in
 * between sees these jobs, and loses the jobs that it starts until now. It has
 * the same privilege, and gets the errors of jobs that ended.
 */
void ks_job_release(u32 owner)
{
	struct job *job, *next;
	LIST_HEAD(removed);

	/* All generic netlink sockets come here; few have jobs. */
	if (list_empty(&jobs))
		return;
	mutex_lock(&jobs_lock);
	list_for_each_entry_safe(job, next, &jobs, list)
		if (job->owner == owner && !job->released)
			job_release(job, &removed);
	mutex_unlock(&jobs_lock);
	jobs_free(&removed);
}

/**
 * ks_job_list() - collect the records of all jobs
 * @snap: a snapshot of jobs
 * @extack: may be NULL
 *
 * Return: 0 or an error.
 */
int ks_job_list(struct ks_snapshot *snap, struct netlink_ext_ack *extack)
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
		record = ks_snapshot_begin(snap);
		if (!record)
			break;
		job_describe(job, record);
		ks_snapshot_commit(snap);
	}
	mutex_unlock(&jobs_lock);
	return 0;
}
