/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads that survive a fault, in line.
 *
 * copy_from_kernel_nofault() is a call that calls another to ask about the
 * address: some 40 instructions for a word, and a dump reads thousands. The
 * load itself, with its entry in the table of exceptions, is one instruction
 * that the kernel's headers have for all.
 *
 * It also does without pagefault_disable(). That keeps a fault from being served
 * as a user's: from sleeping for the lock of an address space, or for the page.
 * A fault at one of the kernel's addresses never is, but goes to the table.
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
 * From where all memory is mapped up to the page of vsyscalls: what is there is
 * the kernel's own and canonical, so that a bad address is a page fault, which
 * the table of exceptions ends well. Elsewhere it need not be one: on a user's
 * address SMAP oopses, and one that is not canonical is a warning.
 */
static __always_inline bool ks_peek_allowed(const void *from)
{
	return (unsigned long)from - PAGE_OFFSET < VSYSCALL_ADDR - PAGE_OFFSET;
}

/* Read at once, so never torn if aligned; 0, or -EFAULT. */
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
