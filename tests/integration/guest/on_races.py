# SPDX-License-Identifier: GPL-2.0-only
"""All that can change under a reader changes at once, and the module too."""

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

# The module may refuse these only in this share of their requests, or a few
# times; not counting the causes below.
READERS = [workers.read_netlink, workers.read_debugfs, workers.run_job]
MAX_REFUSED = 0.05
FEW = 2
# The module is unloaded, or about to be.
NOT_THERE = {"ENOENT", "ENOENT: None", "ENXIO", "EPROTONOSUPPORT: None"}
# Only one trace runs at a time: all allocations of the host pass its probes.
BY_RULE = {"EBUSY: another trace is running"}


class Seen:
    """Which acts were done at least once, shared by all processes."""

    def __init__(self, acts):
        self.bytes = mmap.mmap(-1, len(acts))
        self.places = {act: place for place, act in enumerate(acts)}

    def add(self, act):
        """Note that an act was done."""
        self.bytes[self.places[act]] = 1

    def all(self):
        """Tell whether all acts were done."""
        return all(self.bytes[:])


def why(refusal):
    """The cause of a refusal, as a short text."""
    if isinstance(refusal, wire.Refused):
        return str(refusal)
    return wire.error_name(refusal.errno) if refusal.errno else repr(refusal)


def work(act, number, until, seen, pipe):
    """Repeat an act until its time is over, and report the counts.

    Go on for longer while some act was never done.
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
        except Exception:  # the parent reports it
            count["failed"] = traceback.format_exc()
    os.write(pipe, json.dumps(count).encode())


def start(act, number, until, seen):
    """Fork a process for an act; (pid, pipe with its report)."""
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
    """Start all processes: [(name, pid, pipe)]."""
    wire.forget()
    seen = Seen(workers.ALL)
    return [(act.__name__, *start(act, 16 * index + copy, until, seen))
            for index, (act, copies) in enumerate(workers.ALL.items())
            for copy in range(copies)]


def expect_few_refusals(done):
    """Check that nearly all requests to the loaded module were answered."""
    for act in READERS:
        times, refused = done[act.__name__]
        counted = {cause: number for cause, number in refused.items()
                   if cause not in NOT_THERE | BY_RULE}
        requests = times + sum(counted.values())
        share = sum(counted.values()) / max(requests, 1)
        note(f"{act.__name__}: {share:.1%} of {requests} refused {counted}")
        # On a slow machine there are few requests, and one is a large share.
        expect(share < MAX_REFUSED or sum(counted.values()) <= FEW,
               f"{act.__name__}: {share:.1%} of {requests} refused: {counted}")


def test_all_at_once():
    """Run everything; each act was done, and nothing broke."""
    done, failures = {}, []
    with workers.stress():
        started = time.monotonic()
        for name, pid, pipe in start_all(time.monotonic() + SECONDS):
            with os.fdopen(pipe) as file:
                said = file.read()
            os.waitpid(pid, 0)
            count = json.loads(said) if said else {"failed": "no report"}
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
    """The watchdogs stay silent, and every record type answers."""
    watchdog = pathlib.Path("/proc/sys/kernel/watchdog_thresh").read_text()
    time.sleep(2 * int(watchdog) + 1)
    module.reload()
    for kind in spec.DUMPS + spec.JOBS:
        expect(wire.records(kind.name), f"{kind.name} is empty")
    expect(wire.records("trace"), "trace is empty")
    equal(wire.shared().status()["memory_bytes"], 0, "memory_bytes")
    note("the races left nothing behind")
