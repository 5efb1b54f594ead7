# SPDX-License-Identifier: GPL-2.0-only
"""Compare zones and their free blocks with /proc and debugfs/extfrag."""

import load
import tables
import theirs
import wire
from compare import ROUNDS, Comparison, cells, compare
from ktap import equal, expect, note
from tape import Tape

PAGE = 4096

# The blocks of one lock hold; a longer list gives a lower bound.
MAX_BLOCKS = 256


def zones():
    """Our zones by node and name."""
    return {(row["node"], row["zone"]): row for row in wire.records("zone")}


def orders():
    """Our free blocks by node, zone and order."""
    return {(row["node"], row["zone"], row["order"]): row
            for row in wire.records("buddy")}


def their_orders():
    """The kernel's free blocks and indices, from its three files."""
    rows = {}
    for field, table in {
            "nr_free": theirs.buddyinfo(),
            "unusable_index": theirs.extfrag("unusable_index"),
            "extfrag_index": theirs.extfrag("extfrag_index")}.items():
        for (node, zone), values in table.items():
            for order, value in enumerate(values):
                rows.setdefault((node, zone, order), {})[field] = value
    return rows


def their_zones():
    """Zones of /proc/zoneinfo, with the largest free order of buddyinfo."""
    load.settle()  # ours includes the counters of each CPU
    rows = theirs.zoneinfo()[0]
    for key, blocks in theirs.buddyinfo().items():
        free = [order for order, count in enumerate(blocks) if count]
        if free:
            rows[key]["largest_free_order"] = free[-1]
    return rows


def compare_zones():
    """Compare every field of a zone that both have."""
    fields = {field for _, field in cells(their_zones())}
    equal(fields, {"free_pages", "min_pages", "low_pages", "high_pages",
                   "spanned_pages", "present_pages", "managed_pages",
                   "lowmem_reserve_pages", "pcp_pages", "largest_free_order"},
          "fields that /proc shows")
    compare(lambda: cells(their_zones()), lambda: cells(zones(), fields))


def compare_orders():
    """Compare free blocks and both indices of every order."""
    fields = {"nr_free", "unusable_index", "extfrag_index"}
    compare(lambda: cells(their_orders()), lambda: cells(orders(), fields))


def test_zones_equal_zoneinfo():
    """At rest, on a guest with two nodes."""
    expect({node for node, _ in zones()} >= {0, 1}, "no zone of node 1")
    compare_zones()


def test_contiguous_agrees_with_the_spans():
    """A zone without holes is contiguous; a zone with small holes may be."""
    whole = [key for key, row in zones().items()
             if row["spanned_pages"] == row["present_pages"]]
    note(f"without holes: {whole}")
    expect(whole, "every zone has holes")
    for key, row in zones().items():
        expect(row["contiguous"] in (0, 1), f"{key}: {row['contiguous']}")
        expect(row["contiguous"] or key not in whole,
               f"{key} has no holes and is not contiguous")


def test_orders_equal_buddyinfo_and_extfrag():
    """At rest."""
    equal(len({order for *_, order in orders()}), 11, "orders")
    compare_orders()


def test_free_bytes_follow_from_the_blocks():
    """A block of an order has 2^order pages."""
    for (*_, order), row in orders().items():
        equal(row["free_bytes"], row["nr_free"] * (PAGE << order),
              f"{row} free_bytes")


def test_migratetypes_equal_pagetypeinfo():
    """A list that was walked to its end is exact, else a lower bound."""
    bounds = {}

    def ours(records):
        rows = {}
        for row in records:
            key = (row["node"], row["zone"], row["migratetype"], row["order"])
            expect(key not in rows, f"{key} occurs twice")
            rows[key] = row["nr_free"]
            if row["approximate"]:
                bounds[key] = row["nr_free"]
        return rows

    def exact(rows):
        return {key: value for key, value in rows.items()
                if key not in bounds}

    with tables.HeldTable("migratetype") as held:
        everything = ours(tables.parse("migratetype", held.read())[1])
        kinds = {kind for _, _, kind, _ in everything}
        expect(len(kinds) >= 4, f"only the migrate types {kinds}")
        comparison, kernel = Comparison(), Tape(theirs.pagetypeinfo)
        for _ in range(ROUNDS):
            before, text, after = kernel.record(), held.read(), kernel.record()
            mine = ours(tables.parse("migratetype", text)[1])
            if comparison.round(exact(kernel.play(before)), exact(mine),
                                exact(kernel.play(after))):
                break
        comparison.finish()
    for key, seen in bounds.items():
        expect(seen <= MAX_BLOCKS, f"{key}: {seen} blocks in one hold")
        real = theirs.pagetypeinfo()[key]
        # The list may have shrunk since then, but not by half.
        expect(real is None or real >= seen / 2,
               f"{key}: at least {seen}, the kernel has {real}")
    note(f"{len(bounds)} of {len(everything)} lists are lower bounds")


def test_zones_and_orders_follow_hogged_memory():
    """After processes allocated memory and freed it in pieces."""
    load.hog()
    compare_zones()
    compare_orders()


def test_filters_ask_for_one_zone_or_order():
    """The answer has the requested records, and no other."""
    node, zone = sorted(zones())[-1]
    equal([(row["node"], row["zone"]) for row in
           wire.records("zone", node=node, zone=zone)], [(node, zone)],
          "zone by node and name")
    rows = wire.records("buddy", node=node, zone=zone, order=3)
    equal([(row["node"], row["zone"], row["order"]) for row in rows],
          [(node, zone, 3)], "buddy by all keys")
    rows = wire.records("migratetype", node=node, zone=zone,
                        migratetype="Movable")
    equal({(row["node"], row["zone"], row["migratetype"]) for row in rows},
          {(node, zone, "Movable")}, "migratetype by three keys")
    equal(len(rows), 11, "orders of one migrate type")
