# SPDX-License-Identifier: GPL-2.0-only
"""Read the kernel's own numbers from /proc and /sys, by our field names."""

import pathlib
import re

import tape

NODES = pathlib.Path("/sys/devices/system/node")
SLABS = pathlib.Path("/sys/kernel/slab")
EXTFRAG = pathlib.Path("/sys/kernel/debug/extfrag")

PAGE_KB = 4

# Our fields -> their names in /proc/meminfo and a node's meminfo; all in kB.
MEMINFO = {
    "managed_pages": "MemTotal",
    "free_pages": "MemFree",
    "file_pages": "FilePages",
    "anon_pages": "AnonPages",
    "shmem_pages": "Shmem",
    "slab_reclaimable_pages": "SReclaimable",
    "slab_unreclaimable_pages": "SUnreclaim",
    "kernel_stack_pages": "KernelStack",
    "page_table_pages": "PageTables",
    "secondary_page_table_pages": "SecPageTables",
    "mlocked_pages": "Mlocked",
    "dirty_pages": "Dirty",
    "writeback_pages": "Writeback",
    "vmalloc_pages": "VmallocUsed",
    "percpu_pages": "Percpu",
    "hugetlb_pages": "Hugetlb",
}

# Names of NUMA events in numastat -> in vmstat_text, where they differ.
NUMASTAT = {
    "interleave_hit": "numa_interleave",
    "local_node": "numa_local",
    "other_node": "numa_other",
}


def read(path):
    """The text of a file."""
    return tape.through(tape.read_bytes, str(path)).decode()


def nodes():
    """Numbers of the online nodes."""
    return sorted(int(path.name[4:]) for path in NODES.glob("node[0-9]*"))


def slabinfo(text=None):
    """{name: fields} of /proc/slabinfo, or of a text read from it."""
    rows = {}
    for line in (text or read("/proc/slabinfo")).splitlines()[2:]:
        head, _, data = re.split(r" : (?:tunables|slabdata) +", line)
        name, *numbers = head.split()
        active, total, size, per_slab, pages = map(int, numbers)
        if name in rows:
            raise ValueError(f"/proc/slabinfo has {name} twice")
        rows[name] = {
            "nr_active_objects": active,
            "nr_objects": total,
            "size": size,
            "objects_per_slab": per_slab,
            "order": pages.bit_length() - 1,
            "nr_slabs": int(data.split()[1]),
        }
    return rows


def slab_attributes(name):
    """Fields of /sys/kernel/slab/<name>, all but those per node."""
    folder = SLABS / name
    row = {field: int(read(folder / attribute)) for field, attribute in {
        "nr_aliases": "aliases",
        "object_size": "object_size",
        "size": "slab_size",
        "order": "order",
        "objects_per_slab": "objs_per_slab",
        "reclaimable": "reclaim_account"}.items()}
    # Where caches may be merged, the folder's real name has their flags.
    flags = re.match(r":([A-Za-z]*)-\d+$", folder.resolve().name)
    if flags:
        row["accounted"] = int("A" in flags[1])
    return row


def slab_node_attributes(name):
    """{node: fields} and the totals, of /sys/kernel/slab/<name>."""
    total, rows = {}, {node: {} for node in nodes()}
    for field, attribute in {"nr_slabs": "slabs",
                             "nr_partial_slabs": "partial",
                             "nr_objects": "total_objects"}.items():
        head, *rest = read(SLABS / name / attribute).split()
        total[field] = int(head)
        # The line leaves out nodes without any.
        there = dict(item[1:].split("=") for item in rest)
        for node, row in rows.items():
            row[field] = int(there.get(str(node), 0))
    return total, rows


def _zone_block(lines):
    """Fields and counters of one zone of /proc/zoneinfo."""
    fields, counters, node_counters, pcp = {}, {}, {}, 0
    names = {"min": "min_pages", "low": "low_pages", "high": "high_pages",
             "spanned": "spanned_pages", "present": "present_pages",
             "managed": "managed_pages"}
    where = "top"
    for line in lines:
        words = line.split()
        if line == "  per-node stats":
            where = "node"
        elif line.startswith("  pages free"):
            fields["free_pages"] = int(words[2])
            where = "watermarks"
        elif words[0] == "protection:":
            reserve = re.search(r"\((.*)\)", line)[1]
            fields["lowmem_reserve_pages"] = reserve.replace(" ", "")
            where = "zone"
        elif line == "  pagesets":
            where = "pagesets"
        elif where == "node":
            node_counters[words[0]] = int(words[1])
        elif where == "watermarks" and words[0] in names:
            fields[names[words[0]]] = int(words[1])
        elif where == "zone":
            counters[words[0]] = int(words[1])
        elif where == "pagesets" and words[0] == "count:":
            pcp += int(words[1])
    fields["pcp_pages"] = pcp
    return fields, counters, node_counters


