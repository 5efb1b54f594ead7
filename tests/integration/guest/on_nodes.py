# SPDX-License-Identifier: GPL-2.0-only
"""Compare nodes, the host and the counters with /proc and /sys."""

import contextlib
import ctypes
import mmap
import os
import re
import subprocess

import load
import tables
import theirs
import wire
from compare import cells, compare
from ktap import equal, expect, note

HOST = "host"

LIBC = ctypes.CDLL(None, use_errno=True)
MCL_CURRENT = 1

# Our fields -> the node counters of zoneinfo that add up to them.
SUMS = {
    "lru_pages": ["nr_inactive_anon", "nr_active_anon", "nr_inactive_file",
                  "nr_active_file", "nr_unevictable"],
    "isolated_pages": ["nr_isolated_anon", "nr_isolated_file"],
    # Only before v7.x; /proc/meminfo still shows it later
    "writeback_temp_pages": ["nr_writeback_temp"],
    # Only since v7.x
    "vmalloc_pages": ["nr_vmalloc"],
    "balloon_pages": ["nr_balloon_pages"],
    "gpu_pages": ["nr_gpu_active", "nr_gpu_reclaim"],
}

# The terms that unaccounted pages leave out, for nodes and for the host.
TERMS = ["free_pages", "pcp_pages", "lru_pages", "isolated_pages",
         "slab_reclaimable_pages", "slab_unreclaimable_pages",
         "kernel_stack_pages", "page_table_pages", "zsmalloc_pages",
         "hugetlb_pages"]

# More terms, of kernels that count them: may-lack.yaml says which.
TERMS_OF_SOME = ["secondary_page_table_pages", "gpu_pages",
                 "writeback_temp_pages", "memmap_pages"]


def rows_of_nodes():
    """Our records by node; the record without a node is the host."""
    records = wire.records("node")
    equal([record.get("node") for record in records].count(None), 1,
          "records without a node")
    return {record.get("node", HOST): record for record in records}


def from_zoneinfo():
    """The fields of a node that only /proc/zoneinfo has."""
    zones, zone_counters, node_counters = theirs.zoneinfo()
    rows = {node: {} for node in theirs.nodes()}
    for (node, _), zone in zones.items():
        for field in ("spanned_pages", "present_pages", "managed_pages",
                      "pcp_pages"):
            rows[node][field] = rows[node].get(field, 0) + zone[field]
    for node, row in rows.items():
        for field, names in SUMS.items():
            if (node, names[0]) in node_counters:
                row[field] = sum(node_counters[node, name] for name in names)
        row["zsmalloc_pages"] = sum(
            value for (where, _, name), value in zone_counters.items()
            if where == node and name == "nr_zspages")
    rows[HOST] = {field: sum(row[field] for row in rows.values())
                  for field in rows[0]}
    return rows


def their_nodes():
    """All that the kernel reports of its nodes and of the host."""
    load.settle()  # ours includes the counters of each CPU
    rows = from_zoneinfo()
    for node in theirs.nodes():
        folder = theirs.NODES / f"node{node}"
        rows[node] |= theirs.node_meminfo(node)
        rows[node]["cpus"] = theirs.read(folder / "cpulist").strip()
        rows[node]["distances"] = ",".join(
            theirs.read(folder / "distance").split())
    rows[HOST] |= theirs.meminfo()
    counters_of_host = theirs.vmstat()
    if "nr_memmap_pages" in counters_of_host:
        rows[HOST]["memmap_pages"] = counters_of_host["nr_memmap_pages"]
    return rows


@contextlib.contextmanager
def locked_memory(pages):
    """Memory of this process that cannot be reclaimed."""
    memory = mmap.mmap(-1, pages * mmap.PAGESIZE)
    try:
        memory.write(bytes(len(memory)))
        if LIBC.mlockall(MCL_CURRENT):
            raise OSError(ctypes.get_errno(), "mlockall")
        yield
    finally:
        LIBC.munlockall()
        memory.close()


