# SPDX-License-Identifier: GPL-2.0-only
"""Trace known allocations of the fixture: their counts and allocators."""

import collections
import errno
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import fixture
import module
import reader
import theirs
import wire
from ktap import Skip, equal, expect, note

FIXTURE = "kmemscope_fixture"
ACT = fixture.PARAMETERS / "act"
LIMIT = pathlib.Path("/sys/module/kmemscope/parameters/max_walk_ms")
RATE = pathlib.Path("/sys/module/kmemscope/parameters/max_trace_rate")
KINDS = ("trace", "trace_allocator", "trace_stack")
SECOND = 1_000_000_000

REALTIME = "PREEMPT_RT" in os.uname().version

# prctl(2)
PR_SET_NAME = 15


class Trace:
    """A trace for as long as a with block lasts, and its records."""

    def __init__(self, cache=FIXTURE, **request):
        self.request = {"cache": cache, "duration_ns": 150 * SECOND, **request}
        self.whole, self.allocators, self.stacks = {}, [], []
        self.may_end = False

    def __enter__(self):
        self.sock = wire.Socket()
        # Slow guests need longer than the default limit of a trace.
        allowed = LIMIT.read_text(encoding="ascii")
        LIMIT.write_text("200000", encoding="ascii")
        try:
            self.job = self.sock.start_trace(**self.request)
        finally:
            LIMIT.write_text(allowed, encoding="ascii")
        return self

    def __exit__(self, kind, *_):
        if not kind:
            job = self.sock.wait_job(self.job, lambda job: True)
            ended = job["state"] != "running"
            self.sock.finish_job(self.job)
            self.sock.wait_job(self.job)
            (self.whole,), self.allocators, self.stacks = [
                self.sock.dump(name, job=self.job) for name in KINDS]
            expect(not ended or self.may_end,
                   "the trace ended before the test was done")
        self.sock.close()

    def of(self, name):
        """The allocators with this name."""
        return [row for row in self.allocators if row.get("name") == name]


def settle(world):
    """Shrink under KASAN: the objects that it keeps count as in use."""
    if module.HAS_CHECKERS:
        world.act("shrink")


def named(name, script, wrapper=()):
    """Run a Python script in a process with this name."""
    code = (f"import ctypes; ctypes.CDLL(None).prctl({PR_SET_NAME}, "
            f"b'{name}', 0, 0, 0)\n{script}")
    subprocess.run([*wrapper, sys.executable, "-c", code], check=True)


def act(words):
    """A script that writes these words to the fixture's file act."""
    return f"open('{ACT}', 'w').write('{words}')"


def my_name():
    """The name of this process."""
    return pathlib.Path("/proc/self/comm").read_text(encoding="utf-8").strip()


def whole_trace():
    """A trace with all fields that there can be, for on_debugfs."""
    with fixture.Fixture(objects=[10]):
        with Trace(stacks=True) as seen:
            # Each shell waits for the next one, so all ancestors are alive.
            shell = f"echo alloc 50 > {ACT}; true"
            for _ in range(4):
                shell = f"sh -c {json.dumps(shell)}; true"
            subprocess.run(["sh", "-c", shell], check=True)
    return {"trace": [seen.whole], "trace_allocator": seen.allocators,
            "trace_stack": seen.stacks}


