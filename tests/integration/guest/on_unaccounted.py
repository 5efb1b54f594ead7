# SPDX-License-Identifier: GPL-2.0-only
"""Pages that no counter explains: the fixture takes them, the right row rises.

Also with many CPUs: ours includes what each CPU has not folded yet.
"""

import os

import culprit
import fixture
import load
import theirs
import wire
from ktap import expect, note, retry

N = 8192

# Pages that the test itself may take meanwhile.
OWN = 512

# Of these, pages in no counter: before 7.x no node counts a module's memory.
OWN_UNCOUNTED = 64

# The largest error that the module promises.
MAX_ERROR_PER_CPU = 64

HOST = None


def rows():
    """Unaccounted, vmalloc and error of nodes 0, 1 and the host (None)."""
    return {row.get("node"): row for row in wire.records("node")}


def risen(before, after, key, field="unaccounted_pages"):
    """By how much a field of a row rose."""
    return after[key][field] - before[key][field]


def expect_risen(before, after, key, want, field="unaccounted_pages"):
    """Check that a field rose by this, within what the test itself takes.

    Only unaccounted pages have an error. Other fields include what others take:
    caches of the kernel grow as well.
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
    """At most 64 pages for each CPU, in any guest."""
    largest = MAX_ERROR_PER_CPU * os.cpu_count()
    for key, row in rows().items():
        error = row["unaccounted_error_pages"]
        note(f"{key}: {row['unaccounted_pages']} +- {error}")
        expect(0 < error <= largest, f"{key}: an error of {error} pages")


def test_a_quiet_host_has_some():
    """Drivers always take pages; those of disks for each CPU."""
    pages = rows()[HOST]["unaccounted_pages"]
    expect(pages > 0, f"{pages} pages unaccounted")


def around_a_fold():
    """(change, error) of unaccounted pages when the kernel folds counters."""
    before = rows()[HOST]
    load.settle()
    after = rows()[HOST]
    change = risen({HOST: before}, {HOST: after}, HOST)
    note(f"{before['unaccounted_pages']}, folded {change:+}")
    return abs(change), after["unaccounted_error_pages"]


def test_folding_changes_nothing():
    """Ours includes what the CPUs have not folded, at rest and under load."""
    work = ("while :; do cat /proc/[0-9]*/maps /proc/slabinfo; "
            "find /sys /tests -xdev; dd if=/dev/zero of=/tmp/load bs=64k "
            "count=100; done >/dev/null 2>&1")
    seen = [around_a_fold() for _ in range(3)]
    with culprit.script("busy", work), culprit.script("as-busy", work):
        seen += [around_a_fold() for _ in range(10)]
    for change, error in seen:
        expect(change <= error, f"{change} pages, error {error}: {seen}")


def cpu_takes(world, cpu, pages):
    """Take pages on one CPU."""
    os.sched_setaffinity(0, {cpu})
    world.act(f"take {pages}")


def test_pages_below_the_threshold_are_counted():
    """A few pages on each CPU stay below its fold threshold, and count."""
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
    """alloc_pages_node(1): node 1 and host rise by N, node 0 does not."""
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
    """The host counts them as vmalloc, and nodes do where the kernel can."""
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


def make_slab_objects():
    """Make 20000 objects on node 1, and compare what rises there."""
    before = rows()
    with fixture.Fixture(objects=[0, 20000], item_size=1024):
        during = rows()
        name = "kmemscope_fixture"
        slabs = theirs.slab_node_attributes(name)[1][1]["nr_slabs"]
        pages = slabs << theirs.slab_attributes(name)["order"]
    expect(pages > 5000, f"20000 objects of 1 KiB in {pages} pages")
    expect_risen(before, during, 1, pages, "slab_unreclaimable_pages")
    expect_risen(before, during, 1, 0)


def test_slab_objects_are_not_unaccounted():
    """They raise the slab pages, and not the unaccounted ones."""
    # Others may take pages meanwhile: 2 MiB were seen once.
    retry(make_slab_objects)
