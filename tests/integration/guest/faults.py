# SPDX-License-Identifier: GPL-2.0-only
"""Allocations that fail on request: Documentation/fault-injection."""

import errno
import os
import pathlib

from ktap import expect

DEBUGFS = pathlib.Path("/sys/kernel/debug")
KINDS = ("failslab", "fail_page_alloc")

# What an operation may say when memory is out.
OUT = {errno.ENOMEM, errno.ENOBUFS, errno.EAGAIN, errno.EINTR}

EVERYWHERE = (0, (1 << 64) - 1)


def configure(name, value):
    """Set one thing of both kinds of fault."""
    for kind in KINDS:
        (DEBUGFS / kind / name).write_text(f"{value}\n", encoding="ascii")


def prepare():
    """Every allocation may fail, also one that could wait; in silence."""
    configure("ignore-gfp-wait", "N")
    configure("verbose", 0)
    configure("stacktrace-depth", 32)
    (DEBUGFS / "fail_page_alloc/min-order").write_text("0\n", encoding="ascii")


def only_under(addresses):
    """Only allocations that come from code at these addresses may fail."""
    start, end = addresses
    configure("require-start", start)
    configure("require-end", end)


def never_under(addresses):
    """Allocations that come from code at these addresses do not fail."""
    start, end = addresses
    configure("reject-start", start)
    configure("reject-end", end)


def function(name):
    """(start, end) of a function of the kernel, or of a module that is loaded."""
    addresses = sorted((int(line.split()[0], 16), line.split()[2])
                       for line in open("/proc/kallsyms", encoding="ascii"))
    for number, (start, symbol) in enumerate(addresses):
        if symbol == name:
            return start, next(address for address, _ in addresses[number:]
                               if address > start)
    raise LookupError(name)


def check(error):
    """What failed must have failed for want of memory."""
    expect(error.errno in OUT, f"{error!r} for want of memory")


class Nth:
    """fail-nth of this thread."""

    def __init__(self):
        self._file = os.open("/proc/thread-self/fail-nth", os.O_RDWR)

    def close(self):
        """No fault from now on."""
        os.close(self._file)

    def run(self, number, act):
        """Do something in which the nth allocation fails.

        Returns whether there was an nth, and what act returned, or the
        OSError that it raised.
        """
        said = b"%d" % number
        os.pwrite(self._file, said, 0)
        try:
            got = act()
        except OSError as error:
            got = error
        left = os.pread(self._file, 16, 0)
        os.pwrite(self._file, b"0", 0)
        return int(left) == 0, got


class Random:
    """While a with block lasts, one allocation under some code may fail."""

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
        """How many did; at most one of each kind."""
        return sum(int((DEBUGFS / kind / "times").read_text()) == 0
                   for kind in KINDS)
