# SPDX-License-Identifier: GPL-2.0-only
"""A dump of all slab caches: as booted, and as caches and CPUs grow."""

import os

import fixture
from actions import Dump, File, Program, slabinfo_caches
from measure import Row, cost, run

NO_DRGN = "0.0.22 needs DWARF, which Debian's images have not"


def rows():
    """The dump and the exact one, at however many caches there are now."""
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
    """As booted."""
    for row in rows():
        run(row)


def caches(numbers):
    """With so many more caches; the last ones stay, as they go slowly."""
    for number in numbers:
        made = fixture.Fixture(caches=number, item_size=64)
        made.__enter__()
        for row in rows():
            run(row)
        if number != numbers[-1]:
            made.__exit__()


def commands(_):
    """Whole commands."""
    slabtop = cost(Program("slabtop", "-o"))
    run(Row("command kmemscope slab", cost(Program("kmemscope", "slab")),
            {"slabtop -o": slabtop, "drgn": NO_DRGN}, 10))
    run(Row("command kmemscope slab --exact",
            cost(Program("kmemscope", "slab", "--exact")),
            {"slabtop -o": slabtop}, 10))
