// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family: one dump for each kind of record, and the
 * module's status.
 *
 * A dump's collection is begun in .start, completed a step at a time as the
 * reader takes messages, and ended in .done, which also runs when the reader
 * goes away. The family takes no lock of genetlink's (parallel_ops) and needs
 * none of its own, for a collection belongs to one dump.
 *
 * The family exists in the initial network namespace only, so that the
 * capabilities asked for are those of the initial user namespace.
 */
#include <linux/kmemscope.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "collect/collect.h"
#include "collect/self.h"
#include "export/netlink.h"
#include "record/kinds.h"

static struct genl_family family;

/* The collection of a dump; its next record is in args[1]. */
static struct ks_collection **dump_collection(struct netlink_callback *cb)
{
	return (struct ks_collection **)&cb->args[0];
}

static void refuse(struct netlink_ext_ack *extack, const char *reason)
{
	if (extack && reason)
		extack->_msg = reason;
}

static const struct ks_view *view_of_dump(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *hdr = nlmsg_data(nlh);
	unsigned int i, j;

	for (i = 0; i < ks_nr_collectors; i++)
		for (j = 0; j < ks_collectors[i]->nr_views; j++)
			if (ks_collectors[i]->views[j].kind->cmd == hdr->cmd)
				return &ks_collectors[i]->views[j];
	return NULL;
}

/*
 * Begins the collection that the attributes ask for. Asking for something that
 * does not exist is an error, and not an empty answer.
 */
static int begin_asked(struct ks_collection *c, const struct ks_view *view,
		       struct nlattr **attrs, struct netlink_ext_ack *extack)
{
	const char *reason;
	void *want;
	int err;

	want = kmalloc(view->kind->size, GFP_KERNEL);
	if (!want)
		return -ENOMEM;
	err = ks_record_ask(view->kind, want, attrs);
	if (err >= 0) {
		bool asked = err;

		err = ks_collect_begin(c, view, asked ? want : NULL, &reason);
		if (err)
			refuse(extack, reason);
		if (!err && asked && !c->snap->nr) {
			ks_collect_end(c);
			err = -ENOENT;
		}
	}
	if (err == -ENOENT)
		ks_record_no_match(view->kind, attrs, extack);
	kfree(want);
	return err;
}

static int dump_start(struct netlink_callback *cb)
{
	const struct ks_view *view = view_of_dump(cb->nlh);
	struct nlattr **attrs;
	struct ks_collection *c;
	int err;

	if (!view)
		return -EOPNOTSUPP;
	c = kzalloc(sizeof(*c), GFP_KERNEL);
	attrs = kcalloc(view->kind->max_attr + 1, sizeof(*attrs), GFP_KERNEL);
	if (!c || !attrs) {
		err = -ENOMEM;
		goto err_free;
	}
	err = genlmsg_parse(cb->nlh, &family, attrs, view->kind->max_attr,
			    view->kind->policy, cb->extack);
	if (err)
		goto err_free;
	err = begin_asked(c, view, attrs, cb->extack);
	if (err)
		goto err_free;
	*dump_collection(cb) = c;
	kfree(attrs);
	return 0;

err_free:
	kfree(attrs);
	kfree(c);
	return err;
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
 * Fills one message. Runs one step at most, so that it takes about 1 ms; an
 * empty message would end the dump, so it goes on until there is a record.
 */
static int dump_next(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct ks_collection *c = *dump_collection(cb);
	unsigned long *next = (unsigned long *)&cb->args[1];
	const char *reason;
	int err;

	while (*next >= c->snap->nr_filled && !ks_collect_complete(c)) {
		err = ks_collect_step(c, &reason);
		if (err)
			return err;
	}
	/* Two numbers that differ make the netlink core set NLM_F_DUMP_INTR. */
	cb->prev_seq = 1;
	cb->seq = c->snap->changed ? 2 : 1;
	for (; *next < c->snap->nr_filled; (*next)++) {
		err = put_record(skb, cb, c, *next);
		if (err)
			return skb->len ? : err;
		cb->prev_seq = 1;
	}
	return skb->len;
}

static int dump_done(struct netlink_callback *cb)
{
	struct ks_collection *c = *dump_collection(cb);

	if (c)
		ks_collect_end(c);
	kfree(c);
	return 0;
}

static int status_get(struct sk_buff *skb, struct genl_info *info)
{
	struct ks_status_record *record;
	struct sk_buff *reply;
	void *hdr;
	int err;

	record = kmalloc(sizeof(*record), GFP_KERNEL);
	reply = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	err = -ENOMEM;
	if (!record || !reply)
		goto err_free;
	ks_self_status(record);
	err = -EMSGSIZE;
	hdr = genlmsg_put_reply(reply, info, &family, 0,
				KMEMSCOPE_CMD_STATUS_GET);
	if (!hdr || ks_record_put(reply, &ks_kind_status, record))
		goto err_free;
	genlmsg_end(reply, hdr);
	kfree(record);
	return genlmsg_reply(reply, info);

err_free:
	nlmsg_free(reply);
	kfree(record);
	return err;
}

static int status_set(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *enabled =
		info->attrs[KMEMSCOPE_A_STATUS_ENABLED];

	if (!netlink_capable(skb, CAP_SYS_ADMIN)) {
		NL_SET_ERR_MSG(info->extack, "CAP_SYS_ADMIN is needed");
		return -EPERM;
	}
	if (!enabled) {
		NL_SET_ERR_MSG(info->extack, "attribute enabled is missing");
		return -EINVAL;
	}
	ks_collect_switch(nla_get_u32(enabled));
	return 0;
}

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
	family.n_ops = add_ops();
	return genl_register_family(&family);
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
}
