# SPDX-License-Identifier: GPL-2.0-only
"""Compare slab caches with /proc/slabinfo, /sys/kernel/slab and the fixture."""

import errno
import os
import tempfile
import time

import fixture
import load
import reader
import theirs
import wire
from compare import ROUNDS, Comparison, cells, compare
from ktap import equal, expect, note

PAGE = 4096
FIXTURE = "kmemscope_fixture"

# The columns of /proc/slabinfo.
SLABINFO = {"nr_active_objects", "nr_objects", "size", "objects_per_slab",
            "order", "nr_slabs"}


# The address space of a reader is in these, and gone when theirs is read.
# test_every_cache_equals_slabinfo() compares them without another process.
OF_A_PROCESS = {"maple_node"}


def by_name():
    """Our caches by name; no name may occur twice."""
    records = wire.records("slab")
    rows = {record["name"]: record for record in records}
    equal(len(rows), len(records), "caches with a name of their own")
    return rows


def by_name_and_node():
    """Our caches by name and node."""
    records = wire.records("slab_node")
    rows = {(record["name"], record["node"]): record for record in records}
    equal(len(rows), len(records), "caches and nodes, each once")
    return rows


def is_fixture(key):
    """Tell whether a cell is of the fixture, which never moves."""
    row = key[0] if isinstance(key[0], str) else key[0][0]
    return row.startswith(FIXTURE)


def compare_with_slabinfo():
    """Compare every cache and column of /proc/slabinfo."""
    # Estimates cannot be equal; they have a test below.
    estimated = {(name, "nr_active_objects") for name, row in by_name().items()
                 if row.get("approximate")}

    def exact(rows):
        return {key: value for key, value in cells(rows, SLABINFO).items()
                if key not in estimated}

    note(f"{len(estimated)} caches with estimated counts")
    compare(lambda: exact(theirs.slabinfo()), lambda: exact(by_name()),
            always=is_fixture)


def sysfs_of(name):
    """The numbers of a cache in /sys/kernel/slab, in total and by node."""
    try:
        total, nodes = theirs.slab_node_attributes(name)
        rows = {name: theirs.slab_attributes(name) | total}
    except FileNotFoundError:
        return {}  # the cache went away meanwhile
    return cells(rows | {(name, node): row for node, row in nodes.items()})


def ours_of(name):
    """Our numbers of a cache, in total and by node."""
    try:
        rows = {name: row for row in wire.records("slab", name=name)}
        rows |= {(name, row["node"]): row
                 for row in wire.records("slab_node", name=name)}
    except wire.Refused as refused:
        if refused.errno == errno.ENOENT:
            return {}
        raise
    return cells(rows)


def compare_with_sysfs():
    """Compare cache by cache: reading all files at once moves some caches."""
    comparison = Comparison(always=is_fixture)
    names = list(by_name())
    for name in names:
        for _ in range(ROUNDS):
            before, mine, after = sysfs_of(name), ours_of(name), sysfs_of(name)
            # sysfs has not all of our fields.
            mine = {key: mine[key] for key in mine.keys() & before.keys()}
            if comparison.round(before, mine, after):
                break
    expect(len(comparison.known) > 10 * len(names),
           "sysfs shows too little")
    comparison.finish()


def test_every_cache_equals_slabinfo():
    """At rest."""
    compare_with_slabinfo()


def test_every_cache_equals_sysfs():
    """Geometry, flags, aliases and the counts of each node."""
    compare_with_sysfs()


def test_the_readers_json_equals_slabinfo():
    """The whole path: module, netlink, reader, JSON."""
    comparison = Comparison()
    for _ in range(ROUNDS):
        before = theirs.read("/proc/slabinfo")
        rows, answer = reader.records("slab")
        after = theirs.read("/proc/slabinfo")
        known = {name: counts for name, counts in
                 theirs.slabinfo(before).items() if name not in OF_A_PROCESS}
        mine = cells({row["name"]: row for row in rows
                      if row["name"] not in OF_A_PROCESS}, SLABINFO)
        if comparison.round(cells(known), mine, cells(theirs.slabinfo(after))):
            break
    comparison.finish()
    equal(answer["version"], wire.shared().status()["version"], "version")
    equal(answer["boot_id"],
          theirs.read("/proc/sys/kernel/random/boot_id").strip(), "boot_id")
    now = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    expect(0 <= now - answer["boottime_ns"] < 60 * 10**9,
           f"boottime_ns {answer['boottime_ns']}, now it is {now}")


def test_merged_caches_are_counted_as_aliases():
    """A kernel that merges caches has aliases, and our records have them."""
    aliases = [row["name"] for row in by_name().values() if row["nr_aliases"]]
    expect(aliases, "no cache has an alias")
    note(f"{len(aliases)} caches with aliases")


def test_counts_follow_created_files():
    """Thousands of files grow the dentry and inode caches, and our counts."""
    before = by_name()["dentry"]["nr_active_objects"]
    with tempfile.TemporaryDirectory() as folder:
        for number in range(3000):
            with open(os.path.join(folder, f"f{number}"), "wb"):
                pass
        grown = by_name()["dentry"]["nr_active_objects"] - before
        # Per-CPU free objects counted as active before: since the sheaves of
        # 7.x some hundreds.
        expect(grown >= 2000, f"3000 files made dentry grow by {grown}")
        compare_with_slabinfo()
    compare_with_slabinfo()


def test_counts_follow_hogged_memory():
    """After processes allocated memory and freed it."""
    load.hog()
    compare_with_slabinfo()


