# SPDX-License-Identifier: GPL-2.0-only
"""Load and unload the module many times, while others read from it."""

import os
import pathlib
import subprocess
import time

import module
import wire
from ktap import equal, expect, note

# More where checkers run.
ROUNDS = 200 if module.HAS_CHECKERS else 25

# Each reader reads in a loop, whether the module is loaded or not. It adds a
# byte to a file for each success. The test must not pass without readers, so it
# goes on until each had some successes.
MIN_SUCCESSES = 3
MAX_SECONDS = 300
READERS = [
    "kmemscope slab --json",
    "kmemscope buddy --migratetypes --json",
    "cat /sys/kernel/debug/kmemscope/slab/caches",
    "cat /sys/kernel/debug/kmemscope/counters",
]

FOLDER = pathlib.Path("/tmp/readers")
STOP = FOLDER / "stop"

LOOP = f"""
while [ ! -e {STOP} ]; do
	if {{command}} > /dev/null 2>&1; then echo >> {{file}}; fi
done
"""


class Readers:
    """Runs the readers, for as long as a with block lasts.

    Their priority is low: they would take most of the time.
    """

    def __enter__(self):
        FOLDER.mkdir(exist_ok=True)
        STOP.unlink(missing_ok=True)
        self.files = [FOLDER / str(number) for number in range(len(READERS))]
        for file in self.files:
            file.write_bytes(b"")
        self.running = [
            subprocess.Popen(["nice", "-n", "19", "sh", "-c",
                              LOOP.format(command=command, file=file)])
            for command, file in zip(READERS, self.files)]
        return self

    def successes(self):
        """How often each has read."""
        return [file.stat().st_size for file in self.files]

    def __exit__(self, *_):
        STOP.touch()
        for process in self.running:
            process.wait(timeout=60)


def unload_soon():
    """Unload while readers come and go; how often it was refused."""
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
    rounds, refused, started = 0, 0, time.monotonic()
    file = os.open(module.path(), os.O_RDONLY | os.O_CLOEXEC)
    with Readers() as readers:
        while rounds < ROUNDS or (
                min(readers.successes()) < MIN_SUCCESSES
                and time.monotonic() - started < MAX_SECONDS):
            rounds += 1
            refused += unload_soon()
            expect(not module.loaded(), "unloaded, but still loaded")
            module.insert(file)
            # Give the readers time to read.
            time.sleep(0.1)
    os.close(file)
    counts = readers.successes()
    note(f"{rounds} rounds in {time.monotonic() - started:.0f} s; rmmod was "
         f"refused {refused} times; readers' successes: {counts}")
    for command, count in zip(READERS, counts):
        expect(count >= MIN_SUCCESSES,
               f"{command} succeeded {count} times")
    new = module.log()[lines:]
    equal(len(new), rounds, "lines in the log, one for each load")
    equal(len(set(new)), 1, f"different load lines {set(new)}")
    for kind_name in ("slab", "counter"):
        expect(wire.records(kind_name), f"{kind_name} is empty")
