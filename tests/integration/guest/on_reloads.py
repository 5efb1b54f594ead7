# SPDX-License-Identifier: GPL-2.0-only
"""The module comes and goes, over and over, while others read from it."""

import os
import pathlib
import subprocess
import time

import module
import wire
from ktap import equal, expect, note

# Most where checkers look on.
ROUNDS = 200 if "debug" in os.uname().release else 25

# Each reads for ever, whether the module is there or not, and counts its
# successes: the test must not pass because nobody read.
READERS = [
    "kmemscope slab --json",
    "kmemscope buddy --migratetypes --json",
    "cat /sys/kernel/debug/kmemscope/slab/caches",
    "cat /sys/kernel/debug/kmemscope/counters",
]

STOP = pathlib.Path("/tmp/readers-stop")

LOOP = f"""
n=0
while [ ! -e {STOP} ]; do
	if {{command}} > /dev/null 2>&1; then n=$((n + 1)); fi
done
echo $n
"""


class Readers:
    """The readers, for as long as a with block lasts.

    They give way to whoever loads the module: most of the time would be theirs.
    """

    def __enter__(self):
        STOP.unlink(missing_ok=True)
        self.running = [
            subprocess.Popen(["nice", "-n", "19", "sh", "-c",
                              LOOP.format(command=command)],
                             stdout=subprocess.PIPE, text=True)
            for command in READERS]
        self.counts = []
        return self

    def __exit__(self, *_):
        STOP.touch()
        self.counts = [int(process.communicate(timeout=60)[0])
                       for process in self.running]


def unload_soon():
    """Unload although readers come and go; how often it was refused."""
    for refused in range(2000):
        number = module.try_unload()
        if not number:
            return refused
        equal(wire.error_name(number), "EAGAIN", "rmmod's error")
        time.sleep(0.002)
    expect(False, "the module could not be unloaded in 2000 attempts")
    return None


def test_with_readers_running():
    """insmod and rmmod, while netlink and debugfs are read."""
    lines = len(module.log())
    wire.forget()
    refused, started = 0, time.monotonic()
    file = os.open(module.path(), os.O_RDONLY | os.O_CLOEXEC)
    with Readers() as readers:
        for _ in range(ROUNDS):
            refused += unload_soon()
            expect(not module.loaded(), "unloaded, but still there")
            module.insert(file)
            # Give the readers something to read.
            time.sleep(0.1)
    os.close(file)
    note(f"{ROUNDS} rounds in {time.monotonic() - started:.0f} s; rmmod was "
         f"refused {refused} times; readers' successes: {readers.counts}")
    for command, count in zip(READERS, readers.counts):
        expect(count >= 3, f"{command} succeeded {count} times")
    new = module.log()[lines:]
    equal(len(new), ROUNDS, "lines in the log, one for each load")
    equal(len(set(new)), 1, f"different load lines {set(new)}")
    for kind_name in ("slab", "counter"):
        expect(wire.records(kind_name), f"{kind_name} is empty")
