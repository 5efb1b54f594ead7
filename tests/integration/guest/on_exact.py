# SPDX-License-Identifier: GPL-2.0-only
"""Objects that are really in use: against the fixture, which knows."""

import errno
import os
import pathlib
import random
import struct
import threading
import time

import fixture
import on_netlink
import reader
import spec
import theirs
import wire
from ktap import again, equal, expect, note

FIXTURE = "kmemscope_fixture"
PARTIAL = "kmemscope_fixture_partial"

# Ways to make and to free objects; the second half frees.
MAKE = ["alloc {}", "bulk {}"]
FREE = ["free {} first", "free {} last", "free {} random", "free {} every",
        "free-bulk {}"]
STEPS = 120
MOST_LIVE = 6000

# Generic KASAN keeps freed objects back until a cache is shrunk.
HOLDS_BACK = "debug" in os.uname().release


def exact(name):
    """A cache's record with an exact count."""
    record, = wire.shared().dump("slab", name=name, exact=True)
    return record


def by_job(name):
    """The same from a walk over all pages."""
    with wire.Socket() as sock:
        job = sock.start_job("slab")
        equal(sock.wait_job(job["id"])["state"], "done", "state of the job")
        return next(record for record in sock.dump("slab", job=job["id"])
                    if record["name"] == name)


def check(world, what, record):
    """The three counts of one record against what is alive."""
    equal(record["nr_inuse_objects"], world.live(), f"{what}: in use")
    # What came and went during a walk over pages is not known.
    error = None if record["inuse_basis"] == "pages" else 0
    equal(record.get("inuse_error_objects"), error, f"{what}: error")
    equal(record["nr_active_objects"],
          record["nr_inuse_objects"] + record["nr_cached_objects"],
          f"{what}: active is in use and cached")


def step(world, rng):
    """Make or free some objects on some CPU, in some way."""
    os.sched_setaffinity(0, {rng.choice(sorted(range(os.cpu_count())))})
    live = world.live()
    number = rng.choice((1, 3, 17, 64, 333))
    frees = live > MOST_LIVE or (live and rng.random() < 0.5)
    words = rng.choice(FREE if frees else MAKE).format(
        min(number, live) if frees else number)
    world.act(words)
    if frees and HOLDS_BACK:
        world.act("shrink")
    return words


def follow(seed, **parameters):
    """Count after each of many steps; the most that was cached."""
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
    """Equal to the truth after each step."""
    cached = follow(1)
    note(f"up to {cached} objects were kept for CPUs")
    expect(cached > 20, "nothing was kept for CPUs, so nothing was shown")


def test_small_and_large_objects():
    """Many objects to a slab, and few."""
    for size in (8, 2048):
        cached = follow(size, item_size=size)
        note(f"{size} bytes: up to {cached} objects were kept for CPUs")


def test_debugged_caches():
    """slub_debug=FZPU for this cache: red zones, poison, users' tracks."""
    follow(2, debug=1)


def test_what_waits_for_a_grace_period_is_in_use():
    """Where kfree_rcu() collects objects in a sheaf of the CPU, too."""
    cpus = os.sched_getaffinity(0)
    try:
        with fixture.Fixture(objects=[100]) as world:
            os.sched_setaffinity(0, {0})
            try:
                world.act("free-rcu 3")
            except OSError as error:
                equal(error.errno, errno.EOPNOTSUPP, "errno")
                note("such a cache could not be destroyed on this kernel")
                return
            # So few stay there until there are more; but some that were there
            # before may have begun a grace period that takes these along.
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
    """What /proc/slabinfo says is in use is ours and what CPUs keep."""
    more = 0
    with fixture.Fixture(objects=[500, 500]) as world:
        # Of so many at least one leaves its CPU's slab half empty.
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
    """By default no CPU's lists are read."""
    for name in ("nr_inuse_objects", "nr_cached_objects",
                 "inuse_error_objects", "inuse_basis"):
        expect(not any(name in row for row in wire.records("slab")), name)


def test_all_caches_at_once():
    """A whole dump; what is in use is among what is active."""
    rows = wire.shared().dump("slab", exact=True)
    known = [row for row in rows if "nr_inuse_objects" in row]
    expect(len(known) >= 0.9 * len(rows),
           f"{len(known)} of {len(rows)} caches are known")
    for row in known:
        expect(row["nr_inuse_objects"] <= row["nr_active_objects"], f"{row}")
    note(f"{sum(row['nr_cached_objects'] for row in known)} objects cached")


def test_long_lists_take_a_job():
    """Beyond the cap lists tell nothing exact, but pages do."""
    with fixture.Fixture(partials=3000):
        record = exact(PARTIAL)
        equal(record["approximate"], 1, "approximate")
        expect("nr_inuse_objects" not in record, "a guess as exact")
        record = by_job(PARTIAL)
        objects = theirs.read(theirs.SLABS / PARTIAL / "objects").split()[0]
        equal(record["approximate"], 1, "approximate")
        expect("inuse_error_objects" not in record, "an error that is unknown")
        equal(record["nr_active_objects"], int(objects),
              "active as in /sys/kernel/slab")
        equal(record["nr_inuse_objects"], 3000, "in use")
        rows, _ = reader.records("slab", "--exact", PARTIAL, FIXTURE)
        found = {row["name"]: row for row in rows}
        equal(found[PARTIAL]["nr_inuse_objects"], 3000, "by the reader")
        equal(found[PARTIAL]["inuse_basis"], "pages", "basis")
        equal(found[FIXTURE]["inuse_basis"], "lists", "basis of a short list")


