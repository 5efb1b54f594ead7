# SPDX-License-Identifier: GPL-2.0-only
"""Others who use generic netlink do not wait for our jobs.

How long they took is told and not judged: what a job would make them wait for
is its end, and it is still running when all of them have their answers.
"""

import contextlib
import os
import statistics
import subprocess
import time

import fixture
import module
import wire
from ktap import equal, expect, note

TIMES = 20

PSAMPLE = "/root/psample.ko"

# linux/ethtool_netlink.h
ETHTOOL_MSG_LINKSTATE_GET = 6
ETHTOOL_A_LINKSTATE_HEADER = 1
ETHTOOL_A_HEADER_DEV_NAME = 2
NLA_F_NESTED = 0x8000

# A walk over all pages, then one over all dentries, and so on; and what takes
# a CPU as they do, and nothing else.
WALKS = "while kmemscope slab --exact --json && kmemscope dentry --json; do :; done"
LOOP = "while :; do :; done"


class Ethtool:
    """What `ethtool lo` asks the kernel first."""

    def __init__(self, sock):
        self.sock = sock
        self.family = sock.find_family("ethtool")
        name = wire.attribute(ETHTOOL_A_HEADER_DEV_NAME, b"lo\0")
        self.request = wire.attribute(
            NLA_F_NESTED | ETHTOOL_A_LINKSTATE_HEADER, name)

    def __call__(self):
        self.sock.send(self.family, ETHTOOL_MSG_LINKSTATE_GET, self.request,
                       wire.NLM_F_ACK)
        expect(list(self.sock.messages()), "no answer about lo")


def load_and_unload():
    """Another module that registers a family comes and goes."""
    file = os.open(PSAMPLE, os.O_RDONLY | os.O_CLOEXEC)
    try:
        module.insert(file)
    finally:
        os.close(file)
    equal(module.try_unload(b"psample"), 0, "rmmod psample")


def took(act):
    """Milliseconds of the median and of the longest of so many times."""
    times = []
    for _ in range(TIMES):
        started = time.monotonic()
        act()
        times.append((time.monotonic() - started) * 1000)
    return statistics.median(times), max(times)


@contextlib.contextmanager
def a_trace():
    """A job that mostly waits, and for longer than all of this takes."""
    with fixture.Fixture(objects=[1]), wire.Socket() as sock:
        job = sock.start_trace(cache="kmemscope_fixture",
                               duration_ns=50_000_000_000)
        yield
        record, = sock.dump("job", id=job)
        equal(record["state"], "running", "the trace that others waited for")


@contextlib.contextmanager
def a_shell(script):
    """A script that does not end by itself."""
    with subprocess.Popen(["sh", "-c", script],
                          stdout=subprocess.DEVNULL) as process:
        yield
        equal(process.poll(), None, f"exit status of {script}")
        process.terminate()


def test_they_do_not_wait():
    """The state of a link, and a module with a family of its own."""
    company = {"alone": contextlib.nullcontext(), "beside a trace": a_trace(),
               "beside a busy loop": a_shell(LOOP),
               "beside walks": a_shell(WALKS)}
    with wire.Socket() as sock:
        ethtool = Ethtool(sock)
        for what, others in company.items():
            with others:
                asked, loaded = took(ethtool), took(load_and_unload)
            note(f"{what}, median and longest of {TIMES}: "
                 f"ethtool lo {asked[0]:.2f} {asked[1]:.2f} ms, "
                 f"insmod and rmmod {loaded[0]:.2f} {loaded[1]:.2f} ms")
