// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family: a dump for each record type (see dump.c), and the
 * commands for status and jobs.
 *
 * The family needs neither genl_mutex (parallel_ops) nor a lock of its own. A
 * doit runs under genetlink's cb_lock, and all generic netlink of the host may
 * wait for that. So it waits for no lock, and reclaims no memory.
 *
 * The family exists in the initial network namespace only, so that capabilities
 * are those of the initial user namespace.
 */
#include <linux/kmemscope.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "export/dump.h"
#include "export/netlink.h"
#include "record/kinds.h"
#include "record/memory.h"
#include "run/collection.h"
#include "run/job.h"
#include "run/status.h"

/* Answers a request with one record. */
static int record_reply(struct genl_info *info, const struct ks_kind *kind,
			u8 cmd, const void *record)
{
	struct sk_buff *reply = genlmsg_new(GENLMSG_DEFAULT_SIZE, KS_GFP_NOW);
	void *hdr;

	if (!reply)
		return -ENOMEM;
	hdr = genlmsg_put_reply(reply, info, &ks_netlink_family, 0, cmd);
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

	record = kmalloc(sizeof(*record), KS_GFP_NOW);
	if (!record)
		return -ENOMEM;
	ks_status_fill(record);
	err = record_reply(info, &ks_kind_status, KMEMSCOPE_CMD_STATUS_GET,
			   record);
	kfree(record);
	return err;
}

/* Commands that control something need more than reading counts does. */
static int control_check(struct sk_buff *skb, struct genl_info *info)
{
	if (netlink_capable(skb, CAP_SYS_ADMIN))
		return 0;
	NL_SET_ERR_MSG(info->extack, KS_NEEDS_SYS_ADMIN);
	return -EPERM;
}

static int status_set(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *enabled =
		info->attrs[KMEMSCOPE_A_STATUS_ENABLED];

	if (control_check(skb, info))
		return -EPERM;
	if (!enabled) {
		NL_SET_ERR_MSG(info->extack, "attribute enabled is missing");
		return -EINVAL;
	}
	ks_collect_switch(nla_get_u32(enabled));
	return 0;
}

/* For commands without attributes: old kernels take any without a policy. */
static const struct nla_policy no_policy[] = {
	[1] = { .type = NLA_REJECT },
};

/* For commands that take only the id of a job. */
static const struct nla_policy job_id_policy[] = {
	[KMEMSCOPE_A_JOB_ID] = { .type = NLA_U32 },
};

/* Starts a job, and replies with its record. */
static int job_start_view(struct genl_info *info, const struct ks_view *view,
			  const struct ks_request *asked)
{
	struct ks_job_record *record;
	int err;

	record = kmalloc(sizeof(*record), KS_GFP_NOW);
	if (!record)
		return -ENOMEM;
	err = ks_job_start(view, asked, info->snd_portid, record,
			   info->extack);
	if (!err) {
		err = record_reply(info, &ks_kind_job, KMEMSCOPE_CMD_JOB_START,
				   record);
		/* The reader does not know its number. */
		if (err)
			ks_job_stop(record->id, info->snd_portid, NULL);
	}
	kfree(record);
	return err;
}

static int job_start(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *kind = info->attrs[KMEMSCOPE_A_JOB_KIND];
	const struct ks_view *view;
	struct ks_request *asked;
	int err;

	if (control_check(skb, info))
		return -EPERM;
	if (!kind) {
		NL_SET_ERR_MSG(info->extack, "attribute kind is missing");
		return -EINVAL;
	}
	if (info->attrs[KMEMSCOPE_A_JOB_ID]) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[KMEMSCOPE_A_JOB_ID],
				    "the module chooses the id of a job");
		return -EINVAL;
	}
	/* By the policy it ends with a NUL. */
	view = ks_collect_find_work(nla_data(kind));
	if (!view) {
		NL_SET_ERR_MSG_ATTR(info->extack, kind,
				    "no job collects this record type");
		return -EINVAL;
	}
	asked = kmalloc(sizeof(*asked), KS_GFP_NOW);
	if (!asked)
		return -ENOMEM;
	err = ks_record_filter(&ks_kind_job, &asked->job, info->attrs);
	asked->options = ks_record_options(&ks_kind_job, info->attrs);
	if (err < 0)
		NL_SET_ERR_MSG(info->extack, "empty attribute value");
	else
		err = job_start_view(info, view, asked);
	kfree(asked);
	return err;
}

