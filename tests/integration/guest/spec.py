# SPDX-License-Identifier: GPL-2.0-only
"""The contract, from kmemscope.yaml: record types, fields and commands."""

import pathlib

import yaml

PATH = pathlib.Path(__file__).resolve().parent / "specs/kmemscope.yaml"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


# Prefixes of the attribute sets that only a job collects.
BY_JOB = ("dentry", "trace")

# What the request of such a job must carry, if a test does not set it.
REQUESTS = {"trace": {"cache": "dentry", "duration_ns": 100_000_000}}


class Kind:
    """An attribute set: a record type, and the command that gets it."""

    def __init__(self, tree, operations):
        self.set_name = tree["name"]
        self.name = tree["name"].replace("-", "_")
        # The position of an attribute, from 1, is its number on the wire.
        attributes = {
            number: (attr["name"].replace("-", "_"), attr["type"])
            for number, attr in enumerate(tree["attributes"], 1)
            if attr["type"] != "pad"}
        # Only a request carries these: flags, and the job with the answer.
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
        keys = [name.replace("-", "_")
                for name in request.get("attributes", [])]
        self.keys = [name for name in keys if name in self.names]
        # Only a job collects it, so a dump without a job has no answer.
        self.by_job = self.set_name.startswith(BY_JOB)
        self.request = REQUESTS.get(
            self.set_name.split("-", maxsplit=1)[0], {})

    def find(self, name):
        """The number and type of an attribute of requests or records."""
        return next((number, form) for number, (attr, form)
                    in (self.fields | self.options).items() if attr == name)

    def number(self, name):
        """The number of an attribute on the wire."""
        return self.find(name)[0]

    def key(self, record):
        """The values of the keys, which identify a record of this type."""
        return tuple(record.get(name) for name in self.keys)


def _load():
    tree = yaml.load(PATH.read_text(encoding="utf-8"), Loader=_LOADER)
    operations = tree["operations"]["list"]
    kinds = [Kind(s, operations) for s in tree["attribute-sets"]]
    commands = {op["name"]: i for i, op in enumerate(operations, 1)}
    return tree["name"], {kind.name: kind for kind in kinds}, commands


FAMILY, KINDS, COMMANDS = _load()

# The types that a dump always has records of. status is a single answer, and
# there are jobs only while a socket has some.
DUMPS = [kind for kind in KINDS.values()
         if kind.is_dump and kind.name != "job" and not kind.by_job]

# The types that a job collects; one job collects several of them.
JOBS = [kind for kind in KINDS.values() if kind.by_job and not kind.request]

# The types of a trace. They may have no records, and they have no file in
# debugfs, because a file carries no request.
TRACES = [kind for kind in KINDS.values() if kind.request]
