# SPDX-License-Identifier: GPL-2.0-only
"""Compare exact counts of objects with the fixture, which counts its own."""

import errno
import os
import pathlib
import random
import struct
import threading
import time

import fixture
import module
import on_netlink
import reader
import spec
import theirs
import wire
from ktap import equal, expect, note, retry

FIXTURE = "kmemscope_fixture"
PARTIAL = "kmemscope_fixture_partial"

# Ways to make and to free objects.
MAKE = ["alloc {}", "bulk {}"]
FREE = ["free {} first", "free {} last", "free {} random", "free {} every",
        "free-bulk {}"]
STEPS = 120
MAX_LIVE = 6000


def exact(name):
    """A cache's record with an exact count."""
    record, = wire.shared().dump("slab", name=name, exact=True)
    return record


def by_job(name):
    """A cache's record by a walk over all pages."""
    with wire.Socket() as sock:
        job = sock.start_job("slab")
        equal(sock.wait_job(job["id"])["state"], "done", "state of the job")
        return next(record for record in sock.dump("slab", job=job["id"])
                    if record["name"] == name)


def check(world, what, record):
    """Check the three counts of a record against the live objects."""
    equal(record["nr_inuse_objects"], world.live(), f"{what}: in use")
    # A walk over pages does not know what came and went meanwhile.
    error = None if record["inuse_basis"] == "pages" else 0
    equal(record.get("inuse_error_objects"), error, f"{what}: error")
    equal(record["nr_active_objects"],
          record["nr_inuse_objects"] + record["nr_cached_objects"],
          f"{what}: active is in use and cached")


def step(world, rng):
    """Make or free some objects, on a random CPU and in a random way."""
    os.sched_setaffinity(0, {rng.choice(sorted(range(os.cpu_count())))})
    live = world.live()
    number = rng.choice((1, 3, 17, 64, 333))
    frees = live > MAX_LIVE or (live and rng.random() < 0.5)
    words = rng.choice(FREE if frees else MAKE).format(
        min(number, live) if frees else number)
    world.act(words)
    if frees and module.HAS_CHECKERS:
        world.act("shrink")
    return words


def follow(seed, **parameters):
    """Count after each of many steps; the largest number of cached objects."""
    rng, cached = random.Random(seed), 0
    cpus = os.sched_getaffinity(0)
    try:
        with fixture.Fixture(objects=[40, 40], **parameters) as world:
            for number in range(STEPS):
                what = f"step {number}, {step(world, rng)}"
                record = exact(FIXTURE)
                check(world, what, record)
                equal(record["inuse_basis"], "lists", f"{what}: basis")
                cached = max(cached, record["nr_cached_objects"])
                if number % 20 == 0:
                    record = by_job(FIXTURE)
                    check(world, f"{what}, by a job", record)
                    equal(record["inuse_basis"], "pages", f"{what}: basis")
    finally:
        os.sched_setaffinity(0, cpus)
    return cached


def test_every_pattern_on_all_cpus():
    """The count is equal to the truth after each step."""
    cached = follow(1)
    note(f"up to {cached} per-CPU free objects")
    expect(cached > 20, "too few per-CPU free objects to show anything")


def test_small_and_large_objects():
    """Many objects to a slab, and few."""
    for size in (8, 2048):
        cached = follow(size, item_size=size)
        note(f"{size} bytes: up to {cached} per-CPU free objects")


def test_debugged_caches():
    """slub_debug=FZPU for this cache: red zones, poison, user tracking."""
    follow(2, debug=1)


def test_what_waits_for_a_grace_period_is_in_use():
    """Also where kfree_rcu() collects objects in a sheaf of the CPU."""
    cpus = os.sched_getaffinity(0)
    try:
        with fixture.Fixture(objects=[100]) as world:
            os.sched_setaffinity(0, {0})
            try:
                world.act("free-rcu 3")
            except OSError as error:
                equal(error.errno, errno.EOPNOTSUPP, "errno")
                note("this kernel could not destroy such a cache")
                return
            # So few objects start no grace period. But one may have started for
            # older objects, and frees these too: then try again.
            record = exact(FIXTURE)
            for _ in range(5):
                if record["nr_inuse_objects"] != world.live():
                    break
                world.act("free-rcu 3")
                record = exact(FIXTURE)
            equal(record["nr_inuse_objects"], world.live() + 3, "in use")
            equal(record["inuse_error_objects"], 0, "error")
    finally:
        os.sched_setaffinity(0, cpus)


