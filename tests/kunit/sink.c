// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages and pages that end where a test wants.
 */
#include <kunit/test.h>
#include <linux/seq_file.h>
#include <linux/skbuff.h>

#include "sink.h"

/**
 * sink_message() - make a message
 * @test: what it is for
 * @room: bytes that it has room for, and no more
 *
 * Return: the message; free it by kfree_skb().
 */
struct sk_buff *sink_message(struct kunit *test, unsigned int room)
{
	struct sk_buff *skb = alloc_skb(max(room, 1024U), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, skb_tailroom(skb) - room);
	return skb;
}

/**
 * sink_page() - make a seq_file without a file
 * @test: what it is for; it is freed with it
 * @room: bytes that it has room for
 *
 * Return: it.
 */
struct seq_file *sink_page(struct kunit *test, size_t room)
{
	struct seq_file *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, m);
	m->buf = kunit_kzalloc(test, room, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m->buf);
	m->size = room;
	return m;
}
