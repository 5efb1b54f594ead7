# SPDX-License-Identifier: GPL-2.0-only
"""Measure dumps of all slab caches, as booted and with more caches."""

import os

import fixture
import module
import wire
from actions import Dump, File, Program, longest_read, slabinfo_caches
from measure import Row, cost, run

NO_DRGN = "0.0.22 needs DWARF, which Debian's images lack"

COPIES = ("A dump writes each byte of its answer once, in words of 8 bytes, "
          "and the kernel copies it once to the reader, byte by byte.")
PROCESS = "A command takes at least a process that does nothing (true)."


def copies(dump):
    """The instructions for the bytes of the last answer."""
    return lambda: dump.bytes * 9 / 8


def hold():
    """Nanoseconds of the longest hold in one dump after a load."""
    module.reload()
    Dump("slab")()
    with wire.Socket() as sock:
        return sock.status()["slab_mutex_longest_ns"]


def rows():
    """A dump and an exact dump, of the caches there are."""
    number = slabinfo_caches()
    what = f"{number} caches"
    if os.cpu_count() > 1:
        what += f", {os.cpu_count()} CPUs"
    times = max(1, 3000 // number)
    slabinfo = cost(File("/proc/slabinfo"))
    dump, exact = Dump("slab"), Dump("slab", exact=True)
    yield Row(f"slab dump, {what}", cost(dump),
              {"read /proc/slabinfo": slabinfo}, times, goal=0.5,
              each=number, limit=copies(dump), why=COPIES, limit_counts=True)
    yield Row(f"slab dump with exact counts, {what}", cost(exact),
              {"read /proc/slabinfo": slabinfo}, times, goal=1.2,
              each=number, limit=copies(exact), why=COPIES, limit_counts=True)
    yield Row(f"longest hold of slab_mutex, {what}", hold,
              {"one read(2) of /proc/slabinfo": longest_read},
              5, most=1_000_000)


def dump(_):
    """Measure with the caches of the boot."""
    for row in rows():
        run(row)


def caches(numbers):
    """Measure with more caches; the last ones stay, as rmmod is slow."""
    for number in numbers:
        made = fixture.Fixture(caches=number, item_size=64)
        made.__enter__()
        for row in rows():
            run(row)
        if number != numbers[-1]:
            made.__exit__()


def commands(_):
    """Measure whole commands."""
    slabtop, least = cost(Program("slabtop", "-o")), cost(Program("true"))
    run(Row("command kmemscope slab", cost(Program("kmemscope", "slab")),
            {"slabtop -o": slabtop, "drgn": NO_DRGN}, 10, goal=0.7,
            limit=least, why=PROCESS))
    run(Row("command kmemscope slab --exact",
            cost(Program("kmemscope", "slab", "--exact")),
            {"slabtop -o": slabtop}, 10, limit=least, why=PROCESS))
