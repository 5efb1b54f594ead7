# SPDX-License-Identifier: GPL-2.0-only
"""A node with CPUs and without memory: its CPUs use memory of other nodes."""

import contextlib
import os

import fixture
import theirs
import wire
from ktap import equal, expect

FIXTURE = "kmemscope_fixture"


def node():
    """The number of that node; nodes 0 and 1 have memory."""
    equal(theirs.read(theirs.NODES / "has_memory").strip(), "0-1", "memory")
    empty, = set(theirs.nodes()) - {0, 1}
    return empty


@contextlib.contextmanager
def on_its_cpu():
    """Run the block on the CPU of this node."""
    cpus = os.sched_getaffinity(0)
    os.sched_setaffinity(
        0, {int(theirs.read(theirs.NODES / f"node{node()}/cpulist"))})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cpus)


def test_its_record():
    """Its CPUs and distances equal the kernel's, and it has no pages."""
    row, = wire.records("node", node=node())
    folder = theirs.NODES / f"node{node()}"
    equal(row["cpus"], theirs.read(folder / "cpulist").strip(), "CPUs")
    equal(row["distances"].split(","), theirs.read(folder / "distance").split(),
          "distances")
    shown = theirs.node_meminfo(node())
    for field, pages in shown.items():
        equal(row[field], pages, field)
    expect(shown, "nothing in its meminfo")
    equal({field for field, value in row.items()
           if field.endswith("_pages") and value}, set(), "pages")


def test_its_counters():
    """Counters of the node equal its vmstat; there are none of zones."""
    rows = wire.records("counter", node=node())
    equal([row for row in rows if "zone" in row], [], "counters of zones")
    shown = theirs.node_vmstat(node())
    for row in rows:
        equal(row["value"], shown[row["name"]], row["name"])
    of_zones = {row["name"] for row in wire.records("counter", node=0)
                if "zone" in row}
    equal(shown.keys() - {row["name"] for row in rows}, of_zones & shown.keys(),
          "names that its vmstat alone has")


def test_no_zone_and_no_slab():
    """It has no such records, and a request for one is refused."""
    for kind in ("zone", "buddy", "migratetype", "slab_node"):
        equal({record["node"] for record in wire.records(kind)}, {0, 1},
              f"nodes of {kind}")
        refused = wire.refused(wire.records, kind, node=node())
        expect(refused and "no record has this node" in refused.text,
               f"{kind}: {refused}")
    expect(fixture.try_load(objects=[1, 1, 1]), "the fixture found memory")


def test_objects_that_its_cpu_takes():
    """They are on other nodes, and none is lost."""
    with on_its_cpu(), fixture.Fixture(objects=[1], item_size=1024) as world:
        world.act("alloc 3000")
        cache, = wire.shared().dump("slab", name=FIXTURE, exact=True)
        nodes = wire.records("slab_node", name=FIXTURE)
        walked, = [row for row in wire.by_job("slab")[0]
                   if row["name"] == FIXTURE]
    equal(cache["nr_inuse_objects"], 3001, "in use, by lists")
    equal(walked["nr_inuse_objects"], 3001, "in use, by pages")
    for field in ("nr_objects", "nr_active_objects", "nr_slabs"):
        equal(sum(row[field] for row in nodes), cache[field], field)


def test_jobs_on_its_cpu():
    """A trace and a walk over the dentries, both started there."""
    with on_its_cpu(), fixture.Fixture(objects=[1]) as world:
        with wire.Socket() as sock:
            job = sock.start_trace(cache=FIXTURE, duration_ns=50_000_000_000)
            world.act("alloc 7")
            sock.finish_job(job)
            equal(sock.wait_job(job)["state"], "done", "the trace's state")
            trace, = sock.dump("trace", job=job)
            equal(trace["nr_allocs"], 7, "traced")
        total, = wire.by_job("dentry")[0]
    expect(total["nr_hashed"] > 1000, f"{total}")
