# SPDX-License-Identifier: GPL-2.0-only
"""The debugfs tree: modes, names, and the same records as netlink."""

import collections
import os
import pathlib
import stat

import yaml

import on_trace
import reader
import spec
import tables
import wire
from compare import cells, compare
from ktap import again, equal, expect, note

MUST_HAVE = pathlib.Path(__file__).resolve().parent / "must-have.yaml"

# How many values of a table may differ each time because the reader is a
# process of its own, with memory that counts: a few caches, but much of small
# tables.
MOVED = {"node": 0.2, "zone": 0.2}
MOVED_ELSE = 0.05
ROUNDS = 5


def test_every_file_is_0400():
    """For root, to read; nothing else is in the tree."""
    found = {path.relative_to(tables.ROOT).as_posix()
             for path in tables.ROOT.rglob("*") if path.is_file()}
    equal(found, set(tables.FILES.values()), "files in the tree")
    for name in found:
        info = (tables.ROOT / name).stat()
        equal(oct(stat.S_IMODE(info.st_mode)), "0o400", f"mode of {name}")
        equal((info.st_uid, info.st_gid), (0, 0), f"owner of {name}")


def test_header_names_are_the_specs():
    """The first line, in the order of the spec."""
    for kind in spec.DUMPS + spec.JOBS:
        text = tables.path(kind.name).read_text(encoding="utf-8")
        equal(text.splitlines()[0].split(),
              [name.upper() for name in kind.names], f"{kind.name} header")
    equal(tables.status()[0], spec.KINDS["status"].names, "names in status")


def keyed(kind, records):
    """Cells of a kind's records; twins are told apart by their number."""
    seen, rows = collections.Counter(), {}
    for record in records:
        key = kind.key(record)
        rows[key, seen[key]] = record
        seen[key] += 1
    return cells(rows)


def test_files_equal_netlink():
    """Every record and every value, read in one process."""
    for kind in spec.DUMPS:
        if kind.name == "collector":
            continue  # its numbers move with each reading; see below
        # Counters of NUMA events only grow; see the key (node, zone, name).
        compare(lambda: keyed(kind, wire.records(kind.name)),
                lambda: keyed(kind, tables.table(kind.name)[1]),
                rising=lambda key: str(key[0][0][-1]).startswith("numa_"))


def test_status_and_collectors_equal_netlink():
    """All but the costs, which each reading moves."""
    moving = ("_ns", "_entries", "_total", "memory_bytes", "memory_peak_bytes")

    def steady(record):
        return {name: value for name, value in record.items()
                if not name.endswith(moving)}

    equal(steady(tables.status()[1]), steady(wire.shared().status()),
          "status")
    equal(list(map(steady, tables.table("collector")[1])),
          list(map(steady, wire.records("collector"))), "collectors")


def differing(kind):
    """What differs between a file and the reader, and how much there is."""
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
        for _ in range(ROUNDS - 1):
            if not differ:
                break
            differ &= differing(kind)[0]
        note(f"{kind.name}: {len(differ)} of {total} values always moved")
        share = MOVED.get(kind.name, MOVED_ELSE)
        expect(len(differ) <= share * total,
               f"{kind.name}: {len(differ)} of {total} values differ: "
               f"{sorted(differ, key=str)[:20]}")


def lists():
    """The fields that this kernel must show: {kind: {how often: fields}}."""
    tree = yaml.safe_load(MUST_HAVE.read_text(encoding="utf-8"))
    release = ".".join(os.uname().release.split(".")[:2])
    expect(release in tree, f"{MUST_HAVE.name} has no list for {release}")
    return tree[release]


def records_by_list():
    """Records as the list sorts them: the host apart from the nodes."""
    found = {kind.name: wire.records(kind.name)
             for kind in spec.DUMPS + spec.JOBS}
    found.update(on_trace.whole_trace())
    found["status"] = [wire.shared().status()]
    found["host"] = [row for row in found["node"] if "node" not in row]
    found["node"] = [row for row in found["node"] if "node" in row]
    # None but of a job that is there; this one ends with its socket.
    with wire.Socket() as own:
        own.start_job("slab")
        found["job"] = own.dump("job")
    # Costs are absent before the first collection; that was just now.
    found["collector"] = wire.records("collector")
    return found


def test_every_field_is_in_the_list_of_this_kernel():
    """A field that nobody listed could be absent for ever, unnoticed."""
    listed = lists()
    equal(set(listed), set(spec.KINDS) | {"host"}, "kinds in the list")
    for name, often in listed.items():
        fields = [field for names in often.values() for field in names]
        kind = spec.KINDS["node" if name == "host" else name]
        equal(sorted(fields), sorted(kind.names), f"fields of {name}")


def test_fields_that_must_be_present_are():
    """In every record, in some, or in none: as this kernel's list says.

    What could not be read as a lock was busy may be absent, but not each time.
    """
    again(expect_listed)


def expect_listed():
    """Records as the list has them."""
    found = records_by_list()
    for name, often in lists().items():
        rows = found[name]
        expect(rows, f"no records of {name}")
        for field in often["every"]:
            without = [row for row in rows if field not in row]
            expect(not without, f"{name} without {field}: {without[:3]}")
        for field in often.get("some", []):
            expect(any(field in row for row in rows),
                   f"no {name} has {field}")
        for field in often.get("none", []):
            expect(not any(field in row for row in rows),
                   f"{name} has {field}, the list says it cannot")
