// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tests as a module. KUnit runs its suites when it is loaded, if the
 * kernel was booted with kunit.enable=1.
 */
#include <linux/module.h>

MODULE_DESCRIPTION("KUnit tests of kmemscope");
MODULE_LICENSE("GPL");
