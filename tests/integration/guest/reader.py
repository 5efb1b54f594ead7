# SPDX-License-Identifier: GPL-2.0-only
"""Run kmemscope, the reader, as a user would."""

import json
import subprocess

from ktap import Failure

# Record type -> the command that lists it.  Collectors are part of status.
COMMANDS = {
    "slab": ["slab"],
    "slab_node": ["slab", "--per-node"],
    "zone": ["zone"],
    "buddy": ["buddy"],
    "migratetype": ["buddy", "--migratetypes"],
    "node": ["node"],
    "counter": ["counters"],
    "dentry": ["dentry", "--by", "total"],
    "dentry_superblock": ["dentry", "--by", "superblock"],
    "dentry_directory": ["dentry"],
    "dentry_name": ["dentry", "--by", "name"],
    "trace": ["trace", "dentry", "--seconds", "0.1"],
}


def run(*arguments):
    """Run with these arguments; (exit status, stdout, stderr)."""
    result = subprocess.run(["kmemscope", *arguments], capture_output=True,
                            text=True, check=False, timeout=60)
    return result.returncode, result.stdout, result.stderr


def text(*arguments):
    """Run a command that must succeed; its output."""
    status, out, err = run(*arguments)
    if status:
        raise Failure(f"kmemscope {' '.join(arguments)}: exit status "
                      f"{status}: {err}")
    return out


def permille(percent):
    """A number with one decimal, as the wire has it."""
    number = round(float(percent) * 10)
    if f"{number // 10}.{number % 10}" != f"{percent}":
        raise Failure(f"percent is {percent}, without one decimal")
    return number


def raw(kind_name):
    """All columns and rows of a kind as plain lines, percent as permille."""
    out = text(*COMMANDS[kind_name], "--output-all", "--raw", "--bytes")
    head, *rows = [line.split(" ") for line in out.splitlines()]
    for index, title in enumerate(head):
        if not title.endswith("_PERCENT"):
            continue
        head[index] = title.replace("_PERCENT", "_PERMILLE")
        for row in rows:
            if row[index] != "-":
                row[index] = str(permille(row[index]))
    return "".join(" ".join(line) + "\n" for line in [head, *rows])


def on_the_wire(row):
    """A row of JSON with the wire's names and numbers: permille."""
    return {name.replace("_percent", "_permille"):
            permille(value) if name.endswith("_percent") else value
            for name, value in row.items()}


def records(kind_name, *arguments):
    """The rows of a kind's JSON answer, as on the wire, and the rest of it."""
    answer = json.loads(text(*COMMANDS[kind_name], "--json", *arguments))
    lists = [key for key, value in answer.items() if isinstance(value, list)]
    if len(lists) != 1:
        raise Failure(f"a JSON answer with the lists {lists}")
    return list(map(on_the_wire, answer.pop(lists[0]))), answer
