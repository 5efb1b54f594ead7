# SPDX-License-Identifier: GPL-2.0-only
"""Measure the extra cost of an event while allocations are traced."""

import os
import pathlib
import signal
import subprocess
import time

import fixture
import wire
from measure import Row, cost, run, write_parameter

OBJECTS = 2000
BPFTRACE = pathlib.Path("/root/bpftrace")

# The same aggregation.  The event has no cache name; but it has a size, which
# no other cache has here.
PROGRAM = """
BEGIN { printf("ready\\n"); }
tracepoint:kmem:kmem_cache_alloc /args->bytes_alloc == SIZE/ {
	$leader = curtask->group_leader;
	$one = $leader->real_parent;
	$two = $one->real_parent;
	$three = $two->real_parent;
	$four = $three->real_parent;
	@[STACK $leader->comm, $one->comm, $two->comm, $three->comm, $four->comm,
	  cgroup, uid] = count();
	@live[args->ptr] = cgroup;
}
tracepoint:kmem:kmem_cache_free { delete(@live[args->ptr]); }
tracepoint:kmem:kfree { delete(@live[args->ptr]); }
END { clear(@live); }
"""


def act():
    """Cause 2 * OBJECTS events, half of them frees."""
    write_parameter("act", f"alloc {OBJECTS}")
    write_parameter("act", f"free {OBJECTS} last")


class Ours:
    """A trace of one cache by a job."""

    def __init__(self, cache, stacks=False):
        self.cache = cache
        self.stacks = stacks

    def __enter__(self):
        self.sock = wire.Socket()
        self.job = self.sock.start_trace(cache=self.cache, stacks=self.stacks,
                                         duration_ns=50_000_000_000)

    def __exit__(self, *_):
        self.sock.close()
        time.sleep(1)


class Theirs:
    """bpftrace, from when it is ready."""

    def __init__(self, size, counts, stacks):
        self.counts = counts
        self.program = (PROGRAM.replace("SIZE", str(size))
                        .replace("STACK", "kstack(20)," if stacks else ""))

    def __enter__(self):
        environment = {**os.environ, "BPFTRACE_MAP_KEYS_MAX": "65536"}
        self.process = subprocess.Popen([BPFTRACE, "-e", self.program],
                                        stdout=subprocess.PIPE, text=True,
                                        env=environment)
        for line in self.process.stdout:
            if line == "ready\n":
                return
        raise OSError("bpftrace did not start")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        said, _ = self.process.communicate()
        # A tracer that saw nothing would look cheap.
        if self.counts != (f"]: {4 * OBJECTS}" in said):
            raise OSError(f"bpftrace printed {said}")


def added(tracer):
    """A function that measures the extra cost of all events."""
    def measure():
        without = min(cost(act)() for _ in range(3))
        with tracer:
            act()
            traced = min(cost(act)() for _ in range(3))
        return traced - without
    return measure


def peer(size, counts, stacks=False):
    """Measure bpftrace, or say why there is no number."""
    if not BPFTRACE.exists():
        return "not on this machine or for this kernel"
    return added(Theirs(size, counts, stacks))


def trace(_):
    """Measure events of the traced cache, and of another one."""
    with fixture.Fixture(objects=[1]):
        size, = [row["size"] for row in
                 wire.records("slab", name="kmemscope_fixture")]
        for name, ours, theirs in (
                ("the traced cache", Ours("kmemscope_fixture"),
                 peer(size, True)),
                ("the traced cache, with stacks",
                 Ours("kmemscope_fixture", True), peer(size, True, True)),
                ("another cache", Ours("dentry"), peer(size + 1, False))):
            run(Row(f"{2 * OBJECTS} events of {name}", added(ours),
                    {"bpftrace": theirs}, 1, goal=0.33, each=2 * OBJECTS))