def test_the_kernel_counts_more():
    """/proc/slabinfo counts our objects in use and the per-CPU free ones."""
    more = 0
    with fixture.Fixture(objects=[500, 500]) as world:
        # At least one of 20 leaves the slab of its CPU half empty.
        for _ in range(20):
            world.act("alloc 3")
            record = exact(FIXTURE)
            kernel = theirs.slabinfo()[FIXTURE]["nr_active_objects"]
            check(world, "after 3 more", record)
            equal(record["nr_active_objects"], kernel, "active objects")
            equal(record["wasted_basis"], "inuse", "wasted_basis")
            equal(record["wasted_bytes"], record["total_bytes"]
                  - world.live() * record["object_size"], "wasted_bytes")
            more = max(more, kernel - world.live())
    note(f"the kernel counted up to {more} more")
    expect(more, "the kernel was exact by itself")


def test_not_asked_for_is_absent():
    """By default the per-CPU lists are not read."""
    for name in ("nr_inuse_objects", "nr_cached_objects",
                 "inuse_error_objects", "inuse_basis"):
        expect(not any(name in row for row in wire.records("slab")), name)


def test_all_caches_at_once():
    """A whole dump; objects in use are among the active ones."""
    rows = wire.shared().dump("slab", exact=True)
    known = [row for row in rows if "nr_inuse_objects" in row]
    expect(len(known) >= 0.9 * len(rows),
           f"{len(known)} of {len(rows)} caches are known")
    for row in known:
        expect(row["nr_inuse_objects"] <= row["nr_active_objects"], f"{row}")
    note(f"{sum(row['nr_cached_objects'] for row in known)} objects cached")


def test_long_lists_take_a_job():
    """Beyond the cap a walk over lists is not exact, one over pages is."""
    with fixture.Fixture(partials=3000):
        record = exact(PARTIAL)
        equal(record["approximate"], 1, "approximate")
        expect("nr_inuse_objects" not in record, "an estimate sold as exact")
        record = by_job(PARTIAL)
        objects = theirs.read(theirs.SLABS / PARTIAL / "objects").split()[0]
        equal(record["approximate"], 1, "approximate")
        expect("inuse_error_objects" not in record, "a made-up error")
        equal(record["nr_active_objects"], int(objects),
              "active as in /sys/kernel/slab")
        equal(record["nr_inuse_objects"], 3000, "in use")
        rows, _ = reader.records("slab", "--exact", PARTIAL, FIXTURE)
        found = {row["name"]: row for row in rows}
        equal(found[PARTIAL]["nr_inuse_objects"], 3000, "by the reader")
        equal(found[PARTIAL]["inuse_basis"], "pages", "basis")
        equal(found[FIXTURE]["inuse_basis"], "lists", "basis of a short list")


def test_to_name_a_column_is_to_ask():
    """And JSON without columns does not request exact counts."""
    with fixture.Fixture(objects=[7]):
        out = reader.text("slab", "--raw", "--noheadings", "--output",
                          "nr_inuse_objects", FIXTURE)
        equal(out, "7\n", "the column")
        rows, _ = reader.records("slab", FIXTURE)
        expect("nr_inuse_objects" not in rows[0], f"{rows[0]}")


def refused(number, function, *arguments, **filters):
    """Expect a refusal with this errno."""
    found = wire.refused(function, *arguments, **filters)
    expect(found, f"{arguments} {filters} went through")
    equal(wire.error_name(found.errno), wire.error_name(number),
          f"errno of {arguments} {filters}")
    expect(found.text, "the refusal has no text")