/* Calls a function for the job that a request names. */
static int job_act(struct sk_buff *skb, struct genl_info *info,
		   int (*act)(u32 id, u32 owner,
			      struct netlink_ext_ack *extack))
{
	const struct nlattr *id = info->attrs[KMEMSCOPE_A_JOB_ID];

	if (control_check(skb, info))
		return -EPERM;
	if (!id) {
		NL_SET_ERR_MSG(info->extack, "attribute id is missing");
		return -EINVAL;
	}
	return act(nla_get_u32(id), info->snd_portid, info->extack);
}

static int job_stop(struct sk_buff *skb, struct genl_info *info)
{
	return job_act(skb, info, ks_job_stop);
}

static int job_finish(struct sk_buff *skb, struct genl_info *info)
{
	return job_act(skb, info, ks_job_finish);
}

/* A netlink socket was closed: release the jobs that it started. */
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

/* Filled at load: the doit commands, then the dumps. */
static struct genl_ops ops[KMEMSCOPE_CMD_MAX] __ro_after_init;

/*
 * There is no MODULE_ALIAS_GENL_FAMILY(): with it any user who asks for the
 * family would load the module, and taint the kernel.
 */
struct genl_family ks_netlink_family __ro_after_init = {
	.name = KMEMSCOPE_FAMILY_NAME,
	.version = KMEMSCOPE_FAMILY_VERSION,
	.module = THIS_MODULE,
	.parallel_ops = true,
	.ops = ops,
};

static unsigned int __init ops_add_dump(unsigned int nr,
					const struct ks_kind *kind)
{
	ops[nr] = (struct genl_ops) {
		.cmd = kind->cmd,
		.flags = GENL_ADMIN_PERM,
		.start = ks_dump_start,
		.dumpit = ks_dump_next,
		.done = ks_dump_done,
		.policy = kind->policy,
		.maxattr = kind->max_attr,
	};
	if (kind == &ks_kind_job) {
		ops[nr].policy = job_id_policy;
		ops[nr].maxattr = ARRAY_SIZE(job_id_policy) - 1;
	}
	return nr + 1;
}

static unsigned int __init ops_fill(void)
{
	const struct ks_view *view;
	unsigned int nr = 0;

	ops[nr++] = (struct genl_ops) {
		.cmd = KMEMSCOPE_CMD_STATUS_GET,
		.flags = GENL_ADMIN_PERM,
		.doit = status_get,
		.policy = no_policy,
		.maxattr = ARRAY_SIZE(no_policy) - 1,
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
		.policy = job_id_policy,
		.maxattr = ARRAY_SIZE(job_id_policy) - 1,
	};
	ops[nr++] = (struct genl_ops) {
		.cmd = KMEMSCOPE_CMD_JOB_FINISH,
		.flags = GENL_ADMIN_PERM,
		.doit = job_finish,
		.policy = job_id_policy,
		.maxattr = ARRAY_SIZE(job_id_policy) - 1,
	};
	ks_for_each_view(view)
		nr = ops_add_dump(nr, view->kind);
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

	ks_netlink_family.n_ops = ops_fill();
	err = netlink_register_notifier(&release_block);
	if (err)
		return err;
	err = genl_register_family(&ks_netlink_family);
	if (err)
		netlink_unregister_notifier(&release_block);
	return err;
}

/**
 * ks_netlink_exit() - remove the family
 *
 * Context: Process context, sleeps: it waits for requests that are running. No
 * dump is, as a dump holds a reference to the module.
 */
void ks_netlink_exit(void)
{
	genl_unregister_family(&ks_netlink_family);
	netlink_unregister_notifier(&release_block);
}
