# SPDX-License-Identifier: GPL-2.0-only
"""Pages that no counter explains: the fixture takes them, the right row rises.

The same with many CPUs: what each keeps from the counters is in ours.
"""

import os

import culprit
import fixture
import load
import theirs
import wire
from ktap import expect, note

N = 8192

# What the test's own doings take meanwhile.
OWN = 512

# Of that, what no counter has: before 7.x a module's memory is in no node's.
OWN_UNCOUNTED = 64

# The promise of the error.
MOST_ERROR_PER_CPU = 64

HOST = None


def rows():
    """Unaccounted, vmalloc and error of nodes 0, 1 and the host (None)."""
    return {row.get("node"): row for row in wire.records("node")}


def risen(before, after, key, field="unaccounted_pages"):
    """By how much a field of a row rose."""
    return after[key][field] - before[key][field]


def expect_risen(before, after, key, want, field="unaccounted_pages"):
    """A row's field rose by this, within what the test's own doings take.

    The error is of unaccounted pages: others are in what the kernel counts,
    and other caches than the fixture's grow as well.
    """
    got = risen(before, after, key, field)
    error = after[key]["unaccounted_error_pages"]
    where = "host" if key is None else f"node {key}"
    note(f"{where} {field}: {got:+} for {want:+}, error {error}")
    expect(error < N / 2, f"{where}: an error of {error} would hide {N} pages")
    if field == "unaccounted_pages":
        expect(abs(got - want) <= error + OWN_UNCOUNTED,
               f"{where} {field} rose by {got}, not {want}, error {error}")
    expect(abs(got - want) <= OWN,
           f"{where} {field} rose by {got}, not {want}")


def test_error_is_small():
    """So many pages for each CPU, whatever the size of the guest."""
    most = MOST_ERROR_PER_CPU * os.cpu_count()
    for key, row in rows().items():
        error = row["unaccounted_error_pages"]
        note(f"{key}: {row['unaccounted_pages']} +- {error}")
        expect(0 < error <= most, f"{key}: an error of {error} pages")


def test_a_quiet_host_has_some():
    """There are always drivers; those of disks take some for each CPU."""
    pages = rows()[HOST]["unaccounted_pages"]
    expect(pages > 0, f"{pages} pages unaccounted")


def around_a_fold():
    """The host's row before and after the kernel adds what the CPUs keep."""
    before = rows()[HOST]
    load.settle()
    after = rows()[HOST]
    change = risen({HOST: before}, {HOST: after}, HOST)
    note(f"{before['unaccounted_pages']}, folded {change:+}")
    return abs(change), after["unaccounted_error_pages"]


def test_folding_changes_nothing():
    """What the CPUs keep is in it already, at rest and under load."""
    work = ("while :; do cat /proc/[0-9]*/maps /proc/slabinfo; "
            "find /sys /tests -xdev; dd if=/dev/zero of=/tmp/load bs=64k "
            "count=100; done >/dev/null 2>&1")
    seen = [around_a_fold() for _ in range(3)]
    with culprit.script("busy", work), culprit.script("as-busy", work):
        seen += [around_a_fold() for _ in range(10)]
    for change, error in seen:
        expect(change <= error, f"{change} pages, error {error}: {seen}")


def cpu_takes(world, cpu, pages):
    """Pages taken by one CPU."""
    os.sched_setaffinity(0, {cpu})
    world.act(f"take {pages}")


def test_no_cpu_keeps_what_it_took():
    """A few pages on each CPU stay below its threshold; all are counted."""
    cpus = os.sched_getaffinity(0)
    pages = 16
    with fixture.Fixture(objects=[1]) as world:
        load.settle()
        before = rows()[HOST]
        for cpu in cpus:
            cpu_takes(world, cpu, pages)
        after = rows()[HOST]
        os.sched_setaffinity(0, cpus)
    got = risen({HOST: before}, {HOST: after}, HOST)
    want = pages * len(cpus)
    note(f"{got:+} for {want:+}")
    expect(abs(got - want) <= after["unaccounted_error_pages"],
           f"rose by {got}, not {want}")


def test_pages_taken_on_one_node():
    """alloc_pages_node(1): node 1 rises by N, node 0 does not, host does."""
    before = rows()
    with fixture.Fixture(pages=[0, N]):
        during = rows()
    after = rows()
    expect_risen(before, during, 1, N)
    expect_risen(before, during, 0, 0)
    expect_risen(before, during, None, N)
    expect_risen(during, after, 1, -N)
    expect_risen(during, after, None, -N)


def test_vmalloc_is_accounted_for_the_host():
    """The host's row names them; the nodes' only where they are counted."""
    before = rows()
    with fixture.Fixture(vmalloc_pages=N):
        during = rows()
    expect_risen(before, during, None, N, "vmalloc_pages")
    expect_risen(before, during, None, 0)
    field = "vmalloc_pages" if "vmalloc_pages" in during[1] else \
        "unaccounted_pages"
    nodes = sum(risen(before, during, node, field) for node in (0, 1))
    expect(abs(nodes - N) <= OWN,
           f"the nodes' {field} rose by {nodes}, not {N}")


def test_slab_objects_are_not_unaccounted():
    """Slab memory has an owner: it moves the slab pages, not the rest."""
    before = rows()
    with fixture.Fixture(objects=[0, 20000], item_size=1024):
        during = rows()
        name = "kmemscope_fixture"
        slabs = theirs.slab_node_attributes(name)[1][1]["nr_slabs"]
        pages = slabs << theirs.slab_attributes(name)["order"]
    expect(pages > 5000, f"20000 objects of 1 KiB in {pages} pages")
    expect_risen(before, during, 1, pages, "slab_unreclaimable_pages")
    expect_risen(before, during, 1, 0)
