// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dumps of records by generic netlink.
 *
 * A dump's collection is begun in .start, completed a step at a time as the
 * reader takes messages, and ended in .done, which also runs when the reader
 * goes away. It belongs to one dump, so there is no lock.
 *
 * On all kernels .start and the first dumpit run under genetlink's cb_lock, and
 * all generic netlink of the host may wait for that. So they wait for no lock
 * and reclaim no memory. The next dumpit, which the reader's own recvmsg(2)
 * runs, does what they cannot. The first message is then a NLMSG_NOOP, which
 * netlink(7) tells readers to ignore.
 */
#include <linux/kmemscope.h>
#include <linux/ktime.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "export/dump.h"
#include "record/kinds.h"
#include "record/memory.h"
#include "run/collection.h"
#include "run/job.h"

/*
 * Maximum wait of one dumpit. Another thread that uses the same socket waits
 * for it under cb_lock.
 */
#define SLICE_NS	(50 * (u64)NSEC_PER_MSEC)

/**
 * struct dump - a dump under way
 * @c: its collection
 * @view: what it collects
 * @next: the record to put next
 * @begun: whether @c began
 * @own: whether the reader's own recvmsg(2) runs it, so that it may wait; true
 *	from the second message on
 * @is_asked: whether to send only records that match @want
 * @options: the options of the request
 * @busy_since_ns: since when it waits for a busy lock, or 0
 * @err: an error from before there was a collection
 * @extack: the text of an error, until the reader's own extack is there
 * @unmatched: the attribute to report when nothing matches, or NULL
 * @no_match: the text for that
 * @want: a record with the fields of the request
 */
struct dump {
	struct ks_collection c;
	const struct ks_view *view;
	unsigned int next;
	bool begun;
	bool own;
	bool is_asked;
	unsigned long options;
	u64 busy_since_ns;
	int err;
	struct netlink_ext_ack extack;
	const struct nlattr *unmatched;
	const char *no_match;
	u64 want[];
};

static struct dump *dump_of(const struct netlink_callback *cb)
{
	return (struct dump *)cb->args[0];
}

static int dump_no_match(struct dump *dump)
{
	ks_extack_set(&dump->extack, dump->no_match);
	NL_SET_BAD_ATTR(&dump->extack, dump->unmatched);
	return -ENOENT;
}

/*
 * A request for something that does not exist is an error, and not an empty
 * result. A collection that was begun is ended by ks_dump_done().
 */
static int dump_check_match(struct dump *dump)
{
	const struct ks_snapshot *snap = dump->c.snap;

	return dump->is_asked && !snap->more_items && !snap->nr ?
	       dump_no_match(dump) : 0;
}

static int dump_begin(struct dump *dump, u64 wait_ns)
{
	int err;

	err = ks_collect_begin(&dump->c, dump->view,
			       dump->is_asked ? dump->want : NULL,
			       dump->options, wait_ns, &dump->extack);
	if (err)
		return err;
	err = dump_check_match(dump);
	if (err)
		ks_collect_end(&dump->c);
	dump->begun = !err;
	return err;
}

/* Whether it takes a dumpit that can wait. */
static bool error_may_pass(int err)
{
	return err == -EBUSY || err == -ENOMEM;
}

static int dump_begin_request(struct dump *dump, struct nlattr **attrs)
{
	const struct ks_kind *kind = dump->view->kind;
	const struct ks_field *unmatched = ks_record_unmatched(kind, attrs);
	int err;

	if (unmatched) {
		dump->unmatched = attrs[unmatched->attr];
		dump->no_match = unmatched->no_match;
	}
	dump->options = ks_record_options(kind, attrs);
	err = ks_record_filter(kind, dump->want, attrs);
	if (err == -ENOENT)
		return dump_no_match(dump);
	dump->is_asked = err;
	if (ks_collect_is_long(dump->view))
		return 0;
	err = dump_begin(dump, 0);
	return error_may_pass(err) ? 0 : err;
}

