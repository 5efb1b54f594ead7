// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family: one dump for each kind of record, and the
 * module's status.
 *
 * A dump's collection is begun in .start, completed a step at a time as the
 * reader takes messages, and ended in .done, which also runs when the reader
 * goes away. The family does without genl_mutex (parallel_ops) and needs no lock
 * of its own, for a collection belongs to one dump. .start and the first dumpit
 * run under genetlink's cb_lock, so they wait for nobody.
 *
 * The family exists in the initial network namespace only, so that the
 * capabilities asked for are those of the initial user namespace.
 */
#include <linux/kmemscope.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "collect/collect.h"
#include "collect/job.h"
#include "export/netlink.h"
#include "record/kinds.h"

#define NEEDS_SYS_ADMIN	"CAP_SYS_ADMIN is needed"

static struct genl_family family;

/**
 * struct dump - a dump under way
 * @c: its collection
 * @next: the record to put next
 * @started: whether the first message was filled; from then on the reader's
 *	own recvmsg(2) runs it, and may wait
 * @err: the error to end it with, before there was a collection
 * @reason: what to say of @err
 */
struct dump {
	struct ks_collection c;
	unsigned int next;
	bool started;
	int err;
	const char *reason;
};

static struct dump *dump_of(const struct netlink_callback *cb)
{
	return (struct dump *)cb->args[0];
}

static void say(struct netlink_ext_ack *extack, const char *reason)
{
	if (extack && reason)
		extack->_msg = reason;
}

/*
 * Begins the collection that the attributes ask for. Asking for something that
 * does not exist is an error, and not an empty answer; *bad is then set to the
 * attribute.
 */
static int begin_asked(struct dump *dump, const struct ks_view *view,
		       struct nlattr **attrs, const struct nlattr **bad)
{
	const struct ks_kind *kind = view->kind;
	const struct ks_field *unmatched;
	void *want;
	int err;

	want = kmalloc(kind->size, GFP_KERNEL);
	if (!want)
		return -ENOMEM;
	err = ks_record_ask(kind, want, attrs);
	if (err >= 0) {
		bool asked = err;

		err = ks_collect_begin(&dump->c, view, asked ? want : NULL,
				       ks_record_options(kind, attrs),
				       &dump->reason);
		if (!err && asked && !dump->c.snap->nr) {
			ks_collect_end(&dump->c);
			err = -ENOENT;
		}
	}
	kfree(want);
	if (err == -ENOENT) {
		unmatched = ks_record_unmatched(kind, attrs);
		if (unmatched) {
			dump->reason = unmatched->no_match;
			*bad = attrs[unmatched->attr];
		}
	}
	return err;
}

/* Asking for a job's answer is not asking for anything else. */
static int begin_job(struct dump *dump, const struct ks_view *view,
		     struct nlattr **attrs, u32 owner,
		     const struct nlattr **bad)
{
	const struct ks_kind *kind = view->kind;
	u32 id = nla_get_u32(attrs[kind->job_attr]);
	unsigned int i;

	for (i = 1; i <= kind->max_attr; i++) {
		if (i == kind->job_attr || !attrs[i])
			continue;
		*bad = attrs[i];
		dump->reason = "a job's answer cannot be asked for in part";
		return -EINVAL;
	}
	*bad = attrs[kind->job_attr];
	return ks_job_take(id, owner, view, &dump->c, &dump->reason);
}

