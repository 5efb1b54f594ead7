/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where records go: messages and pages, with as much room as a test wants.
 */
#ifndef KUNIT_SINK_H
#define KUNIT_SINK_H

#include <linux/types.h>

struct kunit;
struct seq_file;
struct sk_buff;

struct sk_buff *sink_message(struct kunit *test, unsigned int room);
struct seq_file *sink_page(struct kunit *test, size_t room);

#endif /* KUNIT_SINK_H */
