# SPDX-License-Identifier: GPL-2.0-only
"""Other users of generic netlink do not wait for our jobs.

The test prints how long they took, and does not judge it.  If they waited, they
would wait for the end of a job, and it still runs when all have their answers.
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

# Walks over all pages and over all dentries in turn; and a loop that takes as
# much CPU, and nothing else.
WALKS = ("while kmemscope slab --exact --json && kmemscope dentry --json; "
         "do :; done")
LOOP = "while :; do :; done"


class Ethtool:
    """The first request of `ethtool lo`."""

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
    """Load and unload another module that registers a family."""
    file = os.open(PSAMPLE, os.O_RDONLY | os.O_CLOEXEC)
    try:
        module.insert(file)
    finally:
        os.close(file)
    equal(module.try_unload(b"psample"), 0, "rmmod psample")


def took(act):
    """The median and the longest time of TIMES calls, in milliseconds."""
    times = []
    for _ in range(TIMES):
        started = time.monotonic()
        act()
        times.append((time.monotonic() - started) * 1000)
    return statistics.median(times), max(times)


@contextlib.contextmanager
def a_trace():
    """Run a job that mostly waits, for longer than the test takes."""
    with fixture.Fixture(objects=[1]), wire.Socket() as sock:
        job = sock.start_trace(cache="kmemscope_fixture",
                               duration_ns=50_000_000_000)
        yield
        record, = sock.dump("job", id=job)
        equal(record["state"], "running", "state of the trace")


@contextlib.contextmanager
def a_shell(script):
    """Run a script that does not end by itself."""
    with subprocess.Popen(["sh", "-c", script],
                          stdout=subprocess.DEVNULL) as process:
        yield
        equal(process.poll(), None, f"exit status of {script}")
        process.terminate()


def test_they_do_not_wait():
    """A request for the state of a link, and a module with its own family."""
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
