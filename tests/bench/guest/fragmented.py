# SPDX-License-Identifier: GPL-2.0-only
"""Measure a cache with many slabs that are almost empty."""

import os
import time

import fixture
import wire
from actions import Dump, File
from measure import Row, cost, gap, read_parameter, run

CACHE = "kmemscope_fixture_partial"
OBJECTS = f"/sys/kernel/slab/{CACHE}/objects"


def job():
    """Nanoseconds of a walk over all pages, as its job reports."""
    with wire.Socket() as sock:
        number = sock.start_job("slab")["id"]
        record = sock.wait_job(number)
        if record["state"] != "done":
            raise OSError(f"job: {record}")
        return record["elapsed_ns"]


def touch():
    """Nanoseconds of a read of every struct page."""
    return int(read_parameter("touch").split()[1])


def nothing():
    """Loop as long as a read takes."""
    until = time.perf_counter_ns() + 2_000_000
    while time.perf_counter_ns() < until:
        pass


PAGES = "A walk loads one word of each page, and looks at it."


def rows(number, with_goals):
    """All caches, and the fragmented one: time, and interrupts off."""
    what = f"{number} partial slabs"
    slabinfo, objects = File("/proc/slabinfo"), File(OBJECTS)
    whole, alone = Dump("slab"), Dump("slab", name=CACHE)
    theirs = "read /proc/slabinfo", "read /sys/kernel/slab/../objects"
    time_goal, gap_goal = (1 / 20, 1 / 50) if with_goals else (None, None)
    yield Row(f"slab dump, {what}", cost(whole), {theirs[0]: cost(slabinfo)},
              5, goal=time_goal)
    yield Row(f"that cache alone, {what}", cost(alone),
              {theirs[1]: cost(objects)}, 5, goal=time_goal)
    yield Row(f"interrupts off, slab dump, {what}", gap(whole),
              {theirs[0]: gap(slabinfo)}, 5, goal=gap_goal)
    yield Row(f"interrupts off, that cache alone, {what}", gap(alone),
              {theirs[1]: gap(objects)}, 5, goal=gap_goal)


def partials(numbers):
    """Measure with these numbers of partial slabs."""
    # The goals are about 6.1: later kernels limit the work of slabinfo.
    with_goals = max(numbers) if os.uname().release.startswith("6.1.") else 0
    for number in numbers:
        with fixture.Fixture(partials=number):
            for row in rows(number, number == with_goals):
                run(row)
    with fixture.Fixture():
        run(Row("interrupts off, a busy loop", gap(nothing), {}, 5))


def pages(numbers):
    """Measure the walk over all pages, with these numbers of partial slabs."""
    for number in numbers:
        with fixture.Fixture(partials=number):
            nr_pages = int(read_parameter("touch").split()[0])
            what = f"walk over {nr_pages} pages, {number} partial slabs"
            limit = {"limit": lambda least=2 * nr_pages: least, "why": PAGES,
                     "limit_counts": True}
            run(Row(what, job, {"bare touch of each page": touch}, 5, goal=4,
                    each=nr_pages, **limit))
            run(Row(what, job,
                    {"read /proc/kpageflags":
                     cost(File("/proc/kpageflags", 1 << 20))}, 2, goal=1 / 10,
                    each=nr_pages, **limit))
