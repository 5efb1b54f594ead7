# SPDX-License-Identifier: GPL-2.0-only
"""Which fields a record must have: all of the spec, but for may-lack.yaml."""

import pathlib

import yaml

import spec

PATH = pathlib.Path(__file__).resolve().parent / "may-lack.yaml"

KEYS = {"records", "fields", "presence", "reason"}

# The host has the fields of a node, but other exceptions.
KINDS = {**spec.KINDS, "host": spec.KINDS["node"]}


def check_exception(entry):
    """Refuse an entry that could never match a record, or has no reason."""
    wrong = KEYS ^ (set(entry) - {"kernels"})
    if wrong or not entry["reason"]:
        raise ValueError(f"{PATH.name}: wrong or missing {wrong}: {entry}")
    if entry["presence"] not in ("none", "some"):
        raise ValueError(f"{PATH.name}: unknown presence: {entry}")
    for name in entry["records"]:
        unknown = set(entry["fields"]) - set(KINDS[name].names)
        if unknown:
            raise ValueError(f"{PATH.name}: {name} has no field {unknown}")


def exceptions(release):
    """{(record, field): "none" or "some"} of one kernel series."""
    found = {}
    for entry in yaml.safe_load(PATH.read_text(encoding="utf-8")):
        check_exception(entry)
        if release not in entry.get("kernels", [release]):
            continue
        for record in entry["records"]:
            for field in entry["fields"]:
                if (record, field) in found:
                    raise ValueError(f"{PATH.name}: two entries for {field} "
                                     f"of {record} on {release}")
                found[record, field] = entry["presence"]
    return found


def of_release(release):
    """{record: {field: "every", "some" or "none"}} of one kernel series."""
    lacking = exceptions(release)
    return {name: {field: lacking.get((name, field), "every")
                   for field in kind.names}
            for name, kind in KINDS.items()}
