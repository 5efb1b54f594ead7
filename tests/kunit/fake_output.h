/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The outputs of records: messages and pages, with a chosen amount of room.
 */
#ifndef KUNIT_FAKE_OUTPUT_H
#define KUNIT_FAKE_OUTPUT_H

#include <linux/types.h>

struct kunit;
struct seq_file;
struct sk_buff;

struct sk_buff *fake_message_new(struct kunit *test, unsigned int room);
struct seq_file *fake_page_new(struct kunit *test, size_t room);

#endif /* KUNIT_FAKE_OUTPUT_H */
