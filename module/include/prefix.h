/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Included before everything else: what all our messages begin with.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
