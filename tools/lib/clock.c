// SPDX-License-Identifier: GPL-2.0-only
/* The clock of all observations, which goes on while the host is suspended. */
#include <errno.h>
#include <time.h>

#include "lib/clock.h"

uint64_t kms_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * NS_PER_SEC + now.tv_nsec;
}

void kms_sleep_until(uint64_t boottime_ns)
{
	const struct timespec time = {
		.tv_sec = (time_t)(boottime_ns / NS_PER_SEC),
		.tv_nsec = (long)(boottime_ns % NS_PER_SEC),
	};

	while (clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &time, NULL) ==
	       EINTR)
		;
}
