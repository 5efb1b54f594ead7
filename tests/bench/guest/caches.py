# SPDX-License-Identifier: GPL-2.0-only
"""Measure dumps of all slab caches, as booted and with more caches."""

import os

import fixture
from actions import Dump, File, Program, slabinfo_caches
from measure import Row, cost, run

NO_DRGN = "0.0.22 needs DWARF, which Debian's images lack"


def rows():
    """A dump and an exact dump, of the caches there are."""
    number = slabinfo_caches()
    what = f"{number} caches"
    if os.cpu_count() > 1:
        what += f", {os.cpu_count()} CPUs"
    times = max(1, 3000 // number)
    slabinfo = cost(File("/proc/slabinfo"))
    yield Row(f"slab dump, {what}", cost(Dump("slab")),
              {"read /proc/slabinfo": slabinfo}, times, goal=0.5,
              each=number)
    yield Row(f"slab dump with exact counts, {what}",
              cost(Dump("slab", exact=True)),
              {"read /proc/slabinfo": slabinfo}, times, each=number)


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
    slabtop = cost(Program("slabtop", "-o"))
    run(Row("command kmemscope slab", cost(Program("kmemscope", "slab")),
            {"slabtop -o": slabtop, "drgn": NO_DRGN}, 10, goal=0.7))
    run(Row("command kmemscope slab --exact",
            cost(Program("kmemscope", "slab", "--exact")),
            {"slabtop -o": slabtop}, 10))
