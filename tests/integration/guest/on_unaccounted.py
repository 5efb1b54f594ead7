# SPDX-License-Identifier: GPL-2.0-only
"""Pages nobody accounts for: the fixture takes them, the right row rises."""

import fixture
import load
import theirs
import wire
from ktap import expect, note

N = 8192

# Once the counters are folded only the test's own doings are left.
SETTLED_ERROR = 512


def rows():
    """Unaccounted, vmalloc and error of nodes 0, 1 and the host (None)."""
    load.settle()
    return {row.get("node"): row for row in wire.records("node")}


def risen(before, after, key, field="unaccounted_pages"):
    """By how much a field of a row rose."""
    return after[key][field] - before[key][field]


def expect_risen(before, after, key, want, field="unaccounted_pages"):
    """A row's field rose by this, within the promised error and the real."""
    got = risen(before, after, key, field)
    error = after[key]["unaccounted_error_pages"]
    where = "host" if key is None else f"node {key}"
    note(f"{where} {field}: {got:+} for {want:+}, error {error}")
    expect(error < N / 2, f"{where}: an error of {error} would hide {N} pages")
    expect(abs(got - want) <= error,
           f"{where} {field} rose by {got}, not {want}, error {error}")
    expect(abs(got - want) <= SETTLED_ERROR,
           f"{where} {field} rose by {got}, not {want}, counters folded")


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
    expect(abs(nodes - N) <= SETTLED_ERROR,
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
