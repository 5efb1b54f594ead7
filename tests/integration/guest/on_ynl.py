# SPDX-License-Identifier: GPL-2.0-only
"""Run the kernel's own netlink client with our unmodified spec."""

import json
import os
import pathlib
import subprocess
import sys

import reader
import spec
import tape
import wire
from compare import cells, compare
from ktap import equal, expect, note

CLI = "/root/ynl/cli.py"
SCHEMA = "/root/ynl/genetlink.yaml"


# Without a check of the spec against the schema: one test does that.
COMMAND = [sys.executable, CLI, "--spec", str(spec.PATH), "--no-schema"]


def cli(*arguments):
    """Run cli.py; its output, decoded from JSON."""
    command = [*COMMAND, "--output-json", *arguments]
    result = subprocess.run(command, capture_output=True, text=True,
                            check=False, timeout=120)
    expect(result.returncode == 0, f"{command}: {result.stdout}"
                                   f"{result.stderr}")
    return json.loads(result.stdout)


def plain(record):
    """A record of cli.py under our names."""
    return {name.replace("-", "_"): value for name, value in record.items()}


def dump_agrees(kind):
    """Check that a dump by cli.py has the rows, keys and fields of ours."""
    theirs = [plain(record) for record in cli("--dump", kind.operation)]
    if kind.name in reader.COMMANDS:
        ours, _ = reader.records(kind.name)
    else:
        ours = wire.records(kind.name)
    expect(theirs, f"{kind.operation} is empty")

    def by_key(records):
        rows = {kind.key(record): record for record in records}
        equal(len(rows), len(records), f"{kind.name} rows by key")
        return rows

    theirs, ours = by_key(theirs), by_key(ours)
    # A new process may add a cache or two.
    differ = theirs.keys() ^ ours.keys()
    expect(len(differ) <= len(ours) // 50, f"{kind.name} rows: {differ}")
    fields = {key for key in theirs.keys() & ours.keys()
              if theirs[key].keys() == ours[key].keys()}
    both = theirs.keys() & ours.keys()
    expect(len(fields) >= 0.98 * len(both),
           f"{kind.name}: {len(both) - len(fields)} of {len(both)} rows have "
           "other fields")
    values = [theirs[key][field] == ours[key].get(field)
              for key in both for field in theirs[key]]
    note(f"{kind.name}: {len(theirs)} rows, {sum(values)} of {len(values)} "
         "values equal")


def _make_test(kind):
    """A test for one record type: each is slow."""
    def test():
        dump_agrees(kind)
    return test


for _kind in spec.DUMPS:
    globals()[f"test_dump_of_{_kind.name}"] = _make_test(_kind)


def test_values_are_equal_in_one_process():
    """Use the library of cli.py in this process, and check the spec by the
    kernel's schema."""
    sys.path.insert(0, str(pathlib.Path(CLI).parent))
    from lib import YnlFamily  # where cli.py is, and only in this guest

    client = YnlFamily(str(spec.PATH), SCHEMA)

    def dump(operation):
        return client.dump(operation, {})

    for kind in spec.DUMPS:
        if kind.name == "collector":
            continue  # its numbers move with each reading

        def theirs():
            return {kind.key(record): record for record in
                    map(plain, tape.through(dump, kind.operation))}

        def ours():
            return {kind.key(record): record
                    for record in wire.records(kind.name)}

        if kind.name == "migratetype":
            # The memory of each client always moves the same lists.
            equal(set(theirs()), set(ours()), "free lists")
            continue
        compare(lambda: cells(theirs()), lambda: cells(ours()),
                rising=lambda key: str(key[0][-1]).startswith("numa_"))


def test_do_of_status():
    """The single record."""
    status = plain(cli("--do", "status-get"))
    equal(status["kernel"], os.uname().release, "kernel")
    equal(status["version"], wire.shared().status()["version"], "version")


def test_request_with_an_attribute():
    """A filter that cli.py encodes."""
    rows = cli("--dump", "slab-get", "--json", '{"name": "dentry"}')
    equal([row["name"] for row in rows], ["dentry"], "caches")


def test_refusal_is_understood():
    """cli.py prints the attribute that a refusal names."""
    result = subprocess.run(
        [*COMMAND, "--dump", "slab-get", "--json", '{"name": "no such"}'],
        capture_output=True, text=True, check=False, timeout=120)
    equal(result.returncode, 1, "exit status")
    expect("name" in result.stdout, f"cli.py said {result.stdout!r}")