static int parse_and_begin(struct netlink_callback *cb, struct dump *dump,
			   const struct ks_view *view,
			   const struct nlattr **bad)
{
	const struct ks_kind *kind = view->kind;
	struct nlattr **attrs;
	int err;

	attrs = kcalloc(kind->max_attr + 1, sizeof(*attrs), GFP_KERNEL);
	if (!attrs)
		return -ENOMEM;
	err = genlmsg_parse(cb->nlh, &family, attrs, kind->max_attr,
			    kind->policy, cb->extack);
	if (!err && view->names && !netlink_capable(cb->skb, CAP_SYS_ADMIN)) {
		dump->reason = NEEDS_SYS_ADMIN;
		err = -EPERM;
	} else if (!err && kind->job_attr && attrs[kind->job_attr]) {
		err = begin_job(dump, view, attrs, NETLINK_CB(cb->skb).portid,
				bad);
	} else if (!err && view->work_only) {
		dump->reason = "only a job collects this kind of record";
		err = -EINVAL;
	} else if (!err) {
		err = begin_asked(dump, view, attrs, bad);
	}
	kfree(attrs);
	return err;
}

static int dump_start(struct netlink_callback *cb)
{
	const struct genlmsghdr *hdr = nlmsg_data(cb->nlh);
	const struct ks_view *view = ks_collect_find(hdr->cmd);
	const struct nlattr *bad = NULL;
	struct dump *dump;
	int err;

	if (!view)
		return -EOPNOTSUPP;
	dump = kzalloc(sizeof(*dump), GFP_KERNEL);
	if (!dump)
		return -ENOMEM;
	err = parse_and_begin(cb, dump, view, &bad);
	/*
	 * Not all kernels give .start an extack (v6.1 does not). Then the error
	 * waits for the first dumpit, which is given one.
	 */
	if (err && (cb->extack || !dump->reason)) {
		say(cb->extack, dump->reason);
		if (bad)
			NL_SET_BAD_ATTR(cb->extack, bad);
		kfree(dump);
		return err;
	}
	dump->err = err;
	cb->args[0] = (long)dump;
	return 0;
}

/*
 * genetlink sets NLM_F_DUMP_INTR in a message when the sequence numbers of the
 * world before and now differ. Ours has no number, but knows that it changed.
 */
static void mark_changed(struct netlink_callback *cb, bool changed)
{
	cb->prev_seq = 1;
	cb->seq = changed ? 2 : 1;
}

static int put_record(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct ks_collection *c, unsigned int index)
{
	const struct ks_kind *kind = c->view->kind;
	void *hdr;
	int err;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &family, NLM_F_MULTI, kind->cmd);
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

/*
 * Fills one message. An empty one would end the dump, so it runs steps until
 * there is a record; a step takes about 1 ms.
 */
static int dump_next(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);
	struct ks_snapshot *snap = dump->c.snap;
	int err = dump->err;

	while (!err && dump->next >= snap->nr_filled &&
	       !ks_collect_complete(&dump->c))
		err = ks_collect_step(&dump->c, dump->started, &dump->reason);
	dump->started = true;
	if (err) {
		say(cb->extack, dump->reason);
		return err;
	}
	for (; dump->next < snap->nr_filled; dump->next++) {
		mark_changed(cb, snap->changed);
		err = put_record(skb, cb, &dump->c, dump->next);
		if (err)
			return skb->len ? : err;
	}
	/* For NLMSG_DONE, which tells what changed after the last record. */
	mark_changed(cb, snap->changed);
	/* With the last record goes NLMSG_DONE, if there is room for it. */
	return ks_collect_complete(&dump->c) ? 0 : skb->len;
}

static int dump_done(struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);

	if (dump && !dump->err)
		ks_collect_end(&dump->c);
	kfree(dump);
	return 0;
}

