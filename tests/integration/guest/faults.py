# SPDX-License-Identifier: GPL-2.0-only
"""Make allocations fail: see Documentation/fault-injection of the kernel."""

import errno
import os
import pathlib

from ktap import expect

DEBUGFS = pathlib.Path("/sys/kernel/debug")
KINDS = ("failslab", "fail_page_alloc")

# The errors that an operation may return when it gets no memory.
NO_MEMORY = {errno.ENOMEM, errno.ENOBUFS, errno.EAGAIN, errno.EINTR}

EVERYWHERE = (0, (1 << 64) - 1)


def configure(name, value):
    """Set one file of both kinds of fault."""
    for kind in KINDS:
        (DEBUGFS / kind / name).write_text(f"{value}\n", encoding="ascii")


def prepare():
    """Let every allocation fail, even one that may wait, without a log line."""
    configure("ignore-gfp-wait", "N")
    configure("verbose", 0)
    configure("stacktrace-depth", 32)
    (DEBUGFS / "fail_page_alloc/min-order").write_text("0\n", encoding="ascii")


def only_under(addresses):
    """Let only allocations under code at these addresses fail."""
    start, end = addresses
    configure("require-start", start)
    configure("require-end", end)


def never_under(addresses):
    """Let no allocation under code at these addresses fail."""
    start, end = addresses
    configure("reject-start", start)
    configure("reject-end", end)


def function(name):
    """(start, end) of a function of the kernel or of a loaded module."""
    addresses = sorted((int(line.split()[0], 16), line.split()[2])
                       for line in open("/proc/kallsyms", encoding="ascii"))
    for number, (start, symbol) in enumerate(addresses):
        if symbol == name:
            return start, next(address for address, _ in addresses[number:]
                               if address > start)
    raise LookupError(name)


def check(error):
    """Check that an error means that there was no memory."""
    expect(error.errno in NO_MEMORY, f"{error!r} after a failed allocation")


class Nth:
    """Controls the file fail-nth of this thread."""

    def __init__(self):
        self._file = os.open("/proc/thread-self/fail-nth", os.O_RDWR)

    def close(self):
        """Close it: no fault from now on."""
        os.close(self._file)

    def run(self, number, act):
        """Call act() so that its allocation of this number fails.

        Returns whether there was such an allocation, and what act returned, or
        the OSError that it raised.
        """
        os.pwrite(self._file, str(number).encode(), 0)
        try:
            got = act()
        except OSError as error:
            got = error
        left = os.pread(self._file, 16, 0)
        os.pwrite(self._file, b"0", 0)
        return int(left) == 0, got


class Random:
    """For as long as a with block, one allocation under some code may fail."""

    def __init__(self, addresses, percent):
        self._addresses = addresses
        self._percent = percent

    def __enter__(self):
        only_under(self._addresses)
        configure("times", 1)
        configure("probability", self._percent)
        return self

    def __exit__(self, *_):
        configure("probability", 0)
        only_under(EVERYWHERE)

    def fired(self):
        """How many failed; at most one of each kind."""
        return sum(int((DEBUGFS / kind / "times").read_text()) == 0
                   for kind in KINDS)