@contextlib.contextmanager
def huge_pages(count):
    """Put huge pages into the pool of node 1, so that the field is not 0."""
    pool = theirs.NODES / "node1/hugepages/hugepages-2048kB/nr_hugepages"
    pool.write_text(str(count), encoding="ascii")
    try:
        equal(int(theirs.read(pool)), count, "huge pages the kernel gave")
        yield
    finally:
        pool.write_text("0", encoding="ascii")


def compare_nodes():
    """Compare every field of nodes and host that both have."""
    fields = {field for _, field in cells(their_nodes())}
    # A field that /proc does not show must be absent in ours as well.
    for field in set(theirs.MEMINFO) - fields:
        for key, row in rows_of_nodes().items():
            expect(field not in row, f"/proc shows no {field}, {key} does")
    # Theirs has no CPUs of the host.
    compare(lambda: cells(their_nodes()),
            lambda: {key: value
                     for key, value in cells(rows_of_nodes(), fields).items()
                     if key != (HOST, "cpus")})


def test_nodes_equal_proc_and_sys():
    """At rest."""
    compare_nodes()


def test_nodes_with_huge_pages():
    """A pool on node 1 counts for node and host, in base pages."""
    with huge_pages(4):
        rows = rows_of_nodes()
        equal([rows[key]["hugetlb_pages"] for key in (0, 1, HOST)],
              [0, 4 * 512, 4 * 512], "hugetlb_pages of nodes 0, 1 and host")
        compare_nodes()


def test_nodes_with_locked_memory():
    """Locked pages are on the fifth LRU list, of unevictable pages."""
    with locked_memory(1024):
        load.settle()
        host = rows_of_nodes()[HOST]
        expect(host["mlocked_pages"] >= 1024, f"{host['mlocked_pages']} pages")
        compare_nodes()


def test_nodes_follow_hogged_memory():
    """After processes allocated memory and freed it."""
    load.hog()
    compare_nodes()


def managed_percpu():
    """Percpu pages without the first chunk, which is not managed.

    The kernel counts the pages of all units, but allocates them for possible
    CPUs alone. It logs the size of the first chunk, and the units: "--" is a
    unit without a CPU.
    """
    log = subprocess.run(["dmesg"], capture_output=True, text=True,
                         check=True).stdout
    first, = re.findall(r"percpu: Embedded (\d+) pages/cpu", log)
    words = [word for line in re.findall(r"pcpu-alloc: (\[.*)", log)
             for word in line.split() if "[" not in word]
    cpus = [word for word in words if "-" not in word]
    note(f"{len(words)} units for {len(cpus)} CPUs")
    equal(len(cpus), os.cpu_count(), "CPUs with a unit")
    populated = theirs.meminfo()["percpu_pages"] // len(words)
    return (populated - int(first)) * len(cpus)


def test_unaccounted_is_the_rest():
    """In each record: managed pages minus every term, exactly."""
    for key, row in rows_of_nodes().items():
        rest = row["managed_pages"] - sum(row[term] for term in TERMS)
        rest -= sum(row.get(term, 0) for term in TERMS_OF_SOME)
        if "vmalloc_pages" in row:
            # Stacks are vmalloc memory, and are a term already.
            rest -= row["vmalloc_pages"] - row["kernel_stack_pages"]
        if key == HOST:
            rest -= managed_percpu()
        equal(row["unaccounted_pages"], rest, f"unaccounted_pages of {key}")
        error = row["unaccounted_error_pages"]
        expect(0 < error <= 64 * os.cpu_count(), f"error of {key}: {error}")


def test_host_only_fields_are_absent_from_nodes():
    """Nodes lack what the kernel counts for the host alone."""
    of_nodes = {name for _, name in theirs.zoneinfo()[2]}
    for key, row in rows_of_nodes().items():
        if key != HOST:
            for field in ("percpu_pages", "memmap_pages"):
                expect(field not in row, f"node {key} has {field}")
            equal("vmalloc_pages" in row, "nr_vmalloc" in of_nodes,
                  f"node {key} has vmalloc_pages")


def test_node_filter_asks_for_one_node():
    """The answer has one node, and not the host."""
    equal([row["node"] for row in wire.records("node", node=1)], [1],
          "nodes in the answer")


