// SPDX-License-Identifier: GPL-2.0-only
/* BPF maps that are never closed. */
#define _GNU_SOURCE
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "program.h"

#define VALUE_BYTES 64

static void map_make(union bpf_attr *map)
{
	strcpy(map->map_name, "flows");
	if (syscall(SYS_bpf, BPF_MAP_CREATE, map, sizeof(*map)) < 0)
		fail("bpf");
}

/* NR maps more each MS, of about KIB each. */
static void maps(enum bpf_map_type type, char **arg)
{
	unsigned long kib = number(arg[0]), nr = number(arg[1]), i;
	unsigned long ms = number(arg[2]);

	for (ready();; pace(ms)) {
		for (i = 0; i < nr; i++) {
			union bpf_attr map = { .map_type = type };

			if (type == BPF_MAP_TYPE_RINGBUF) {
				map.max_entries = kib * KIB;
			} else {
				map.key_size = 4;
				map.value_size = VALUE_BYTES;
				map.max_entries = kib * KIB / VALUE_BYTES;
			}
			map_make(&map);
		}
	}
}

static void hash(char **arg)
{
	maps(BPF_MAP_TYPE_HASH, arg);
}

static void percpu(char **arg)
{
	maps(BPF_MAP_TYPE_PERCPU_ARRAY, arg);
}

static void ring(char **arg)
{
	maps(BPF_MAP_TYPE_RINGBUF, arg);
}

const struct mode modes[] = {
	{ "hash", 3, "KIB NR MS", hash },
	{ "percpu", 3, "KIB NR MS", percpu },
	{ "ring", 3, "KIB NR MS", ring },
	{ NULL, 0, NULL, NULL },
};