def test_a_job_is_its_sockets():
    """No other socket takes its answer, and it can be taken once."""
    with wire.Socket() as mine, wire.Socket() as other:
        job = mine.start_job("slab")
        equal((job["kind"], job["state"]), ("slab", "running"), "its record")
        mine.wait_job(job["id"])
        refused(errno.ENOENT, other.dump, "slab", job=job["id"])
        refused(errno.ENOENT, other.stop_job, job["id"])
        refused(errno.EINVAL, mine.dump, "slab", job=job["id"], name="dentry")
        expect(mine.dump("slab", job=job["id"]), "no answer")
        refused(errno.ENOENT, mine.dump, "slab", job=job["id"])
        equal(mine.dump("job"), [], "jobs left")


def test_jobs_that_cannot_be():
    """No kind, a kind that no job collects, a job too many."""
    with wire.Socket() as sock:
        refused(errno.EINVAL, sock.start_job, "zone")
        refused(errno.EINVAL, sock.start_job, "")
        refused(errno.ENOENT, sock.stop_job, 12345)
        jobs = [sock.start_job("slab")["id"] for _ in range(module.MAX_JOBS)]
        equal(len(set(jobs)), module.MAX_JOBS, "different job numbers")
        refused(errno.EBUSY, sock.start_job, "slab")
        for job in jobs:
            sock.stop_job(job)


def test_a_job_has_an_end():
    """The parameter max_walk_ms bounds its time, and the job names it."""
    limit = pathlib.Path("/sys/module/kmemscope/parameters/max_walk_ms")
    before = limit.read_text(encoding="ascii")
    limit.write_text("0", encoding="ascii")
    try:
        with wire.Socket() as sock:
            job = sock.wait_job(sock.start_job_soon("slab")["id"])
            equal(job["state"], "failed", "state")
            expect("max_walk_ms" in job["reason"], job["reason"])
            refused(errno.ETIME, sock.dump, "slab", job=job["id"])
    finally:
        limit.write_text(before, encoding="ascii")


def test_off_ends_jobs():
    """Switching off stops all collecting."""
    with wire.Socket() as sock:
        wire.shared().set_enabled(0)
        refused(errno.EOPNOTSUPP, sock.start_job, "slab")
        wire.shared().set_enabled(1)
        job = sock.start_job("slab")
        wire.shared().set_enabled(0)
        job = sock.wait_job(job["id"])
        wire.shared().set_enabled(1)
        # The job may have been done before.
        expect(job["state"] == "done" or "off" in job["reason"], f"{job}")


def test_under_load():
    """Counts of lists that change all the time stay possible."""
    with fixture.Fixture(objects=[300, 300]) as world:
        stop = threading.Event()

        def churn():
            os.sched_setaffinity(0, {os.cpu_count() - 1})
            while not stop.is_set():
                world.act("alloc 700")
                world.act("free 600 random")
                world.act("free-bulk 100")

        thread = threading.Thread(target=churn)
        thread.start()
        errors = 0
        try:
            for _ in range(300):
                record = exact(FIXTURE)
                errors += bool(record.get("inuse_error_objects"))
                if "nr_inuse_objects" in record:
                    expect(record["nr_inuse_objects"]
                           <= record["nr_objects"], f"{record}")
        finally:
            stop.set()
            thread.join()
        note(f"{errors} of 300 counts had an error")
        if module.HAS_CHECKERS:
            world.act("shrink")
        record = exact(FIXTURE)
        # Objects that KASAN kept have spread the live ones over many slabs,
        # maybe more than the cap of a list.
        if module.HAS_CHECKERS and record["approximate"]:
            record = by_job(FIXTURE)
        check(world, "afterwards", record)


