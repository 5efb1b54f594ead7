// SPDX-License-Identifier: GPL-2.0-only
/*
 * The key of an allocator: for the thread of the test, and for interrupts that
 * it causes.
 */
#include <kunit/test.h>
#include <linux/irq_work.h>
#include <linux/jiffies.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/timer.h>

#include "trace/allocator.h"

static void names_a_thread_and_its_parents(struct kunit *test)
{
	struct ks_allocator who;
	size_t length = strlen(current->comm);

	memset(&who, 0x5a, sizeof(who));
	preempt_disable();
	ks_allocator_fill(&who, ks_allocator_context());
	preempt_enable();
	KUNIT_EXPECT_EQ(test, (u32)KS_CONTEXT_TASK, who.context);
	/* KUnit runs each case in a kernel thread. */
	KUNIT_EXPECT_EQ(test, 1, who.kthread);
	KUNIT_EXPECT_EQ(test, 0, who.uid);
	KUNIT_EXPECT_EQ(test, 0, who.stack);
	KUNIT_EXPECT_NE(test, 0ULL, who.cgroup_id);
	KUNIT_EXPECT_STREQ(test, current->comm, who.names[0]);
	/* A key must have the same bytes each time, also behind the name. */
	KUNIT_EXPECT_NULL(test, memchr_inv(who.names[0] + length, 0,
					   TASK_COMM_LEN - length));
	KUNIT_EXPECT_STREQ(test, "kthreadd", who.names[1]);
	/* Its parent is the idle task, which is left out. */
	KUNIT_EXPECT_STREQ(test, "", who.names[2]);
}

/* Nothing of the interrupted task, so that an interrupt is one allocator. */
static void an_interrupt_is_nobody(struct kunit *test)
{
	struct ks_allocator who, nobody = { .context = KS_CONTEXT_IRQ };

	memset(&who, 0x5a, sizeof(who));
	ks_allocator_fill(&who, KS_CONTEXT_IRQ);
	KUNIT_EXPECT_MEMEQ(test, &nobody, &who, sizeof(who));
}

static enum ks_context seen;

static void work_seen(struct irq_work *work)
{
	WRITE_ONCE(seen, ks_allocator_context());
}

static void timer_seen(struct timer_list *timer)
{
	WRITE_ONCE(seen, ks_allocator_context());
}

static void tells_in_what_context_it_is(struct kunit *test)
{
	struct irq_work work = IRQ_WORK_INIT_HARD(work_seen);
	struct timer_list timer;

	/* With interrupts or bottom halves off it is still the thread. */
	local_bh_disable();
	work_seen(NULL);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, KS_CONTEXT_TASK, seen);
	local_irq_disable();
	work_seen(NULL);
	local_irq_enable();
	KUNIT_EXPECT_EQ(test, KS_CONTEXT_TASK, seen);
	irq_work_queue(&work);
	irq_work_sync(&work);
	KUNIT_EXPECT_EQ(test, KS_CONTEXT_IRQ, READ_ONCE(seen));
	timer_setup_on_stack(&timer, timer_seen, 0);
	mod_timer(&timer, jiffies + 1);
	while (timer_pending(&timer))
		schedule_timeout_uninterruptible(1);
	timer_delete_sync(&timer);
	destroy_timer_on_stack(&timer);
	KUNIT_EXPECT_EQ(test, KS_CONTEXT_SOFTIRQ, READ_ONCE(seen));
}

/* Read a sign without a tick in between, which would make it old. */
static void read_sign(struct kunit *test, struct ks_fingerprint *sign)
{
	unsigned int tries;
	bool known = false;

	preempt_disable();
	for (tries = 0; tries < 1000 && !known; tries++) {
		ks_fingerprint(sign);
		known = ks_fingerprint_matches(sign);
	}
	preempt_enable();
	KUNIT_EXPECT_TRUE(test, known);
	/* No tick from here on, so it does not get old. */
	sign->when = jiffies + 100 * HZ;
}

static bool sign_is_known(const struct ks_fingerprint *sign)
{
	bool known;

	preempt_disable();
	known = ks_fingerprint_matches(sign);
	preempt_enable();
	return known;
}

static void is_known_by_all_of_its_sign(struct kunit *test)
{
	struct ks_fingerprint sign, other;

	read_sign(test, &sign);
	KUNIT_EXPECT_TRUE(test, sign_is_known(&sign));
	other = sign;
	other.task = test;
	KUNIT_EXPECT_FALSE(test, sign_is_known(&other));
	other = sign;
	other.parent = test;
	KUNIT_EXPECT_FALSE(test, sign_is_known(&other));
	other = sign;
	other.uid++;
	KUNIT_EXPECT_FALSE(test, sign_is_known(&other));
	other = sign;
	other.cgroups = test;
	KUNIT_EXPECT_FALSE(test, sign_is_known(&other));
	other = sign;
	other.pid++;
	KUNIT_EXPECT_FALSE(test, sign_is_known(&other));
	other = sign;
	other.name[0] ^= 1;
	KUNIT_EXPECT_FALSE(test, sign_is_known(&other));
	/* After the next tick, fields that are not in the sign may differ. */
	other = sign;
	other.when = jiffies - 1;
	KUNIT_EXPECT_FALSE(test, sign_is_known(&other));
	memset(&other, 0, sizeof(other));
	KUNIT_EXPECT_FALSE(test, sign_is_known(&other));
}

/* Return the address of the call, and the stack from there on. */
static noinline unsigned long take_stack(struct ks_stack *stack)
{
	memset(stack, 0x5a, sizeof(*stack));
	ks_stack_fill(stack, _RET_IP_);
	return _RET_IP_;
}

static void a_stack_begins_at_the_call(struct kunit *test)
{
	struct ks_stack stack;
	unsigned long site;
	unsigned int depth;

	site = take_stack(&stack);
	KUNIT_EXPECT_EQ(test, site, stack.frames[0]);
	KUNIT_EXPECT_NE(test, 0UL, stack.frames[1]);
	/* A key must have the same bytes each time, also behind its end. */
	for (depth = 0; depth < KS_MAX_FRAMES && stack.frames[depth];)
		depth++;
	KUNIT_EXPECT_LT(test, depth, KS_MAX_FRAMES);
	KUNIT_EXPECT_NULL(test, memchr_inv(&stack.frames[depth], 0,
					   (KS_MAX_FRAMES - depth) *
					   sizeof(*stack.frames)));
	/* If the call is not in it, the whole stack counts. */
	ks_stack_fill(&stack, 1);
	KUNIT_EXPECT_NE(test, 0UL, stack.frames[0]);
	KUNIT_EXPECT_NE(test, site, stack.frames[0]);
}

static struct kunit_case who_cases[] = {
	KUNIT_CASE(names_a_thread_and_its_parents),
	KUNIT_CASE(an_interrupt_is_nobody),
	KUNIT_CASE(tells_in_what_context_it_is),
	KUNIT_CASE(is_known_by_all_of_its_sign),
	KUNIT_CASE(a_stack_begins_at_the_call),
	{}
};

static struct kunit_suite who_suite = {
	.name = "kmemscope_who",
	.test_cases = who_cases,
};

kunit_test_suite(who_suite);
