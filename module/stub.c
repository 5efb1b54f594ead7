// SPDX-License-Identifier: GPL-2.0-only
/*
 * What dkms builds where the module does not compile: a kernel upgrade must not
 * fail for us. It refuses to be loaded, and says so.
 *
 * Uses as little of the kernel as a module can.
 */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/printk.h>

static int __init stub_init(void)
{
	pr_warn("this kernel is not supported by version %s: the module did not compile\n",
		KMEMSCOPE_VERSION);
	return -EOPNOTSUPP;
}
module_init(stub_init);

MODULE_DESCRIPTION("Stands in for kmemscope on a kernel it does not support");
MODULE_AUTHOR("kmemscope developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(KMEMSCOPE_VERSION);
MODULE_INFO(stub, "Y");