def test_a_walk_under_churn_claims_no_error():
    """Objects come and go behind and before the walk, which misses them.

    At every moment the number of live objects is within 50 of the start.  A
    count may leave that range by its error at most, or it has no error.
    """
    live, step, wrong, rows = 8000, 50, 0, []
    with fixture.Fixture(objects=[1]) as world:
        world.act(f"alloc {2 * live}")
        world.act(f"free {live} random")
        stop = threading.Event()

        def churn():
            while not stop.is_set():
                world.act(f"free {step} random")
                world.act(f"alloc {step}")

        thread = threading.Thread(target=churn)
        largest = world.live()
        thread.start()
        try:
            rows = [by_job(FIXTURE) for _ in range(20)]
        finally:
            stop.set()
            thread.join()
    # What CPUs keep may change during each try: then there is no count.
    counted = [row for row in rows if "nr_inuse_objects" in row]
    expect(len(counted) >= len(rows) / 2, f"{len(counted)} have a count")
    for row in counted:
        equal(row["inuse_basis"], "pages", "basis")
        count = row["nr_inuse_objects"]
        off = max(largest - step - count, count - largest, 0)
        wrong += off > 0
        expect(off <= row.get("inuse_error_objects", off), f"{row}")
    note(f"{wrong} of {len(counted)} counts were out of range")


def waits_for_mutex():
    """Tell whether the first message of a dump says that it waits."""
    with wire.Socket() as sock:
        sock.send(sock.family, spec.KINDS["slab"].command, b"",
                  wire.NLM_F_DUMP)
        data, *_ = sock.sock.recvmsg(wire.RECEIVE_BYTES)
        return struct.unpack_from("<IH", data)[1] == wire.NLMSG_NOOP


def test_jobs_wait_for_slab_mutex():
    """Jobs succeed, however many start while slab_mutex is held.

    A job gives up after two seconds. So retry, as this machine may stand still
    and hold the mutex for too long or too short a time.
    """
    def jobs_while_held():
        with wire.Socket() as sock:
            holder = threading.Thread(target=world.act, args=("hold 1000",))
            holder.start()
            try:
                deadline = time.monotonic() + 20
                while not waits_for_mutex():
                    expect(time.monotonic() < deadline,
                           "the mutex was never busy")
                jobs = [sock.start_job_soon("slab")["id"] for _ in range(2)]
                jobs.append(sock.start_job_soon(
                    "trace", cache=FIXTURE, duration_ns=10_000_000)["id"])
                expect(waits_for_mutex() and holder.is_alive(),
                       "the mutex was not held for long enough")
                for job in jobs:
                    record = sock.wait_job(job)
                    equal(record["state"], "done", f"{record}")
            finally:
                holder.join()

    with fixture.Fixture(objects=[1]) as world:
        retry(jobs_while_held)


def test_jobs_make_way():
    """Other readers get slab_mutex between the steps of a job."""
    reads = refusals = 0
    caches = 50 if module.HAS_CHECKERS else 500
    with fixture.Fixture(caches=caches, item_size=64), wire.Socket() as sock:
        for _ in range(30):
            if reads > 30:
                break
            job = sock.start_job("slab")["id"]
            while True:
                record, = sock.dump("job", id=job)
                if record["state"] != "running":
                    break
                # The walk comes first.
                if record["progress_permille"] < 990:
                    continue
                found = wire.refused(sock.dump, "slab", name="dentry")
                if found:
                    equal(found.errno, errno.EBUSY, "errno")
                reads += 1
                refusals += bool(found)
            equal(record["state"], "done", f"{record}")
            sock.stop_job(job)
    note(f"{refusals} of {reads} reads were refused")
    expect(reads > 10, f"only {reads} reads between steps")
    expect(refusals <= reads // 10, f"{refusals} of {reads} were refused")


def test_jobs_go_with_their_socket():
    """Running jobs and done ones go, with their memory."""
    # A stopped job takes a moment to end.
    before = settle()
    for wait in (False, True):
        with wire.Socket() as sock:
            job = sock.start_job("slab")
            if wait:
                sock.wait_job(job["id"])
        equal(wire.shared().dump("job"), [], "jobs left")
    on_netlink.expect_memory(wire.shared(), before)


def settle():
    """Wait until the module's memory no longer changes; its bytes."""
    seen = []
    while len(seen) < 100 and (len(seen) < 3 or len(set(seen[-3:])) > 1):
        seen.append(wire.shared().status()["memory_bytes"])
        theirs.read("/proc/slabinfo")
    return seen[-1]


# The tests that depend on the number of CPUs with free objects.
MANY_CPUS = [test_every_pattern_on_all_cpus, test_all_caches_at_once,
             test_long_lists_take_a_job, test_under_load]