/* A request for the result of a job has no other attribute. */
static int dump_take_job(struct dump *dump, struct nlattr **attrs, u32 owner)
{
	const struct ks_kind *kind = dump->view->kind;
	u32 id = nla_get_u32(attrs[kind->job_attr]);
	unsigned int i;
	int err;

	for (i = 1; i <= kind->max_attr; i++) {
		if (i == kind->job_attr || !attrs[i])
			continue;
		NL_SET_ERR_MSG_ATTR(&dump->extack, attrs[i],
				    "a job's result is taken whole, so no other attribute is allowed");
		return -EINVAL;
	}
	err = ks_job_take(id, owner, dump->view, &dump->c, &dump->extack);
	if (err)
		NL_SET_BAD_ATTR(&dump->extack, attrs[kind->job_attr]);
	else
		dump->begun = true;
	return err;
}

/* Requires what the kernel's own files of the same data require. */
static int check_capability(struct dump *dump, const struct sk_buff *skb)
{
	const struct ks_view *view = dump->view;

	if (netlink_capable(skb, CAP_SYS_ADMIN))
		return 0;
	if (view->names) {
		NL_SET_ERR_MSG(&dump->extack, KS_NEEDS_SYS_ADMIN);
		return -EPERM;
	}
	if (view->private && !netlink_capable(skb, CAP_PERFMON)) {
		NL_SET_ERR_MSG(&dump->extack,
			       "CAP_PERFMON or CAP_SYS_ADMIN is needed");
		return -EPERM;
	}
	return 0;
}

static int dump_parse(struct netlink_callback *cb, struct dump *dump)
{
	const struct ks_view *view = dump->view;
	const struct ks_kind *kind = view->kind;
	struct nlattr **attrs;
	int err;

	attrs = kcalloc(kind->max_attr + 1, sizeof(*attrs), KS_GFP_NOW);
	if (!attrs)
		return -ENOMEM;
	err = genlmsg_parse(cb->nlh, &ks_netlink_family, attrs, kind->max_attr,
			    kind->policy, cb->extack);
	if (!err)
		err = check_capability(dump, cb->skb);
	if (!err && kind->job_attr && attrs[kind->job_attr]) {
		err = dump_take_job(dump, attrs, NETLINK_CB(cb->skb).portid);
	} else if (!err && view->work_only) {
		NL_SET_ERR_MSG(&dump->extack,
			       "only a job collects this record type");
		err = -EINVAL;
	} else if (!err) {
		err = dump_begin_request(dump, attrs);
	}
	kfree(attrs);
	return err;
}

/* The bad attribute is in the request, which @cb keeps. */
static void dump_explain(const struct netlink_callback *cb,
			 const struct dump *dump)
{
	/* Else it may have the parser's text. */
	if (dump->extack._msg)
		ks_extack_set(cb->extack, dump->extack._msg);
	if (dump->extack.bad_attr)
		NL_SET_BAD_ATTR(cb->extack, dump->extack.bad_attr);
}

/**
 * ks_dump_start() - begin a dump, as genl_ops::start
 * @cb: the dump
 *
 * Context: Process context, cb_lock held for reading: waits for nothing.
 * Return: 0 or an error.
 */
int ks_dump_start(struct netlink_callback *cb)
{
	const struct genlmsghdr *hdr = nlmsg_data(cb->nlh);
	const struct ks_view *view = ks_collect_find(hdr->cmd);
	struct dump *dump;

	if (!view)
		return -EOPNOTSUPP;
	dump = kzalloc(sizeof(*dump) + view->kind->size, KS_GFP_NOW);
	if (!dump) {
		ks_collect_explain(view, -ENOMEM, cb->extack);
		return -ENOMEM;
	}
	dump->view = view;
	dump->err = dump_parse(cb, dump);
	/*
	 * Not all kernels pass an extack to .start (v6.1 does not). The first
	 * dumpit has one, so it reports the error then.
	 */
	if (dump->err && (cb->extack || !dump->extack._msg)) {
		int err = dump->err;

		dump_explain(cb, dump);
		kfree(dump);
		return err;
	}
	cb->args[0] = (long)dump;
	return 0;
}

