/* SPDX-License-Identifier: GPL-2.0-only */
/* The clock of all observations, which goes on while the host is suspended. */
#ifndef KMS_LIB_CLOCK_H
#define KMS_LIB_CLOCK_H

#include <stdint.h>

#define NS_PER_SEC 1000000000ull
#define NS_PER_MS 1000000ull

/* Nanoseconds since boot. */
uint64_t kms_now_ns(void);

/* Sleep until then, also across signals. */
void kms_sleep_until(uint64_t boottime_ns);

#endif /* KMS_LIB_CLOCK_H */