def is_event(key):
    """Tell whether a counter counts NUMA events, and so only grows."""
    return key[-1].startswith("numa_")


def counters():
    """Our counters: of zones {(node, zone, name)}, of nodes {(node, name)}."""
    zones, nodes = {}, {}
    for row in wire.records("counter"):
        table, key = ((zones, (row["node"], row["zone"], row["name"]))
                      if "zone" in row else (nodes, (row["node"], row["name"])))
        expect(key not in table, f"counter {key} occurs twice")
        table[key] = row["value"]
    return zones, nodes


def own_pages():
    """Pages of a snapshot of all counters: one block by kmalloc()."""
    with tables.path("counter").open("rb"):
        taken = wire.shared().status()["memory_bytes"]
    pages = -(-taken // mmap.PAGESIZE)
    return 1 << (pages - 1).bit_length()


def compare_counters(their_counters, our_counters):
    """Compare them; two of the counters include our own snapshot."""
    own = own_pages()
    note(f"a snapshot of ours takes {own} pages")

    def taken(key):
        return own if key[-1] in ("nr_free_pages",
                                  "nr_slab_unreclaimable") else 0

    def their_settled():
        load.settle()
        return their_counters()

    compare(their_settled, our_counters, rising=is_event, taken=taken)


def test_zone_counters_equal_zoneinfo():
    """Every counter, and NUMA events too."""
    compare_counters(lambda: theirs.zoneinfo()[1], lambda: counters()[0])


def test_node_counters_equal_zoneinfo():
    """Every counter; those of huge pages in huge pages."""
    compare_counters(lambda: theirs.zoneinfo()[2], lambda: counters()[1])


def test_events_of_all_cpus_are_counted():
    """Also events that the kernel has not yet folded from a CPU."""
    def hits():
        return sum(row["value"] for row in
                   wire.records("counter", name="numa_hit"))

    pages = 2000
    before = hits()
    for cpu in os.sched_getaffinity(0):
        os.sched_setaffinity(0, {cpu})
        with mmap.mmap(-1, pages * mmap.PAGESIZE) as memory:
            # Fails where the kernel has no huge pages (PREEMPT_RT).
            with contextlib.suppress(OSError):
                memory.madvise(mmap.MADV_NOHUGEPAGE)
            memory.write(bytes(len(memory)))
    os.sched_setaffinity(0, range(os.cpu_count()))
    risen, want = hits() - before, pages * os.cpu_count()
    expect(risen >= want, f"{want} pages were taken, numa_hit rose by {risen}")


def by_node():
    """Our counters of nodes and sums of those of zones: {(node, name)}."""
    zones, rows = counters()
    for (node, _, name), value in zones.items():
        rows[node, name] = rows.get((node, name), 0) + value
    return rows


def test_counters_add_up_to_node_vmstat():
    """/sys/devices/system/node/node*/vmstat, every line."""
    compare_counters(lambda: {
        (node, name): value for node in theirs.nodes()
        for name, value in theirs.node_vmstat(node).items()}, by_node)


def test_counters_add_up_to_numastat():
    """/sys/devices/system/node/node*/numastat, every line."""
    def numastat():
        return {(node, name): value for node in theirs.nodes()
                for name, value in theirs.node_numastat(node).items()}

    names = {name for _, name in numastat()}
    equal(len(names), 6, "NUMA events of numastat")
    compare(numastat, lambda: {key: value for key, value in by_node().items()
                               if key[1] in names}, rising=is_event)


def test_counter_filter_asks_for_one_counter():
    """By name in all zones, and by name and node."""
    rows = wire.records("counter", name="nr_free_pages")
    equal({row["name"] for row in rows}, {"nr_free_pages"}, "names")
    equal({(row["node"], row["zone"]) for row in rows},
          set(theirs.zoneinfo()[0]), "zones with the counter")
    rows = wire.records("counter", node=1, name="nr_file_pages")
    equal([(row["node"], row.get("zone"), row["name"]) for row in rows],
          [(1, None, "nr_file_pages")], "counter by node and name")


# The tests that depend on the number of CPUs.
MANY_CPUS = [test_unaccounted_is_the_rest]