/*
 * genetlink sets NLM_F_DUMP_INTR in a message when two sequence numbers differ.
 * A snapshot has no such number, but knows whether it changed.
 */
static void dump_mark_changed(struct netlink_callback *cb,
			      const struct ks_snapshot *snap)
{
	cb->prev_seq = 1;
	cb->seq = snap->changed ? 2 : 1;
}

static int dump_put(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct ks_collection *c, unsigned int index)
{
	const struct ks_kind *kind = c->view->kind;
	void *hdr;
	int err;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &ks_netlink_family, NLM_F_MULTI, kind->cmd);
	if (!hdr)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, hdr);
	err = ks_record_put(skb, kind, ks_snapshot_record(c->snap, index));
	if (err) {
		genlmsg_cancel(skb, hdr);
		return err;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* Sends a NLMSG_NOOP, as an empty message would end the dump. */
static int dump_put_nothing(struct sk_buff *skb, struct netlink_callback *cb)
{
	if (!nlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
		       NLMSG_NOOP, 0, NLM_F_MULTI))
		return -EMSGSIZE;
	return skb->len;
}

/* Collects some more records, if need be from the beginning. */
static int dump_collect(struct dump *dump)
{
	const u64 wait_ns = dump->own ? SLICE_NS : 0;
	int err = 0;

	if (!dump->begun) {
		if (!dump->own)
			return -EBUSY;
		err = dump_begin(dump, wait_ns);
	}
	while (!err && dump->next >= dump->c.snap->nr_valid &&
	       !ks_collect_complete(&dump->c))
		err = ks_collect_step(&dump->c, wait_ns, &dump->extack) ?:
		      dump_check_match(dump);
	return err;
}

/* Decides whether the reader should come again for a lock that is busy. */
static bool dump_is_patient(struct dump *dump, int err)
{
	const u64 now = ktime_get_ns();

	if (err != -EBUSY && err != -EINTR)
		return false;
	if (fatal_signal_pending(current))
		return false;
	if (!dump->busy_since_ns)
		dump->busy_since_ns = now;
	return !dump->own || now - dump->busy_since_ns < KS_PATIENCE_NS;
}

/**
 * ks_dump_next() - fill one message, as genl_ops::dumpit
 * @skb: the message
 * @cb: the dump
 *
 * Runs steps until there is a record. A step takes about 1 ms.
 *
 * Context: Process context, for the first message with cb_lock held for
 * reading: then waits for nothing.
 * Return: bytes of the message, 0 at the end of the dump, or an error.
 */
int ks_dump_next(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);
	const struct ks_snapshot *snap;
	int err = dump->err ?: dump_collect(dump);

	if (err) {
		bool again = !dump->err && dump_is_patient(dump, err);

		dump->own = true;
		if (again)
			return dump_put_nothing(skb, cb);
		dump_explain(cb, dump);
		return err;
	}
	dump->own = true;
	dump->busy_since_ns = 0;
	snap = dump->c.snap;
	for (; dump->next < snap->nr_valid; dump->next++) {
		dump_mark_changed(cb, snap);
		err = dump_put(skb, cb, &dump->c, dump->next);
		if (err)
			return skb->len ? : err;
	}
	/* NLMSG_DONE reports changes after the last record. */
	dump_mark_changed(cb, snap);
	/* NLMSG_DONE goes with the last record if there is room for it. */
	return ks_collect_complete(&dump->c) ? 0 : skb->len;
}

/**
 * ks_dump_done() - end a dump, as genl_ops::done
 * @cb: the dump
 *
 * Return: 0.
 */
int ks_dump_done(struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);

	if (dump && dump->begun)
		ks_collect_end(&dump->c);
	kfree(dump);
	return 0;
}
