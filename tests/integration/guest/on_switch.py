# SPDX-License-Identifier: GPL-2.0-only
"""kmemscope off and on: while off, nothing is collected, and reads say so."""

import reader
import spec
import tables
import wire
from ktap import equal, expect


def teardown():
    """Switch it on, whatever failed."""
    wire.shared().set_enabled(1)


def collects():
    """How often each collector has collected."""
    return {row["name"]: row["collects_total"]
            for row in wire.records("collector")}


def counting_kinds():
    """The record types that need collecting; the others always answer."""
    return [kind for kind in [*spec.DUMPS, *spec.JOBS, spec.KINDS["trace"]]
            if kind.name != "collector"]


def test_off_shows_in_status():
    """After the command off, status has enabled 0."""
    equal(reader.run("off")[0], 0, "exit status of off")
    equal(wire.shared().status()["enabled"], 0, "enabled")


def test_dumps_are_refused_with_the_reason():
    """EOPNOTSUPP, and a text that names the switch."""
    for kind in counting_kinds():
        refused = wire.refused(wire.records, kind.name)
        expect(refused, f"{kind.name} still answers")
        equal(wire.error_name(refused.errno), "EOPNOTSUPP", kind.name)
        expect("off" in refused.text, f"{kind.name}: {refused.text!r}")


def test_reader_exits_with_2_and_the_reason():
    """For every record type, one line on stderr."""
    for kind in counting_kinds():
        status, out, err = reader.run(*reader.COMMANDS[kind.name])
        equal((status, out), (2, ""), f"status and output of {kind.name}")
        expect("off" in err, f"{kind.name} said {err!r}")
        equal(len(err.splitlines()), 1, f"lines about {kind.name}")


def test_debugfs_files_do_not_open():
    """And they show no old numbers."""
    for kind in counting_kinds():
        if kind.name not in tables.FILES:
            continue
        try:
            with open(tables.path(kind.name), encoding="utf-8") as file:
                seen = file.read()
        except OSError as error:
            equal(wire.error_name(error.errno), "EOPNOTSUPP", kind.name)
            continue
        expect(False, f"{kind.name} opened and showed {seen[:80]!r}")


def test_status_and_collectors_still_answer():
    """By netlink and debugfs; nothing was collected meanwhile."""
    before = collects()
    for kind in counting_kinds():
        wire.refused(wire.records, kind.name)
    equal(collects(), before, "collections while off")
    equal(tables.status()[1]["enabled"], 0, "enabled in debugfs")
    status, out, err = reader.run("status")
    equal((status, err), (0, ""), "the reader's status")
    expect("0" in out, "status shows no 0")


def test_off_twice_is_off():
    """Switching off again is no error."""
    wire.shared().set_enabled(0)
    equal(wire.shared().status()["enabled"], 0, "enabled")


def test_on_restores():
    """Everything answers again."""
    equal(reader.run("on")[0], 0, "exit status of on")
    equal(wire.shared().status()["enabled"], 1, "enabled")
    for kind in counting_kinds():
        expect(wire.records(kind.name), f"{kind.name} is empty")
        if kind.name in tables.FILES:
            expect(tables.table(kind.name)[1],
                   f"{kind.name}'s file is empty")
        equal(reader.run(*reader.COMMANDS[kind.name])[0], 0,
              f"the reader's {kind.name}")
