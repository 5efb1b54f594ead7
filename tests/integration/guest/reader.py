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


def raw(kind_name):
    """All columns and rows of a kind as plain lines."""
    return text(*COMMANDS[kind_name], "--output-all", "--raw", "--bytes")


def records(kind_name, *arguments):
    """The rows of a kind's JSON answer, and what stands beside them."""
    answer = json.loads(text(*COMMANDS[kind_name], "--json", *arguments))
    lists = [key for key, value in answer.items() if isinstance(value, list)]
    if len(lists) != 1:
        raise Failure(f"a JSON answer with the lists {lists}")
    return answer.pop(lists[0]), answer