def zoneinfo():
    """Populated zones, their counters and the nodes' of /proc/zoneinfo.

    Three tables: {(node, zone): fields}, {(node, zone, name): value} and
    {(node, name): value}.
    """
    zones, counters, node_counters = {}, {}, {}
    parts = re.split(r"^Node (\d+), zone +(\w+)\n",
                     read("/proc/zoneinfo"), flags=re.M)[1:]
    for node, zone, text in zip(parts[0::3], parts[1::3], parts[2::3]):
        fields, mine, nodes_own = _zone_block(text.splitlines())
        if fields["present_pages"]:
            zones[int(node), zone] = fields
            counters.update(((int(node), zone, name), value)
                            for name, value in mine.items())
        node_counters.update(((int(node), name), value)
                             for name, value in nodes_own.items())
    return zones, counters, node_counters


def _zone_table(path):
    """{(node, zone): words} of a file with one line for each zone."""
    return {(int(node), zone): words.split() for node, zone, words in
            re.findall(r"^Node +(\d+), zone +(\w+) (.*)$", read(path), re.M)}


def buddyinfo():
    """{(node, zone): free blocks by order} of /proc/buddyinfo."""
    return {key: list(map(int, words))
            for key, words in _zone_table("/proc/buddyinfo").items()}


def extfrag(name):
    """{(node, zone): index by order} of one of the extfrag files.

    The kernel prints permille as a number with a dot.
    """
    return {key: [int(word.replace(".", "")) for word in words]
            for key, words in _zone_table(EXTFRAG / name).items()}


def pagetypeinfo():
    """{(node, zone, migratetype, order): free blocks}; None if capped."""
    rows = {}
    for node, zone, kind, words in re.findall(
            r"^Node +(\d+), zone +(\w+), type +(\w+) (.*)$",
            read("/proc/pagetypeinfo"), re.M):
        for order, word in enumerate(words.split()):
            rows[int(node), zone, kind, order] = (
                None if word.startswith(">") else int(word))
    return rows


def _kilobytes(text):
    """{name: kB} of meminfo lines, without the prefix of a node."""
    return {name: int(value) for name, value in re.findall(
        r"^(?:Node \d+ )?([\w()]+): +(\d+)", text, re.M)}


def meminfo():
    """Fields of /proc/meminfo, in pages; file_pages is the sum of its parts."""
    kilobytes = _kilobytes(read("/proc/meminfo"))
    kilobytes["FilePages"] = (kilobytes["Cached"] + kilobytes["Buffers"]
                              + kilobytes["SwapCached"])
    return {field: kilobytes[name] // PAGE_KB
            for field, name in MEMINFO.items() if name in kilobytes}


def node_meminfo(node):
    """Fields of a node's meminfo and hugepages, in pages."""
    folder = NODES / f"node{node}"
    kilobytes = _kilobytes(read(folder / "meminfo"))
    kilobytes["Hugetlb"] = sum(
        int(pool.name.split("-")[1][:-2]) * int(read(pool / "nr_hugepages"))
        for pool in (folder / "hugepages").glob("hugepages-*kB"))
    return {field: kilobytes[name] // PAGE_KB
            for field, name in MEMINFO.items() if name in kilobytes}


def vmstat():
    """{name: value} of /proc/vmstat."""
    return {name: int(value) for name, value in
            (line.split() for line in read("/proc/vmstat").splitlines())}


def node_vmstat(node):
    """{name: value} of a node's vmstat."""
    return {name: int(value) for name, value in
            (line.split() for line in
             read(NODES / f"node{node}/vmstat").splitlines())}


def node_numastat(node):
    """{name: value} of a node's numastat, under vmstat's names."""
    return {NUMASTAT.get(name, name): int(value) for name, value in
            (line.split() for line in
             read(NODES / f"node{node}/numastat").splitlines())}
