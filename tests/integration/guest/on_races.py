# SPDX-License-Identifier: GPL-2.0-only
"""All that moves under a reader, at once, and the module itself comes and goes."""

import collections
import json
import mmap
import os
import pathlib
import random
import time
import traceback

import module
import spec
import wire
import workers
from ktap import equal, expect, note

SOAK = int(os.environ.get("SOAK", "1"))
SECONDS = 120 * SOAK
SEED = 20161

# Who may be refused no more often than this, but for these causes.
READERS = [workers.read_netlink, workers.read_debugfs, workers.run_job]
MOST_REFUSED = 0.05
FEW = 2
# The module goes, or has just gone.
NOT_THERE = {"ENOENT", "ENOENT: None", "ENXIO", "EPROTONOSUPPORT: None"}
# Traces are one at a time: all allocations of the host pass their probes.
BY_RULE = {"EBUSY: another trace is running"}


class Seen:
    """Whether each act was done once, as all processes know."""

    def __init__(self, acts):
        self.bytes = mmap.mmap(-1, len(acts))
        self.places = {act: place for place, act in enumerate(acts)}

    def add(self, act):
        """It was."""
        self.bytes[self.places[act]] = 1

    def all(self):
        """All were."""
        return all(self.bytes[:])


def why(refusal):
    """The cause of a refusal, as one short text."""
    if isinstance(refusal, wire.Refused):
        return str(refusal)
    return wire.error_name(refusal.errno) if refusal.errno else repr(refusal)


def work(act, number, until, seen, pipe):
    """One process: does it over and over, and tells how often.

    It goes on for longer while there is something that nobody could do.
    """
    random.seed(SEED + number)
    count = {"done": 0, "refused": {}, "failed": ""}
    while not count["failed"] and (
            time.monotonic() < until or
            not seen.all() and time.monotonic() < until + SECONDS):
        try:
            act()
            count["done"] += 1
            seen.add(act)
        except (OSError, wire.Refused) as refusal:
            cause = why(refusal)
            count["refused"][cause] = count["refused"].get(cause, 0) + 1
            time.sleep(0.01)
        except Exception:  # is reported by who reads the pipe
            count["failed"] = traceback.format_exc()
    os.write(pipe, json.dumps(count).encode())


def start(act, number, until, seen):
    """Fork one; (pid, where it reports)."""
    reads, writes = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            work(act, number, until, seen, writes)
        finally:
            os._exit(0)
    os.close(writes)
    return pid, reads


def start_all(until):
    """[(name, pid, pipe)]"""
    wire.forget()
    seen = Seen(workers.ALL)
    return [(act.__name__, *start(act, 16 * index + copy, until, seen))
            for index, (act, copies) in enumerate(workers.ALL.items())
            for copy in range(copies)]


def expect_few_refusals(done):
    """Of what was asked while the module was there nearly all was answered."""
    for act in READERS:
        times, refused = done[act.__name__]
        counted = {cause: number for cause, number in refused.items()
                   if cause not in NOT_THERE | BY_RULE}
        asked = times + sum(counted.values())
        share = sum(counted.values()) / max(asked, 1)
        note(f"{act.__name__}: {share:.1%} of {asked} refused {counted}")
        # One in a few dozen, on a slow machine, is no share yet.
        expect(share < MOST_REFUSED or sum(counted.values()) <= FEW,
               f"{act.__name__}: {share:.1%} of {asked} refused: {counted}")


def test_all_at_once():
    """Everything runs for its time; each was done, and nothing broke."""
    done, failures = {}, []
    with workers.stress():
        started = time.monotonic()
        for name, pid, pipe in start_all(time.monotonic() + SECONDS):
            with os.fdopen(pipe) as file:
                said = file.read()
            os.waitpid(pid, 0)
            count = json.loads(said) if said else {"failed": "it said nothing"}
            if count["failed"]:
                failures.append(f"{name}: {count['failed']}")
                continue
            so_far = done.setdefault(name, [0, collections.Counter()])
            so_far[0] += count["done"]
            so_far[1].update(count["refused"])
    note(f"in {time.monotonic() - started:.0f} s, seed {SEED}")
    for name, (times, refused) in done.items():
        note(f"{name}: {times} done, {sum(refused.values())} refused " +
             str(dict(refused)))
    expect(not failures, "\n".join(failures))
    expect_few_refusals(done)
    for act in workers.ALL:
        expect(done[act.__name__][0], f"{act.__name__} was never done")


def test_nothing_is_stuck():
    """The watchdogs had their time, and every kind answers."""
    watchdog = pathlib.Path("/proc/sys/kernel/watchdog_thresh").read_text()
    time.sleep(2 * int(watchdog) + 1)
    module.reload()
    for kind in spec.DUMPS + spec.JOBS:
        expect(wire.records(kind.name), f"{kind.name} is empty")
    expect(wire.records("trace"), "trace is empty")
    equal(wire.shared().status()["memory_bytes"], 0, "memory_bytes")
    note("the races left nothing behind")
