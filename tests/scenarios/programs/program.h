/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs of scenarios share: modes, waiting, and the end. */
#ifndef SCENARIO_PROGRAM_H
#define SCENARIO_PROGRAM_H

#include <stddef.h>

#define KIB 1024ul
#define MIB (KIB * KIB)

/* The exit status of what this kernel cannot do; stderr has the reason. */
#define STATUS_CANNOT 77

/* One thing that a program does; arg[] is what follows the name. */
struct mode {
	const char *name;
	int nr_args;
	const char *args;	/* for the usage */
	void (*run)(char **arg);
};

/* Each program has its own; a mode without a name ends it. */
extern const struct mode modes[];

/* Say that the beginning is over: the observation may start. */
void ready(void);

/* End: a call failed that works on each kernel. */
void die(const char *what) __attribute__((noreturn));

/* End: this kernel lacks something. */
void cannot(const char *what) __attribute__((noreturn));

/* End with the reason in errno: this kernel lacks the call, or it failed. */
void fail(const char *what) __attribute__((noreturn));

/* A number from 0 on. */
unsigned long number(const char *text);

/* Wait until the next tick of MS; ticks that passed meanwhile are not lost. */
void pace(unsigned long ms);

void nap(unsigned long ms);

/* Keep all as it is, until somebody ends us. */
void stay(void) __attribute__((noreturn));

/* Write a text to a file of /proc or /sys; die() when it fails. */
void put(const char *path, const char *text);

/* Raise the limits of file descriptors, signals and locked memory. */
void limits_raise(void);

/* Change the name of this process. */
void name_set(const char *name);

/* Map memory, and write to each page of it. */
char *memory_take(size_t bytes);
void memory_touch(char *memory, size_t bytes);

#endif /* SCENARIO_PROGRAM_H */