def test_to_name_a_column_is_to_ask():
    """And JSON without columns does not ask."""
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
    expect(found.text, "no word about it")


def test_a_job_is_its_sockets():
    """Nobody else takes its answer, and it is there once."""
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
    """No kind, a kind that no job collects, one too many."""
    with wire.Socket() as sock:
        refused(errno.EINVAL, sock.start_job, "zone")
        refused(errno.EINVAL, sock.start_job, "")
        refused(errno.ENOENT, sock.stop_job, 12345)
        jobs = [sock.start_job("slab")["id"] for _ in range(64)]
        equal(len(set(jobs)), 64, "jobs with a number of their own")
        refused(errno.EBUSY, sock.start_job, "slab")
        for job in jobs:
            sock.stop_job(job)


def test_a_job_has_an_end():
    """The module's parameter bounds its time, and it says so."""
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
    """As it ends all collecting."""
    with wire.Socket() as sock:
        wire.shared().set_enabled(0)
        refused(errno.EOPNOTSUPP, sock.start_job, "slab")
        wire.shared().set_enabled(1)
        job = sock.start_job("slab")
        wire.shared().set_enabled(0)
        job = sock.wait_job(job["id"])
        wire.shared().set_enabled(1)
        # It may have been through before.
        expect(job["state"] == "done" or "off" in job["reason"], f"{job}")


def test_under_load():
    """Lists that change all the time give numbers that can be."""
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
        note(f"{errors} of 300 counts had an error to tell")
        if HOLDS_BACK:
            world.act("shrink")
        record = exact(FIXTURE)
        # What was held back has put the live ones on many slabs, maybe on
        # more than are looked at in a list.
        if HOLDS_BACK and record["approximate"]:
            record = by_job(FIXTURE)
        check(world, "afterwards", record)


def test_a_walk_under_churn_claims_no_error():
    """Objects come and go behind and before the walk, unseen by anything.

    The number alive is within 50 of the start at every instant.  A count may
    leave that range only as far as its error says, or have no error.
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
        most = world.live()
        thread.start()
        try:
            rows = [by_job(FIXTURE) for _ in range(20)]
        finally:
            stop.set()
            thread.join()
    for row in rows:
        equal(row["inuse_basis"], "pages", "basis")
        count = row["nr_inuse_objects"]
        off = max(most - step - count, count - most, 0)
        wrong += off > 0
        expect(off <= row.get("inuse_error_objects", off), f"{row}")
    note(f"{wrong} of {len(rows)} counts were out of range")


def waits_for_mutex():
    """Whether a dump's first message says that it waits."""
    with wire.Socket() as sock:
        sock.send(sock.family, spec.KINDS["slab"].command, b"",
                  wire.NLM_F_DUMP)
        data, *_ = sock.sock.recvmsg(wire.RECEIVE_BYTES)
        return struct.unpack_from("<IH", data)[1] == wire.NLMSG_NOOP


def test_jobs_wait_for_slab_mutex():
    """They end well, however many start while another has it.

    A job gives up after two seconds, though: a machine that stood still must
    not be taken for one that had it for too long, or not for long enough.
    """
    def jobs_while_held():
        with wire.Socket() as sock:
            holder = threading.Thread(target=world.act, args=("hold 1000",))
            holder.start()
            try:
                deadline = time.monotonic() + 20
                while not waits_for_mutex():
                    expect(time.monotonic() < deadline, "it was never busy")
                jobs = [sock.start_job_soon("slab")["id"] for _ in range(2)]
                jobs.append(sock.start_job_soon(
                    "trace", cache=FIXTURE, duration_ns=10_000_000)["id"])
                expect(waits_for_mutex() and holder.is_alive(),
                       "it was not held for long enough")
                for job in jobs:
                    record = sock.wait_job(job)
                    equal(record["state"], "done", f"{record}")
            finally:
                holder.join()

    with fixture.Fixture(objects=[1]) as world:
        again(jobs_while_held)


def test_jobs_make_way():
    """Between their steps others get slab_mutex."""
    reads = refusals = 0
    caches = 50 if HOLDS_BACK else 500
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
    expect(reads > 10, f"only {reads} reads while steps were made")
    expect(refusals <= reads // 10, f"{refusals} of {reads} were refused")


def test_jobs_go_with_their_socket():
    """Running or done, and the memory of both."""
    # A job that is stopped takes a moment to notice.
    before = settle()
    for wait in (False, True):
        with wire.Socket() as sock:
            job = sock.start_job("slab")
            if wait:
                sock.wait_job(job["id"])
        equal(wire.shared().dump("job"), [], "jobs left")
    on_netlink.expect_memory(wire.shared(), before)


def settle():
    """Wait until the module's memory stays as it is; its bytes."""
    seen = []
    while len(seen) < 100 and (len(seen) < 3 or len(set(seen[-3:])) > 1):
        seen.append(wire.shared().status()["memory_bytes"])
        theirs.read("/proc/slabinfo")
    return seen[-1]


# What depends on how many CPUs keep free objects.
MANY_CPUS = [test_every_pattern_on_all_cpus, test_all_caches_at_once,
             test_long_lists_take_a_job, test_under_load]