def test_known_objects_are_counted_exactly():
    """Allocations, frees, outstanding objects, and the allocators."""
    with fixture.Fixture(objects=[10]) as world:
        with Trace() as seen:
            named("ks_maker", act("alloc 1000"))
            named("ks_taker", act("free 300 last"))
            world.act("alloc 20")
            settle(world)
        whole = seen.whole
        note(f"{whole}")
        equal((whole["cache"], whole["size"] >= 256), (FIXTURE, True), "cache")
        equal((whole["nr_allocs"], whole["nr_frees"]), (1020, 300), "objects")
        equal((whole["nr_grown"], whole["grown_error"]), (720, 0), "growth")
        equal(whole["explained_permille"], 1000, "explained")
        equal((whole["sample_rate"], whole["nr_dropped"],
               whole["nr_lost_samples"]), (1, 0, 0), "losses")
        expect(whole["duration_ns"] > 0, "no time")
        equal([row["id"] for row in seen.allocators], [1, 2], "numbers")
        maker, = seen.of("ks_maker")
        equal(seen.allocators[0], maker, "the first")
        equal((maker["nr_allocs"], maker["nr_outstanding"],
               maker["outstanding_error"]), (1000, 700, 0), "the maker's")
        equal(maker["total_bytes"], 1000 * whole["size"], "bytes")
        equal(maker["share_permille"], 980, "share")
        equal(maker["allocs_per_second"],
              1000 * SECOND // whole["duration_ns"], "rate")
        expect("stack" not in maker, "a stack without a request for it")
        equal(seen.stacks, [], "stacks")
        mine, = seen.of(my_name())
        equal((mine["nr_allocs"], mine["nr_outstanding"], mine["pid"]),
              (20, 20, os.getpid()), "our own")
        equal((mine["parent_pid"], mine["nr_processes"],
               mine["processes_capped"]), (os.getppid(), 1, 0), "our process")
        # /proc has the start in ticks, rounded down.
        ticks = int(pathlib.Path("/proc/self/stat").read_text(
            encoding="utf-8").rpartition(") ")[2].split()[19])
        equal(mine["start_ns"] * os.sysconf("SC_CLK_TCK") // SECOND, ticks,
              "our start")
        equal(whole["ended"], "finish", "why it ended")


def test_whose_it_is():
    """Names up to the fourth parent, the user, the kind of process."""
    with fixture.Fixture(objects=[1]):
        ACT.chmod(0o222)
        with Trace() as seen:
            named("ks_leaf", act("alloc 7"),
                  ["setpriv", "--reuid=65534", "--clear-groups"])
    leaf, = seen.of("ks_leaf")
    # setpriv execs the program, so this process is its parent.
    equal(leaf["parent_1"], my_name(), "its parent")
    equal((leaf["context"], leaf["uid"]), ("task", 65534), "context and user")
    ancestors, pid = [], os.getppid()
    while pid and len(ancestors) < 3:
        status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        ancestors.append(re.search(r"Name:\t(.*)", status)[1])
        pid = int(re.search(r"PPid:\t(\d+)", status)[1])
    equal([leaf[f"parent_{i}"] for i in (2, 3, 4) if f"parent_{i}" in leaf],
          ancestors, "names of our parents")


def test_short_lived_processes_are_one():
    """Thirty processes of one name are one allocator."""
    with fixture.Fixture(objects=[1]):
        with Trace() as seen:
            for _ in range(30):
                subprocess.run(["sh", "-c", f"echo alloc 3 > {ACT}"],
                               check=True)
    row, = seen.of("sh")
    equal((row["nr_allocs"], row["nr_outstanding"]), (90, 90), "objects")
    equal((row["nr_processes"], row["processes_capped"]), (8, 1), "processes")
    equal(row["parent_pid"], os.getpid(), "the parent")
    equal(len(seen.allocators), 1, "allocators")


def test_dentries_of_a_storm():
    """A real cache, and children that come and go."""
    folder = pathlib.Path("/tmp/storm")
    folder.mkdir()
    make = (f"for i in range(150): open('{folder}/%d_{{}}' % i, 'w').close()")
    with Trace("dentry") as seen:
        for number in range(5):
            named("ks_storm", make.format(number))
    subprocess.run(["rm", "-r", str(folder)], check=True)
    note(f"{seen.whole}")
    storms = seen.of("ks_storm")
    expect(storms and storms[0]["nr_allocs"] >= 750, f"{seen.allocators}")
    expect(storms[0]["nr_outstanding"] >= 750, f"{storms[0]}")
    equal(sum(row["nr_allocs"] for row in seen.allocators)
          + seen.whole["nr_dropped"], seen.whole["nr_allocs"], "all of them")
    # Partial lists may be too long for an exact count.
    if "explained_permille" in seen.whole and not module.HAS_CHECKERS:
        expect(970 <= seen.whole["explained_permille"] <= 1030,
               f"{seen.whole}")


def test_kmalloc():
    """An allocation by kmalloc() counts for the cache of its size."""
    with fixture.Fixture():
        with Trace("kmalloc-512") as seen:
            named("ks_leaker", "open('/sys/module/kmemscope_fixture/"
                  "parameters/leak', 'w').write('500 400')")
        row, = seen.of("ks_leaker")
        expect(400 <= row["nr_outstanding"] <= 420, f"{row}")


def test_stacks_name_the_caller():
    """The first frame called the allocator; no frame is an address."""
    with fixture.Fixture(objects=[1]) as world:
        with Trace(stacks=True) as seen:
            world.act("alloc 11")
            world.act("free 4 last")
    mine, = seen.of(my_name())
    frames = sorted((row for row in seen.stacks
                     if row["stack"] == mine["stack"]),
                    key=lambda row: row["depth"])
    note(" ".join(row.get("symbol", "-") for row in frames))
    equal([row["depth"] for row in frames], list(range(len(frames))), "depths")
    symbols = [row["symbol"] for row in frames]
    # Inlined callers do not show.
    expect(re.fullmatch(r"(items_alloc_node|fixture_items_alloc)[.\w]*"
                        rf"\+0x[0-9a-f]+/0x[0-9a-f]+ \[{FIXTURE}\]",
                        symbols[0]), symbols[0])
    expect(any(symbol.startswith("act_set+") for symbol in symbols),
           f"{symbols}")
    for symbol in symbols:
        expect(re.fullmatch(r"[.\w]+\+0x[0-9a-f]+/0x[0-9a-f]+( \[\w+\])?",
                            symbol), symbol)


def test_bulk_is_not_seen_and_that_is_said():
    """Bulk allocations have no event, so they are unexplained growth."""
    with fixture.Fixture(objects=[1]) as world:
        with Trace() as seen:
            world.act("alloc 100")
            world.act("bulk 300")
    equal((seen.whole["nr_allocs"], seen.whole["nr_grown"],
           seen.whole["explained_permille"]), (100, 400, 250), "explained")


def test_frees_of_older_objects():
    """They have no allocator, and there is no growth to explain."""
    with fixture.Fixture(objects=[50]) as world:
        with Trace() as seen:
            world.act("free 40 first")
            settle(world)
    equal((seen.whole["nr_allocs"], seen.whole["nr_frees"],
           seen.whole["nr_grown"]), (0, 40, -40), "objects")
    expect("explained_permille" not in seen.whole, f"{seen.whole}")
    equal(seen.allocators, [], "allocators")


def test_more_objects_than_can_be_followed():
    """The rest is estimated from a sample, within its error."""
    with fixture.Fixture(objects=[1]) as world:
        with Trace() as seen:
            world.act("alloc 40000")
            world.act("free 15000 random")
    note(f"{seen.whole} {seen.allocators}")
    expect(seen.whole["sample_rate"] > 1, "the trace followed all objects")
    mine, = seen.of(my_name())
    equal(mine["nr_allocs"], 40000, "allocations")
    # One of the freed objects may be older than the trace.
    expect(abs(mine["nr_outstanding"] - 25000) <=
           2 * mine["outstanding_error"] + 1, f"{mine}")
    expect(0 < mine["outstanding_error"] < 2500, f"{mine}")
    equal(seen.whole["nr_lost_samples"], 0, "lost samples")


def test_stacks_of_a_hot_cache_are_a_sample():
    """The sum of allocations is exact; outstanding objects are scaled up."""
    with fixture.Fixture(objects=[1]) as world:
        with Trace(stacks=True) as seen:
            for _ in range(20):
                world.act("alloc 1500")
                world.act("free 1500 last")
            world.act("alloc 900")
    note(f"{seen.whole} {seen.allocators}")
    mine = seen.of(my_name())
    equal(sum(row["nr_allocs"] for row in mine), 30900, "allocations")
    expect(any("stack" in row for row in mine), "no stack")
    left = sum(row["nr_outstanding"] for row in mine)
    error = sum(row["outstanding_error"] for row in mine)
    expect(abs(left - 900) <= 2 * error + 1, f"{left} +- {error}")


def test_an_overload_ends_it():
    """A trace that costs too much ends, and its answer says so."""
    before = RATE.read_text(encoding="ascii")
    RATE.write_text("1000", encoding="ascii")
    try:
        with fixture.Fixture(objects=[1]) as world:
            with Trace() as seen:
                seen.may_end = True
                deadline = time.monotonic() + 30
                while time.monotonic() < deadline:
                    world.act("alloc 2000")
                    world.act("free 2000 last")
                    if seen.sock.dump("job", id=seen.job)[0]["state"] \
                            != "running":
                        break
    finally:
        RATE.write_text(before, encoding="ascii")
    equal(seen.whole["ended"], "overload", "why it ended")
    expect(seen.whole["nr_allocs"] > 0, "no allocation before the overload")


def refusal(**request):
    """How a trace that must fail does: (name of the errno, text)."""
    with wire.Socket() as sock:
        job = sock.wait_job(sock.start_job("trace", **request)["id"])
        equal(job["state"], "failed", f"job of {request}")
        refused = wire.refused(sock.dump, "trace", job=job["id"])
        equal(refused.text, job["reason"], "both texts")
        return wire.error_name(refused.errno), refused.text


def test_what_cannot_be_traced():
    """Each refusal has its own text."""
    equal(refusal(cache="no such cache"),
          ("ENOENT", "no slab cache of this name"), "unknown")
    equal(refusal(), ("EINVAL", "attribute cache is missing"), "none")
    name, text = refusal(cache="dentry", duration_ns=3600 * SECOND)
    equal(name, "ETIME", "an hour")
    expect("max_walk_ms" in text, text)
    status, _, err = reader.run("trace", "nosuch", "--seconds", "0.1")
    equal(status, 1, "the reader's status")
    expect("no slab cache of this name" in err, err)


def test_a_cache_that_goes_away():
    """Its address may be reused, so the trace fails and says why."""
    with wire.Socket() as sock:
        for soon in (True, False):
            with fixture.Fixture(objects=[1]):
                job = sock.start_trace(cache=FIXTURE, duration_ns=50 * SECOND)
            if soon:
                # Finish before the trace itself looks for the cache.
                sock.finish_job(job)
            began = time.monotonic()
            record = sock.wait_job(job)
            expect(time.monotonic() - began < 20, "the trace failed too late")
            equal((record["state"], record["reason"]),
                  ("failed", "the cache went away while it was traced"),
                  f"finished soon: {soon}")
            refused = wire.refused(sock.dump, "trace", job=job)
            equal(wire.error_name(refused.errno), "ESTALE", "errno")


def worker_states(times):
    """The states of a job's worker, and its stacks in state D."""
    states, places = collections.Counter(), set()
    deadline = time.monotonic() + 40
    while states.total() < times and time.monotonic() < deadline:
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                stat = (process / "stat").read_text(encoding="utf-8")
                if "kworker" not in stat or "+kmemscope" not in stat:
                    continue
                state = stat.rpartition(") ")[2][0]
                if state == "D":
                    places.add((process / "stack").read_text(encoding="utf-8"))
            except OSError:
                continue
            states[state] += 1
        time.sleep(0.05)
    return states, places


def test_waiting_is_no_load():
    """The worker sleeps in state I, which the load average leaves out.

    On PREEMPT_RT spin locks sleep. The kernel shows a task that waits for one
    as D, although the load average leaves it out too (__task_state_index(),
    TASK_RTLOCK_WAIT). That shows now and then; a worker that slept in D would
    show it all the time.
    """
    with Trace("dentry"):
        states, places = worker_states(20)
    note(f"states {states}")
    for place in places:
        note(" ".join(place.split()))
    if REALTIME:
        expect(states["I"] > states["D"], f"states {states}")
    else:
        expect(states["I"] and not states["D"], f"states {states}")


def test_one_at_a_time():
    """A second trace is refused, and can start after the first."""
    with wire.Socket() as first, wire.Socket() as second:
        job = first.start_trace(cache="dentry", duration_ns=30 * SECOND)
        other = second.wait_job(second.start_job("trace", cache="dentry")["id"])
        equal(other["state"], "failed", "the second")
        refused = wire.refused(second.dump, "trace", job=other["id"])
        equal((refused.errno, refused.text),
              (errno.EBUSY, "another trace is running"), "its reason")
        first.stop_job(job)
    trace_soon()


def test_its_time_is_what_was_asked_for():
    """A trace lasts as long as requested, and never shorter."""
    def second():
        with Trace("dentry", duration_ns=SECOND) as seen:
            seen.sock.wait_job(seen.job)
            seen.may_end = True
        return seen.whole["duration_ns"]

    took = [second()]
    # This process may have waited for its CPU: then measure again.
    while took[-1] >= 2 * SECOND and len(took) < 5:
        took.append(second())
    expect(min(took) >= SECOND and took[-1] < 2 * SECOND, f"{took} ns")


def trace_soon():
    """Check that a trace can start long before the other one would end."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with wire.Socket() as sock:
            job = sock.wait_job(sock.start_job("trace", cache="dentry",
                                               duration_ns=SECOND // 50)["id"])
            if job["state"] == "done":
                return
            expect("another trace" in job.get("reason", ""), f"{job}")
        time.sleep(0.02)
    expect(False, "the other trace is still running")


def test_it_goes_with_its_socket():
    """Its probes go too: the module can be unloaded at once."""
    with wire.Socket() as sock:
        sock.start_trace(cache="dentry", duration_ns=60 * SECOND)
    trace_soon()
    with wire.Socket() as sock:
        sock.start_trace(cache="dentry", duration_ns=60 * SECOND)
        # An open socket does not hold the module.
        module.unload()
    # A probe that was left would now be called, and its code is gone.
    for number in range(200):
        pathlib.Path(f"/tmp/after_{number}").touch()
    module.reload()


def test_off_ends_it():
    """Switching off stops all collecting."""
    with wire.Socket() as sock:
        job = sock.start_trace(cache="dentry", duration_ns=60 * SECOND)
        try:
            wire.shared().set_enabled(0)
            job = sock.wait_job(job)
        finally:
            wire.shared().set_enabled(1)
        equal(job["state"], "failed", "its state")
        expect("off" in job["reason"], job["reason"])


def test_memory_is_given_back():
    """However the traces ended, no memory is left."""
    trace_soon()
    equal(wire.shared().status()["memory_bytes"], 0, "bytes")


# The test ends it earlier.
LONG = ["--seconds", "50"]


def wait_for_trace(process):
    """Wait until the reader's trace counts and can be interrupted."""
    def counts():
        status = theirs.read(f"/proc/{process.pid}/status")
        catches = int(re.search(r"^SigCgt:\s*(\w+)", status, re.M)[1], 16)
        return catches & 1 << signal.SIGINT - 1 and any(
            job["kind"].startswith("trace") and job["progress_permille"] > 0
            for job in wire.shared().dump("job"))

    deadline = time.monotonic() + 30
    while not counts():
        expect(time.monotonic() < deadline, "the reader does not trace")
        time.sleep(0.01)


def run_reader(*arguments):
    """The reader's output about 5 objects, when it is interrupted by ^C."""
    with subprocess.Popen(["kmemscope", "trace", FIXTURE, *LONG, *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as process:
        wait_for_trace(process)
        named("ks;odd name", act("alloc 5"))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    equal(process.returncode, 0, f"exit status; stderr: {err}")
    return out, err


def test_the_reader():
    """JSON, a table, and stacks for flame graphs."""
    with fixture.Fixture(objects=[1]):
        out, err = run_reader("--json", "--stacks")
        answer = json.loads(out)
        equal(err, "", "nothing said beside JSON")
        equal(answer["trace"]["nr_allocs"], 5, "objects")
        row, = answer["allocators"]
        equal((row["name"], row["nr_outstanding"]), ("ks;odd name", 5), "who")
        equal({frame["stack"] for frame in answer["stacks"]}, {row["stack"]},
              "stacks")
        expect(row.get("cgroup", "/").startswith("/"), f"{row}")
        out, err = run_reader()
        expect(re.match(rf"{FIXTURE}: 5 allocated, 0 freed in [0-9.]+m?s", err),
               err)
        expect("ks;odd name" in out and "NR_OUTSTANDING" in out, out)
        out, _ = run_reader("--folded")
        expect(re.fullmatch(r"ks\\x3bodd name;entry_SYSCALL_64\w*;[.\w;]*"
                            r"act_set;[.\w;]*items_alloc[.\w]* 5\n", out), out)


def test_aliases():
    """A trace accepts the name of any cache that was merged into another."""
    links = {}
    for path in pathlib.Path("/sys/kernel/slab").iterdir():
        if path.is_symlink():
            links.setdefault(os.readlink(path), []).append(path.name)
    known = {row["name"] for row in wire.records("slab")}
    pairs = [(alias, real) for names in links.values() for alias in names
             for real in names if alias not in known and real in known]
    if module.HAS_CHECKERS and not pairs:
        raise Skip("no cache has an alias")
    expect(pairs, "no cache here has an alias")
    alias, real = pairs[0]
    out = reader.text("trace", alias, "--seconds", "0.1", "--json")
    equal(json.loads(out)["trace"]["cache"], real, f"what {alias} is")


def test_cgroups():
    """The record has the cgroup's number, and the reader shows its path."""
    root = pathlib.Path("/tmp/cgroup2")
    root.mkdir(exist_ok=True)
    if subprocess.run(["mount", "-t", "cgroup2", "none", str(root)],
                      check=False).returncode:
        note("no cgroup2 here")
        return
    group = root / "ks group"
    group.mkdir()
    inside = (f"open('{group}/cgroup.procs', 'w').write('0')\n"
              + act("alloc 9"))
    try:
        with fixture.Fixture(objects=[1]):
            with Trace() as seen:
                named("ks_inside", inside)
            row, = seen.of("ks_inside")
            equal(row["cgroup_id"], group.stat().st_ino, "its number")
            with subprocess.Popen(["kmemscope", "trace", FIXTURE, *LONG,
                                   "--json"], stdout=subprocess.PIPE,
                                  text=True) as process:
                wait_for_trace(process)
                named("ks_inside", inside)
                process.send_signal(signal.SIGINT)
                row, = json.loads(process.communicate()[0])["allocators"]
            equal(row["cgroup"], "/ks group", "its path")
    finally:
        group.rmdir()
        subprocess.run(["umount", str(root)], check=True)


def test_under_load():
    """Two CPUs allocate at once, and all objects are counted."""
    with fixture.Fixture(objects=[1]):
        with Trace() as seen:
            running = [subprocess.Popen(
                ["taskset", "-c", str(cpu), sys.executable, "-c",
                 "for _ in range(100):\n"
                 f" open('{ACT}', 'w').write('alloc 50')\n"
                 f" open('{ACT}', 'w').write('free 50 last')\n"])
                for cpu in range(2)]
            for process in running:
                process.wait()
    whole = seen.whole
    equal((whole["nr_allocs"], whole["nr_frees"]), (10000, 10000), "objects")
    equal(sum(row["nr_allocs"] for row in seen.allocators)
          + whole["nr_dropped"], 10000, "of all allocators")
    equal(sum(row["nr_outstanding"] for row in seen.allocators), 0, "left")


# The tests that depend on the number of CPUs.
MANY_CPUS = [test_known_objects_are_counted_exactly, test_whose_it_is,
             test_stacks_name_the_caller, test_under_load]