/* Answers a request with one record. */
static int reply_record(struct genl_info *info, const struct ks_kind *kind,
			u8 cmd, const void *record)
{
	struct sk_buff *reply = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *hdr;

	if (!reply)
		return -ENOMEM;
	hdr = genlmsg_put_reply(reply, info, &family, 0, cmd);
	if (!hdr || ks_record_put(reply, kind, record)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

static int status_get(struct sk_buff *skb, struct genl_info *info)
{
	struct ks_status_record *record;
	int err;

	record = kmalloc(sizeof(*record), GFP_KERNEL);
	if (!record)
		return -ENOMEM;
	ks_self_status(record);
	err = reply_record(info, &ks_kind_status, KMEMSCOPE_CMD_STATUS_GET,
			   record);
	kfree(record);
	return err;
}

/* All control needs more than reading counts does. */
static int check_control(struct sk_buff *skb, struct genl_info *info)
{
	if (netlink_capable(skb, CAP_SYS_ADMIN))
		return 0;
	NL_SET_ERR_MSG(info->extack, NEEDS_SYS_ADMIN);
	return -EPERM;
}

static int status_set(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *enabled =
		info->attrs[KMEMSCOPE_A_STATUS_ENABLED];

	if (check_control(skb, info))
		return -EPERM;
	if (!enabled) {
		NL_SET_ERR_MSG(info->extack, "attribute enabled is missing");
		return -EINVAL;
	}
	ks_collect_switch(nla_get_u32(enabled));
	return 0;
}

/* The view whose records are of a kind that can be a job. */
static const struct ks_view *find_work(const struct nlattr *kind)
{
	unsigned int i, j;

	for (i = 0; i < ks_nr_collectors; i++)
		for (j = 0; j < ks_collectors[i]->nr_views; j++) {
			const struct ks_view *view =
				&ks_collectors[i]->views[j];

			if (view->work && !nla_strcmp(kind, view->kind->name))
				return view;
		}
	return NULL;
}

/* Starts a job, and says which. */
static int start_asked(struct genl_info *info, const struct ks_view *view,
		       const struct ks_asked *asked)
{
	struct ks_job_record *record;
	const char *reason;
	int err;

	record = kmalloc(sizeof(*record), GFP_KERNEL);
	if (!record)
		return -ENOMEM;
	err = ks_job_start(view, asked, info->snd_portid, record, &reason);
	if (err) {
		say(info->extack, reason);
	} else {
		err = reply_record(info, &ks_kind_job, KMEMSCOPE_CMD_JOB_START,
				   record);
		/* Nobody knows of it. */
		if (err)
			ks_job_stop(record->id, info->snd_portid, &reason);
	}
	kfree(record);
	return err;
}

static int job_start(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *kind = info->attrs[KMEMSCOPE_A_JOB_KIND];
	const struct ks_view *view;
	struct ks_asked *asked;
	int err;

	if (check_control(skb, info))
		return -EPERM;
	if (!kind) {
		NL_SET_ERR_MSG(info->extack, "attribute kind is missing");
		return -EINVAL;
	}
	view = find_work(kind);
	if (!view) {
		NL_SET_ERR_MSG_ATTR(info->extack, kind,
				    "no job collects this kind of record");
		return -EINVAL;
	}
	asked = kmalloc(sizeof(*asked), GFP_KERNEL);
	if (!asked)
		return -ENOMEM;
	err = ks_record_ask(&ks_kind_job, &asked->job, info->attrs);
	asked->options = ks_record_options(&ks_kind_job, info->attrs);
	if (err < 0)
		say(info->extack, "an attribute that is empty asks for nothing");
	else
		err = start_asked(info, view, asked);
	kfree(asked);
	return err;
}

/* Does something with the job that a request names. */
static int with_job(struct sk_buff *skb, struct genl_info *info,
		    int (*act)(u32 id, u32 owner, const char **reason))
{
	const struct nlattr *id = info->attrs[KMEMSCOPE_A_JOB_ID];
	const char *reason;
	int err;

	if (check_control(skb, info))
		return -EPERM;
	if (!id) {
		NL_SET_ERR_MSG(info->extack, "attribute id is missing");
		return -EINVAL;
	}
	err = act(nla_get_u32(id), info->snd_portid, &reason);
	say(info->extack, reason);
	return err;
}

static int job_stop(struct sk_buff *skb, struct genl_info *info)
{
	return with_job(skb, info, ks_job_stop);
}

static int job_finish(struct sk_buff *skb, struct genl_info *info)
{
	return with_job(skb, info, ks_job_finish);
}

/* A socket was closed: whose jobs were its own has gone. */
static int socket_released(struct notifier_block *block, unsigned long event,
			   void *data)
{
	const struct netlink_notify *notify = data;

	if (event == NETLINK_URELEASE && notify->portid &&
	    notify->protocol == NETLINK_GENERIC &&
	    net_eq(notify->net, &init_net))
		ks_job_release(notify->portid);
	return NOTIFY_DONE;
}

static struct notifier_block release_block = {
	.notifier_call = socket_released,
};

/* Filled at load: the commands on the module itself, then the dumps. */
static struct genl_ops ops[KMEMSCOPE_CMD_MAX] __ro_after_init;

static struct genl_family family __ro_after_init = {
	.name = KMEMSCOPE_FAMILY_NAME,
	.version = KMEMSCOPE_FAMILY_VERSION,
	.module = THIS_MODULE,
	.parallel_ops = true,
	.ops = ops,
};

static unsigned int __init add_dump(unsigned int nr, const struct ks_kind *kind)
{
	ops[nr] = (struct genl_ops) {
		.cmd = kind->cmd,
		.flags = GENL_ADMIN_PERM,
		.start = dump_start,
		.dumpit = dump_next,
		.done = dump_done,
		.policy = kind->policy,
		.maxattr = kind->max_attr,
	};
	return nr + 1;
}

static unsigned int __init add_ops(void)
{
	unsigned int nr = 0, i, j;

	ops[nr++] = (struct genl_ops) {
		.cmd = KMEMSCOPE_CMD_STATUS_GET,
		.flags = GENL_ADMIN_PERM,
		.doit = status_get,
	};
	ops[nr++] = (struct genl_ops) {
		.cmd = KMEMSCOPE_CMD_STATUS_SET,
		.flags = GENL_ADMIN_PERM,
		.doit = status_set,
		.policy = ks_kind_status.policy,
		.maxattr = ks_kind_status.max_attr,
	};
	ops[nr++] = (struct genl_ops) {
		.cmd = KMEMSCOPE_CMD_JOB_START,
		.flags = GENL_ADMIN_PERM,
		.doit = job_start,
		.policy = ks_kind_job.policy,
		.maxattr = ks_kind_job.max_attr,
	};
	ops[nr++] = (struct genl_ops) {
		.cmd = KMEMSCOPE_CMD_JOB_STOP,
		.flags = GENL_ADMIN_PERM,
		.doit = job_stop,
		.policy = ks_kind_job.policy,
		.maxattr = ks_kind_job.max_attr,
	};
	ops[nr++] = (struct genl_ops) {
		.cmd = KMEMSCOPE_CMD_JOB_FINISH,
		.flags = GENL_ADMIN_PERM,
		.doit = job_finish,
		.policy = ks_kind_job.policy,
		.maxattr = ks_kind_job.max_attr,
	};
	for (i = 0; i < ks_nr_collectors; i++)
		for (j = 0; j < ks_collectors[i]->nr_views; j++)
			nr = add_dump(nr, ks_collectors[i]->views[j].kind);
	return nr;
}

/**
 * ks_netlink_init() - register the family
 *
 * Context: Process context, sleeps. From now on there are readers.
 * Return: 0, or an error.
 */
int __init ks_netlink_init(void)
{
	int err;

	family.n_ops = add_ops();
	err = netlink_register_notifier(&release_block);
	if (err)
		return err;
	err = genl_register_family(&family);
	if (err)
		netlink_unregister_notifier(&release_block);
	return err;
}

/**
 * ks_netlink_exit() - remove the family
 *
 * Context: Process context, sleeps: it waits for requests that are running. A
 * dump under way holds the module, so there is none here.
 */
void ks_netlink_exit(void)
{
	genl_unregister_family(&family);
	netlink_unregister_notifier(&release_block);
}
