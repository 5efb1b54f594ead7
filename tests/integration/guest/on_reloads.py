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

# Each reads for ever, whether the module is there or not, and adds a line to a
# file when it could: the test must not pass because nobody read, so that there
# are more rounds until each did some times.
LEAST = 3
MOST_SECONDS = 300
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
    """The readers, for as long as a with block lasts.

    They give way to whoever loads the module: most of the time would be theirs.
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
        """How often each could read, so far."""
        return [file.stat().st_size for file in self.files]

    def __exit__(self, *_):
        STOP.touch()
        for process in self.running:
            process.wait(timeout=60)


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
    rounds, refused, started = 0, 0, time.monotonic()
    file = os.open(module.path(), os.O_RDONLY | os.O_CLOEXEC)
    with Readers() as readers:
        while rounds < ROUNDS or (
                min(readers.successes()) < LEAST
                and time.monotonic() - started < MOST_SECONDS):
            rounds += 1
            refused += unload_soon()
            expect(not module.loaded(), "unloaded, but still there")
            module.insert(file)
            # Give the readers something to read.
            time.sleep(0.1)
    os.close(file)
    counts = readers.successes()
    note(f"{rounds} rounds in {time.monotonic() - started:.0f} s; rmmod was "
         f"refused {refused} times; readers' successes: {counts}")
    for command, count in zip(READERS, counts):
        expect(count >= LEAST, f"{command} succeeded {count} times")
    new = module.log()[lines:]
    equal(len(new), rounds, "lines in the log, one for each load")
    equal(len(set(new)), 1, f"different load lines {set(new)}")
    for kind_name in ("slab", "counter"):
        expect(wire.records(kind_name), f"{kind_name} is empty")
