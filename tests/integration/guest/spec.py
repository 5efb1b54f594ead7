# SPDX-License-Identifier: GPL-2.0-only
"""The contract, read from kmemscope.yaml: kinds, their fields and commands."""

import pathlib

import yaml

PATH = pathlib.Path(__file__).resolve().parent / "specs/kmemscope.yaml"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


# How the sets begin that only a job collects.
BY_JOB = ("dentry", "trace")

# What a job of such a kind has to be asked for, where a test does not care.
ASKED = {"trace": {"cache": "dentry", "duration_ns": 100_000_000}}


class Kind:
    """An attribute set: a kind of record, and the command that gets it."""

    def __init__(self, tree, operations):
        self.set_name = tree["name"]
        self.name = tree["name"].replace("-", "_")
        # An attribute's position is its number on the wire, from 1.
        attributes = {
            number: (attr["name"].replace("-", "_"), attr["type"])
            for number, attr in enumerate(tree["attributes"], 1)
            if attr["type"] != "pad"}
        # What only a request carries: flags, and the job that has the answer.
        self.options = {number: attr for number, attr in attributes.items()
                        if attr[1] == "flag" or attr[0] == "job"}
        self.fields = {number: attr for number, attr in attributes.items()
                       if number not in self.options}
        self.names = [name for name, _ in self.fields.values()]
        numbers = {op["name"]: i for i, op in enumerate(operations, 1)}
        self.command = numbers[f"{self.set_name}-get"]
        get = operations[self.command - 1]
        self.operation = get["name"]
        self.is_dump = "dump" in get
        request = get.get("dump", {}).get("request", {})
        asked = [name.replace("-", "_")
                 for name in request.get("attributes", [])]
        self.keys = [name for name in asked if name in self.names]
        # Only a job collects it, so there is nothing to dump without one.
        self.by_job = self.set_name.startswith(BY_JOB)
        self.asked = ASKED.get(self.set_name.split("-", maxsplit=1)[0], {})

    def find(self, name):
        """The number and type of what a request may carry."""
        return next((number, form) for number, (attr, form)
                    in (self.fields | self.options).items() if attr == name)

    def number(self, name):
        """The number of an attribute on the wire."""
        return self.find(name)[0]

    def key(self, record):
        """What tells a record from the others of its kind."""
        return tuple(record.get(name) for name in self.keys)


def _load():
    tree = yaml.load(PATH.read_text(encoding="utf-8"), Loader=_LOADER)
    operations = tree["operations"]["list"]
    kinds = [Kind(s, operations) for s in tree["attribute-sets"]]
    commands = {op["name"]: i for i, op in enumerate(operations, 1)}
    return tree["name"], {kind.name: kind for kind in kinds}, commands


FAMILY, KINDS, COMMANDS = _load()

# The kinds that come as a list; status is a single answer, and jobs are there
# only while somebody has some.
DUMPS = [kind for kind in KINDS.values()
         if kind.is_dump and kind.name != "job" and not kind.by_job]

# Those that only a job collects, one job several of them.
JOBS = [kind for kind in KINDS.values() if kind.by_job and not kind.asked]

# Those that have no file in debugfs, as a file asks for nothing; and may have
# no records.
TRACES = [kind for kind in KINDS.values() if kind.asked]
