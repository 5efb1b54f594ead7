# SPDX-License-Identifier: GPL-2.0-only
"""Measure a row: ours and theirs alike, the minimum of several times."""

import dataclasses
import json
import os
import time

PARAMETERS = "/sys/module/kmemscope_fixture/parameters/"
CPU = 0


@dataclasses.dataclass
class Row:
    """One line of the table for each of theirs.

    ours and theirs are functions that measure once and return a number. A text
    in place of theirs says why there is no number.
    """

    name: str
    ours: object
    theirs: dict
    times: int
    unit: str = "ns"        # the clock may count instructions
    goal: float = None      # the largest ours / theirs
    most: float = None      # the largest ours
    each: int = None        # the number of things that ours covers
    limit: object = None    # measures or computes the least that it can cost
    why: str = ""           # what the limit is, in one sentence
    # Whether the limit is instructions: then it is for guests that count them.
    limit_counts: bool = False


def cost(action):
    """A function that measures an action, in ns."""
    def measure():
        since = time.perf_counter_ns()
        action()
        return time.perf_counter_ns() - since
    return measure


def read_parameter(name):
    """Read a parameter of the fixture."""
    with open(PARAMETERS + name, encoding="ascii") as file:
        return file.read()


def write_parameter(name, value):
    """Write a parameter of the fixture."""
    with open(PARAMETERS + name, "w", encoding="ascii") as file:
        file.write(str(value))


def gap(action):
    """A function that measures an action's longest time with interrupts off."""
    def measure():
        os.sched_setaffinity(0, {CPU})
        write_parameter("gap_start", CPU)
        action()
        longest = 0
        while not longest:
            # An emulated timer may be late with its first tick.
            longest = int(read_parameter("gap_longest_ns"))
        write_parameter("gap_stop", 1)
        os.sched_setaffinity(0, range(os.cpu_count()))
        return longest
    return measure


def minimum(measure, times):
    """The minimum of several measurements, after a warm-up."""
    if isinstance(measure, str):
        return measure
    if times > 1:
        measure()
    return min(measure() for _ in range(times))


def say(**what):
    """Print one line of JSON for the host."""
    print(json.dumps(what), flush=True)


def run(row):
    """Measure a row."""
    ours = minimum(row.ours, row.times)
    say(row=row.name, unit=row.unit, goal=row.goal, most=row.most,
        each=row.each, ours=ours,
        theirs={name: minimum(measure, row.times)
                for name, measure in row.theirs.items()},
        limit=minimum(row.limit, row.times) if row.limit else None,
        why=row.why, limit_counts=row.limit_counts)
