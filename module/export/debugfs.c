// SPDX-License-Identifier: GPL-2.0-only
/*
 * The debugfs tree. Opening a file takes a snapshot, and reads return that. So
 * a slow reader holds nothing but memory.
 *
 * All files are 0400 and read-only, so that they open under lockdown=integrity,
 * too.
 */
#include <linux/capability.h>
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "export/debugfs.h"
#include "record/kinds.h"
#include "record/memory.h"
#include "run/collection.h"
#include "run/job.h"
#include "run/status.h"

static struct dentry *root;

/* Position 0 is the line of column names, 1 the first record. */
static void *records_at(struct seq_file *m, loff_t pos)
{
	struct ks_collection *c = m->private;

	if (!pos)
		return SEQ_START_TOKEN;
	if (pos > c->snap->nr_valid)
		return NULL;
	return ks_snapshot_record(c->snap, pos - 1);
}

static void *records_start(struct seq_file *m, loff_t *pos)
{
	return records_at(m, *pos);
}

static void *records_next(struct seq_file *m, void *v, loff_t *pos)
{
	return records_at(m, ++*pos);
}

static void records_stop(struct seq_file *m, void *v)
{
}

static int records_show(struct seq_file *m, void *v)
{
	struct ks_collection *c = m->private;

	if (v == SEQ_START_TOKEN)
		ks_record_show_head(m, c->view->kind);
	else
		ks_record_show(m, c->view->kind, v);
	return 0;
}

static const struct seq_operations records_ops = {
	.start = records_start,
	.next = records_next,
	.stop = records_stop,
	.show = records_show,
};

static int records_open(struct inode *inode, struct file *file)
{
	const struct ks_view *view = inode->i_private;
	struct ks_collection *c;
	int err;

	if (view->names && !capable(CAP_SYS_ADMIN))
		return -EPERM;
	c = kzalloc(sizeof(*c), KS_GFP);
	if (!c)
		return -ENOMEM;
	err = ks_job_collect(c, view, NULL);
	if (err)
		goto err_free;
	err = seq_open(file, &records_ops);
	if (err)
		goto err_end;
	((struct seq_file *)file->private_data)->private = c;
	return 0;

err_end:
	ks_collect_end(c);
err_free:
	kfree(c);
	return err;
}

static int records_release(struct inode *inode, struct file *file)
{
	struct ks_collection *c =
		((struct seq_file *)file->private_data)->private;

	ks_collect_end(c);
	kfree(c);
	return seq_release(inode, file);
}

static const struct file_operations records_fops = {
	.owner = THIS_MODULE,
	.open = records_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = records_release,
};

static int status_show(struct seq_file *m, void *v)
{
	struct ks_status_record *record;

	record = kmalloc(sizeof(*record), KS_GFP);
	if (!record)
		return -ENOMEM;
	ks_status_fill(record);
	ks_record_list(m, &ks_kind_status, record);
	kfree(record);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(status);

/* Creates the file of a path with at most one folder, and that folder. */
static void view_file_create(const struct ks_view *view)
{
	const char *slash = strchr(view->path, '/');
	struct dentry *dir = root;
	char name[32];

	if (slash) {
		strscpy(name, view->path,
			min_t(size_t, sizeof(name), slash - view->path + 1));
		dir = debugfs_lookup(name, root);
		if (dir)
			dput(dir);	/* it stays as long as root does */
		else
			dir = debugfs_create_dir(name, root);
	}
	/* debugfs passes the pointer on, and does not write to it. */
	debugfs_create_file(slash ? slash + 1 : view->path, 0400, dir,
			    (void *)view, &records_fops);
}

/**
 * ks_debugfs_init() - create the tree
 *
 * An error, as with debugfs=off, is ignored: netlink has all records, too.
 *
 * Context: Process context, sleeps. From now on there are readers.
 */
void ks_debugfs_init(void)
{
	const struct ks_view *view;

	root = debugfs_create_dir("kmemscope", NULL);
	debugfs_create_file("status", 0400, root, NULL, &status_fops);
	ks_for_each_view(view)
		if (view->path)
			view_file_create(view);
}

/**
 * ks_debugfs_exit() - remove the tree
 *
 * Context: Process context, sleeps. No lock may be held: this waits for
 * readers.
 */
void ks_debugfs_exit(void)
{
	debugfs_remove(root);
}
