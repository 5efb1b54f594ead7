// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages and pages with a chosen amount of room.
 */
#include <kunit/test.h>
#include <linux/seq_file.h>
#include <linux/skbuff.h>

#include "fake_output.h"

/**
 * fake_message_new() - make a message
 * @test: the test
 * @room: bytes that fit in it
 *
 * Return: the message; free it by kfree_skb().
 */
struct sk_buff *fake_message_new(struct kunit *test, unsigned int room)
{
	struct sk_buff *skb = alloc_skb(max(room, 1024U), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, skb_tailroom(skb) - room);
	return skb;
}

/**
 * fake_page_new() - make a seq_file without a file
 * @test: the test, which frees it
 * @room: bytes that fit in it
 *
 * Return: the seq_file.
 */
struct seq_file *fake_page_new(struct kunit *test, size_t room)
{
	struct seq_file *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, m);
	m->buf = kunit_kzalloc(test, room, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m->buf);
	m->size = room;
	return m;
}
