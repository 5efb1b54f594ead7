# SPDX-License-Identifier: GPL-2.0-only
"""Readers on a host with hardly any free memory, where people run them.

They are refused with a reason, and the OOM killer kills nothing for them.
"""

import contextlib
import errno
import os
import re
import subprocess

import fixture
import kmsg
import tables
import wire
from ktap import expect, note, retry

CACHES = 3000
LEAVE_KIB = 25 * 1024
READERS = 27
FOLDER = "/tmp/pressure"


def available_kib():
    """MemAvailable of the kernel."""
    with open("/proc/meminfo", encoding="ascii") as file:
        return int(re.search(r"MemAvailable: +(\d+)", file.read())[1])


@contextlib.contextmanager
def full_host():
    """Fill memory with a file, until only LEAVE_KIB are available."""
    os.makedirs(FOLDER, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=95%", "pressure",
                    FOLDER], check=True)
    try:
        with open(f"{FOLDER}/file", "wb", buffering=0) as file:
            block = bytes(256 * 1024)
            while available_kib() > LEAVE_KIB:
                file.write(block)
        yield
    finally:
        subprocess.run(["umount", FOLDER], check=True)


def kills_of_ours(lines):
    """Calls of the OOM killer with a frame of the module in the stack."""
    text = "".join(lines)
    calls = text.split("invoked oom-killer")[1:]
    return [call for call in calls
            if "[kmemscope]" in call.split("Mem-Info")[0]]


def open_many(stack):
    """Open a file of more than 1 MiB, many times; {name of errno: times}."""
    outcomes = {}
    for _ in range(READERS):
        try:
            stack.enter_context(open(tables.path("slab_node"), "rb"))
            name = "ok"
        except OSError as error:
            name = wire.error_name(error.errno)
        outcomes[name] = outcomes.get(name, 0) + 1
    return outcomes


def read_without_memory():
    """Open and dump until both are refused."""
    with wire.Socket() as sock, contextlib.ExitStack() as stack:
        with full_host():
            before = available_kib()
            outcomes = open_many(stack)
            refused = wire.refused(sock.dump, "slab_node")
            left = available_kib()
            ours = sock.status()["memory_bytes"] >> 10
        note(f"{before} KiB available, then {left}; readers have {ours} KiB; "
             f"opens: {outcomes}, then a dump: {refused}")
        expect(set(outcomes) <= {"ok", "ENOMEM"}, f"opens ended in {outcomes}")
        expect(outcomes.get("ENOMEM"), "no open was refused: no pressure")
        expect(refused, "a dump worked, and opens did not")
        expect(refused.errno == errno.ENOMEM and "memory" in refused.text,
               f"the dump's refusal: {refused}")


def test_a_reader_never_kills():
    """Opens and dumps fail by ENOMEM, and do not call the OOM killer."""
    with fixture.Fixture(caches=CACHES), kmsg.Log() as log:
        try:
            # Somebody may free memory between the opens and the dump.
            retry(read_without_memory)
        finally:
            lines = log.lines()
    expect(not kills_of_ours(lines), "the module called the OOM killer:\n"
           + "".join(lines)[-4000:])
    # With memory it works again.
    expect(wire.records("slab"), "no dump afterwards")
