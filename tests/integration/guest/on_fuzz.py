# SPDX-License-Identifier: GPL-2.0-only
"""Send hundreds of thousands of messages that no correct reader sends."""

import os
import re
import subprocess
import time

import module
import spec
import wire
from ktap import equal, expect, note

SOAK = int(os.environ.get("SOAK", "1"))
SENDERS = 2
MESSAGES = 1_000_000 * SOAK // SENDERS
SECONDS = 90 * SOAK
SEED = 20161
# Fewer, even on a slow machine, mean that most senders do not work.
MIN_MESSAGES = 20_000


def test_random_messages():
    """Two processes send, on 32 sockets each, and nothing breaks."""
    senders = [subprocess.Popen(
        ["./sender", str(SEED + i), str(MESSAGES), str(SECONDS)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for i in range(SENDERS)]
    said = [sender.communicate()[0] for sender in senders]
    note("".join(said))
    equal([sender.returncode for sender in senders], [0] * SENDERS,
          "exit status of the senders")
    sent = sum(int(number) for text in said
               for number in re.findall(r"(\d+) messages", text))
    note(f"{sent} messages in all, of a goal of {MESSAGES * SENDERS}")
    expect(sent >= MIN_MESSAGES, f"{sent} messages are too few")
    for what in "records", "refusals", "dumps", "jobs":
        got = sum(int(number) for text in said
                  for number in re.findall(rf"(\d+) {what}", text))
        expect(got, f"no {what} came back: the senders tried little")


def test_every_kind_still_answers():
    """Dumps, jobs and a trace."""
    equal(wire.shared().status()["enabled"], 1, "enabled")
    for kind in spec.DUMPS + spec.JOBS:
        expect(wire.records(kind.name), f"{kind.name} is empty")
    expect(wire.records("trace"), "trace is empty")


def test_no_memory_is_left():
    """All snapshots are gone with their sockets."""
    deadline = time.monotonic() + 20
    while wire.shared().status()["memory_bytes"]:
        expect(time.monotonic() < deadline,
               f"{wire.shared().status()['memory_bytes']} bytes are left")
        time.sleep(0.1)


def test_unloads_and_loads():
    """Nothing holds the module."""
    module.unload()
    module.reload()
    expect(wire.records("slab"), "slab is empty")
