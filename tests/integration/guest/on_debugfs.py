# SPDX-License-Identifier: GPL-2.0-only
"""The debugfs tree: modes, names, and the same records as by netlink."""

import collections
import os
import stat

import on_trace
import presence
import reader
import spec
import tables
import wire
from compare import cells, compare
from ktap import equal, expect, note, retry

# The share of values that may always differ, because the reader is a process
# whose memory counts: a few caches, but many values of a small table.
MOVED = {"node": 0.2, "zone": 0.2}
MOVED_ELSE = 0.05
ROUNDS = 5
# A wrong value differs in each round, however many there are.
MAX_ROUNDS = 30


def test_every_file_is_0400():
    """Only root may read them, and the tree has no other files."""
    found = {path.relative_to(tables.ROOT).as_posix()
             for path in tables.ROOT.rglob("*") if path.is_file()}
    equal(found, set(tables.FILES.values()), "files in the tree")
    for name in found:
        info = (tables.ROOT / name).stat()
        equal(oct(stat.S_IMODE(info.st_mode)), "0o400", f"mode of {name}")
        equal((info.st_uid, info.st_gid), (0, 0), f"owner of {name}")


def test_header_names_are_the_specs():
    """The first line has the names in the order of the spec."""
    for kind in spec.DUMPS + spec.JOBS:
        text = tables.path(kind.name).read_text(encoding="utf-8")
        equal(text.splitlines()[0].split(),
              [name.upper() for name in kind.names], f"{kind.name} header")
    equal(tables.status()[0], spec.KINDS["status"].names, "names in status")


def keyed(kind, records):
    """The cells of records; records with equal keys get numbers."""
    seen, rows = collections.Counter(), {}
    for record in records:
        key = kind.key(record)
        rows[key, seen[key]] = record
        seen[key] += 1
    return cells(rows)


def test_files_equal_netlink():
    """Every record and value, both read by this process."""
    for kind in spec.DUMPS:
        if kind.name == "collector":
            continue  # its numbers move with each reading; see below
        # Counters of NUMA events only grow; see the key (node, zone, name).
        compare(lambda: keyed(kind, wire.records(kind.name)),
                lambda: keyed(kind, tables.table(kind.name)[1]),
                rising=lambda key: str(key[0][0][-1]).startswith("numa_"))


def test_status_and_collectors_equal_netlink():
    """All but the costs, which change with each reading."""
    moving = ("_ns", "_entries", "_total", "memory_bytes", "memory_peak_bytes")

    def steady(record):
        return {name: value for name, value in record.items()
                if not name.endswith(moving)}

    equal(steady(tables.status()[1]), steady(wire.shared().status()),
          "status")
    equal(list(map(steady, tables.table("collector")[1])),
          list(map(steady, wire.records("collector"))), "collectors")


def differing(kind):
    """(cells that differ between file and reader, number of cells)."""
    head, rows = tables.parse(kind.name, reader.raw(kind.name))
    file_head, file_rows = tables.table(kind.name)
    equal(head, file_head, f"{kind.name} columns")
    ours, theirs = keyed(kind, rows), keyed(kind, file_rows)
    equal({key for key, _ in ours}, {key for key, _ in theirs},
          f"{kind.name} rows")
    return {key for key in ours.keys() | theirs.keys()
            if ours.get(key) != theirs.get(key)}, len(theirs)


def test_files_equal_the_reader():
    """The same rows and columns as kmemscope --output-all."""
    for kind in spec.DUMPS:
        if kind.name == "collector":
            continue
        differ, total = differing(kind)
        limit = MOVED.get(kind.name, MOVED_ELSE) * total
        for number in range(1, MAX_ROUNDS):
            if not differ or (number >= ROUNDS and len(differ) <= limit):
                break
            differ &= differing(kind)[0]
        note(f"{kind.name}: {len(differ)} of {total} values always moved")
        expect(len(differ) <= limit,
               f"{kind.name}: {len(differ)} of {total} values differ: "
               f"{sorted(differ, key=str)[:20]}")


def all_records():
    """{kind: records}, with the host apart from the nodes."""
    found = {kind.name: wire.records(kind.name)
             for kind in spec.DUMPS + spec.JOBS}
    found.update(on_trace.whole_trace())
    found["status"] = [wire.shared().status()]
    found["host"] = [row for row in found["node"] if "node" not in row]
    found["node"] = [row for row in found["node"] if "node" in row]
    # The module has a job record only while a job is there; this one ends with
    # its socket.
    with wire.Socket() as own:
        own.start_job("slab")
        found["job"] = own.dump("job")
    # Costs are absent before the first collection, which was just now.
    found["collector"] = wire.records("collector")
    return found


def check_field(kind, field, rows, wanted):
    """One field is in every, some or none of the records of its kind."""
    without = [row for row in rows if field not in row]
    if wanted == "every":
        expect(not without, f"{kind} without {field}: {without[:3]}")
    elif wanted == "some":
        expect(len(without) < len(rows), f"no {kind} has {field}")
    else:
        expect(len(without) == len(rows),
               f"{kind} has {field}, {presence.PATH.name} says it cannot")


def check_presence():
    """Every field of the spec, in all record types."""
    release = ".".join(os.uname().release.split(".")[:2])
    found = all_records()
    for kind, fields in presence.of_release(release).items():
        expect(found[kind], f"no records of {kind}")
        for field, wanted in fields.items():
            check_field(kind, field, found[kind], wanted)


def test_fields_that_must_be_present_are():
    """In every record, but for what may-lack.yaml lists.

    A field may be absent because a lock was busy, but not each time.
    """
    retry(check_presence)
