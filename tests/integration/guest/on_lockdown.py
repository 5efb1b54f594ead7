# SPDX-License-Identifier: GPL-2.0-only
"""Raise lockdown while kmemscope is loaded. It cannot be lowered again."""

import os
import subprocess

import reader
import spec
import tables
import wire
from ktap import equal, expect

LOCKDOWN = "/sys/kernel/security/lockdown"

# The collectors that read private structures of the kernel.
PRIVATE = {"slab": ["slab", "slab_node"],
           "dentry": [kind.name for kind in spec.JOBS],
           "trace": ["trace"]}
KINDS = [*spec.DUMPS, *spec.JOBS, spec.KINDS["trace"]]


def raise_to(level):
    """Raise lockdown, and check it."""
    if not os.path.exists(LOCKDOWN):
        subprocess.run(["mount", "-t", "securityfs", "none",
                        "/sys/kernel/security"], check=True)
    with open(LOCKDOWN, "w", encoding="ascii") as file:
        file.write(level)
    with open(LOCKDOWN, encoding="ascii") as file:
        expect(f"[{level}]" in file.read(), f"lockdown is not {level}")


def answers(name):
    """Tell whether a type answers, alike by netlink, debugfs and reader."""
    refused = wire.refused(wire.records, name)
    if refused:
        equal(wire.error_name(refused.errno), "EOPNOTSUPP", name)
        expect("lockdown" in refused.text, f"{name}: {refused.text!r}")
    if name in tables.FILES:
        try:
            opened = bool(tables.table(name)[1])
        except OSError as error:
            equal(wire.error_name(error.errno), "EOPNOTSUPP", name)
            opened = False
        equal(opened, not refused, f"{name}: file and netlink agree")
    if name not in reader.COMMANDS:
        return not refused
    status, _, err = reader.run(*reader.COMMANDS[name])
    equal(status, 2 if refused else 0, f"the reader's status for {name}")
    expect(not refused or "lockdown" in err, f"the reader said {err!r}")
    return not refused


def test_integrity_lets_everything_answer():
    """Files are read-only and 0400, so they open."""
    raise_to("integrity")
    for kind in KINDS:
        expect(answers(kind.name), f"{kind.name} does not answer")


def test_confidentiality_turns_private_structures_off():
    """And nothing else; the collector record has the reason."""
    raise_to("confidentiality")
    private = sum(PRIVATE.values(), [])
    for kind in KINDS:
        equal(answers(kind.name), kind.name not in private, kind.name)
    off = {row["name"]: row.get("reason", "")
           for row in wire.records("collector") if row["state"] == "off"}
    equal(sorted(off), sorted(PRIVATE), "collectors that are off")
    for name, reason in off.items():
        expect("lockdown" in reason, f"reason of {name}: {reason!r}")


def test_asking_again_adds_no_line_to_the_log():
    """The kernel logs each refusal, so the module asks it once."""
    def lines():
        log = subprocess.run(["dmesg"], check=True, capture_output=True,
                             text=True).stdout
        return log.count("Lockdown:")

    before = lines()
    for _ in range(20):
        wire.shared().status()
        wire.refused(wire.records, "slab")
    equal(lines(), before, "lines of lockdown in the log")


def test_a_new_load_is_refused():
    """These kernels then refuse unsigned modules, and the reader says so."""
    subprocess.run(["modprobe", "-r", "kmemscope"], check=True)
    loading = subprocess.run(["modprobe", "kmemscope"], check=False,
                             capture_output=True, text=True)
    expect(loading.returncode, "an unsigned module was loaded")
    status, out, err = reader.run("slab")
    equal((status, out), (2, ""), "the reader's status and output")
    expect("lockdown" in err and "sign" in err, f"the reader said {err!r}")