def test_fixture_is_exact_on_each_node():
    """The numbers of live objects are known, and every slab has holes."""
    want = {0: 1000, 1: 2000}
    with fixture.Fixture(objects=[1000, 2000], freed=[500, 1000],
                         item_size=200):
        cache, nodes = by_name()[FIXTURE], by_name_and_node()
        equal(cache["nr_active_objects"], 3000, "live objects")
        equal(cache["object_size"], 200, "object_size")
        equal(cache["nr_aliases"], 0, "nr_aliases")
        equal(cache["approximate"], 0, "approximate")
        equal(cache["coverage_permille"], 1000, "coverage_permille")
        for node, live in want.items():
            row = nodes[FIXTURE, node]
            equal(row["nr_active_objects"], live, f"live on node {node}")
            equal(row["nr_partial_slabs"], row["nr_slabs"],
                  f"partial slabs on node {node}")
        compare_with_slabinfo()
        compare_with_sysfs()


def test_fixture_refuses_bad_parameters():
    """A node without memory, and numbers out of range."""
    for bad in ({"objects": [0] * 5 + [1]}, {"pages": [0] * 7 + [1]},
                {"item_size": 4}, {"caches": 5001},
                {"objects": [1], "freed": [2]}):
        status = fixture.try_load(**bad)
        expect(status, f"the fixture took {bad}")
    expect(FIXTURE not in by_name(), "a refused fixture left its cache")


def test_fixture_gone_is_gone():
    """After rmmod the fixture has no record."""
    expect(FIXTURE not in by_name(), "the fixture's cache is still there")


def test_many_caches_come_each_once():
    """A dump of many messages is complete."""
    with fixture.Fixture(caches=500, item_size=64):
        names = {name for name in by_name() if name.startswith(FIXTURE + "_")}
        want = {f"{FIXTURE}_{number:04}" for number in range(500)}
        equal(names ^ want, set(), "caches missing or too many")
        compare_with_slabinfo()


def test_derived_numbers_follow_from_the_counts():
    """Bytes and waste of caches and nodes."""
    for row in by_name().values():
        check_bytes(row, row)
    caches = {row["name"]: row for row in by_name().values()}
    for row in by_name_and_node().values():
        if row["name"] in caches:
            check_bytes(row, caches[row["name"]])


def check_bytes(row, cache):
    """Check the bytes of a record against its counts and its cache."""
    what = f"{row['name']} {row.get('node', '')}"
    equal(row["total_bytes"], row["nr_slabs"] * (PAGE << cache["order"]),
          f"{what} total_bytes")
    if "nr_active_objects" not in row:
        for field in ("active_bytes", "wasted_bytes", "approximate"):
            expect(field not in row, f"{what} {field} of an unknown count")
        return
    active = row["nr_active_objects"]
    equal(row["active_bytes"], active * cache["size"], f"{what} active_bytes")
    equal(row["wasted_basis"], "active", f"{what} wasted_basis")
    equal(row["wasted_bytes"],
          row["total_bytes"] - active * cache["object_size"],
          f"{what} wasted_bytes")


def test_nodes_add_up_to_the_cache():
    """The record of a cache is the sum of the records of its nodes."""
    def sums():
        """Sums of the nodes; none if a node lacks a field for a busy lock."""
        rows = {}
        for (name, _), record in by_name_and_node().items():
            row = rows.setdefault(name, {})
            for field in ("nr_slabs", "nr_objects", "nr_partial_slabs",
                          "nr_active_objects", "total_bytes", "wasted_bytes"):
                row.setdefault(field, []).append(record.get(field))
        return cells({name: {field: sum(values)
                             for field, values in row.items()
                             if None not in values}
                      for name, row in rows.items()})

    fields = {field for _, field in sums()}
    compare(sums, lambda: cells(by_name(), fields), always=is_fixture)


def test_long_partial_list_is_estimated():
    """Beyond the cap the count is scaled up, marked as such, and close."""
    with fixture.Fixture(objects=[100, 20000], freed=[50, 10000]):
        cache, nodes = by_name()[FIXTURE], by_name_and_node()
        total, kernel = theirs.slab_node_attributes(FIXTURE)
        expect(kernel[1]["nr_partial_slabs"] > 512,
               f"too few partial slabs to be capped: {kernel[1]}")
        equal(nodes[FIXTURE, 0]["nr_active_objects"], 100, "live on node 0")
        equal(nodes[FIXTURE, 0]["approximate"], 0, "approximate on node 0")
        for row in (nodes[FIXTURE, 1], cache):
            equal(row["approximate"], 1, "approximate")
            expect(0 < row["coverage_permille"] < 1000,
                   f"coverage_permille {row['coverage_permille']}")
        # The holes are spread evenly, so any sample is fair.
        estimate = nodes[FIXTURE, 1]["nr_active_objects"]
        expect(abs(estimate - 20000) <= 600,
               f"estimate of 20000 is {estimate}")
        equal({field: cache[field] for field in total}, total, "totals")
        most = wire.shared().status()["list_lock_most_entries"]
        expect(200 <= most <= 256, f"list_lock_most_entries is {most}")


def test_filters_ask_for_one_cache_or_node():
    """The answer has the requested records, and no other."""
    with fixture.Fixture(objects=[10, 20]):
        rows = wire.records("slab", name=FIXTURE)
        equal([row["name"] for row in rows], [FIXTURE], "slab by name")
        rows = wire.records("slab_node", name=FIXTURE, node=1)
        equal([(row["name"], row["node"], row["nr_active_objects"])
               for row in rows], [(FIXTURE, 1, 20)], "slab-node by both")
        rows = wire.records("slab_node", node=1)
        equal({row["node"] for row in rows}, {1}, "slab-node by node")
        everything = by_name_and_node()
        expect(len(rows) >= 0.9 * len(everything) / 2,
               f"{len(rows)} of {len(everything)} rows are node 1's")
