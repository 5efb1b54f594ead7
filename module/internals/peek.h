/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inline reads that survive a fault.
 *
 * copy_from_kernel_nofault() calls another function to check the address: about
 * 40 instructions for a word, and a dump reads thousands. The load itself, with
 * its entry in the exception table, is one instruction from the kernel's
 * headers.
 *
 * This needs no pagefault_disable(). That keeps the handler of user faults from
 * sleeping. A fault at a kernel address goes to the exception table.
 */
#ifndef KS_INTERNALS_PEEK_H
#define KS_INTERNALS_PEEK_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/mm.h>
#include <linux/types.h>
#include <linux/uaccess.h>

#if defined(CONFIG_X86_64) && defined(__get_kernel_nofault)
#include <asm/vsyscall.h>

/*
 * Allows addresses from the direct map up to the vsyscall page. These are
 * canonical kernel addresses, so that a bad one is a page fault, which the
 * exception table handles. Elsewhere a read may oops by SMAP on a user address,
 * or warn on one that is not canonical.
 */
static __always_inline bool ks_peek_allowed(const void *from)
{
	return (unsigned long)from - PAGE_OFFSET < VSYSCALL_ADDR - PAGE_OFFSET;
}

/* One load, so an aligned value is never torn. Returns 0 or -EFAULT. */
static __always_inline int ks_peek_u64(const void *from, u64 *value)
{
	if (unlikely(!ks_peek_allowed(from)))
		return -EFAULT;
	__get_kernel_nofault(value, from, u64, fault);
	return 0;
fault:
	return -EFAULT;
}

static __always_inline int ks_peek_u32(const void *from, u32 *value)
{
	if (unlikely(!ks_peek_allowed(from)))
		return -EFAULT;
	__get_kernel_nofault(value, from, u32, fault);
	return 0;
fault:
	return -EFAULT;
}

static __always_inline int ks_peek_u8(const void *from, u8 *value)
{
	if (unlikely(!ks_peek_allowed(from)))
		return -EFAULT;
	__get_kernel_nofault(value, from, u8, fault);
	return 0;
fault:
	return -EFAULT;
}
#else
static inline int ks_peek_u64(const void *from, u64 *value)
{
	return copy_from_kernel_nofault(value, from, sizeof(*value));
}

static inline int ks_peek_u32(const void *from, u32 *value)
{
	return copy_from_kernel_nofault(value, from, sizeof(*value));
}

static inline int ks_peek_u8(const void *from, u8 *value)
{
	return copy_from_kernel_nofault(value, from, sizeof(*value));
}
#endif

/* @value: a pointer to a pointer, of any type */
static __always_inline int ks_peek_pointer(const void *from, void *value)
{
	BUILD_BUG_ON(sizeof(void *) != sizeof(u64));
	return ks_peek_u64(from, value);
}

#endif /* KS_INTERNALS_PEEK_H */
