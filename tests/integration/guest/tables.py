# SPDX-License-Identifier: GPL-2.0-only
"""Read the debugfs files of kmemscope: one for each record type."""

import pathlib
import re

import spec
import tape

ROOT = pathlib.Path("/sys/kernel/debug/kmemscope")

# Record type -> its file.
FILES = {
    "status": "status",
    "collector": "collectors",
    "job": "jobs",
    "slab": "slab/caches",
    "slab_node": "slab/nodes",
    "zone": "zones",
    "buddy": "buddy/orders",
    "migratetype": "buddy/migratetypes",
    "node": "nodes",
    "counter": "counters",
    "dentry": "dentry/total",
    "dentry_superblock": "dentry/superblocks",
    "dentry_directory": "dentry/directories",
    "dentry_name": "dentry/names",
}


def path(kind_name):
    """The path of a record type's file."""
    return ROOT / FILES[kind_name]


def unescape(word):
    """Decode \\xNN, which replaces bytes that would break a column."""
    return re.sub(r"\\x([0-9a-f]{2})", lambda m: chr(int(m[1], 16)), word)


def value(kind_name, name, word):
    """The value of a field, parsed from its word in the file."""
    forms = dict(spec.KINDS[kind_name].fields.values())
    return unescape(word) if forms[name] == "string" else int(word)


def parse(kind_name, text):
    """(field names, records) of a table; "-" alone is an absent value.

    Only the last column may have spaces in it.
    """
    lines = text.splitlines()
    head = lines[0].lower().split()
    records = []
    for line in lines[1:]:
        words = line.split(maxsplit=len(head) - 1)
        if len(words) != len(head):
            raise ValueError(f"{kind_name}: {len(words)} words under "
                             f"{len(head)} names: {line}")
        records.append({name: value(kind_name, name, word)
                        for name, word in zip(head, words) if word != "-"})
    return head, records


def table(kind_name):
    """(field names, records) of a record type's file."""
    text = tape.through(tape.read_bytes, str(path(kind_name))).decode()
    return parse(kind_name, text)


class HeldTable:
    """A record type's file that stays open between readings.

    An open file keeps its snapshot. So the memory of the reading is always
    allocated, and does not change the kernel's numbers between two readings.
    """

    def __init__(self, kind_name):
        self.kind_name = kind_name
        self.file = open(path(kind_name), encoding="utf-8")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def read(self):
        """Collect again; the text, for parse()."""
        self.file.close()
        self.file = open(path(self.kind_name), encoding="utf-8")
        return self.file.read()


def status():
    """(field names, record) of the status file, which has a line a field."""
    pairs = [line.split(maxsplit=1) for line in
             path("status").read_text(encoding="utf-8").splitlines()]
    return ([name for name, _ in pairs],
            {name: value("status", name, word) for name, word in pairs
             if word != "-"})
