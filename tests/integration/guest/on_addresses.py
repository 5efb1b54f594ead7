# SPDX-License-Identifier: GPL-2.0-only
"""No kernel address leaves the module, in any of its outputs."""

import pathlib
import re
import struct
import subprocess

import module
import reader
import spec
import tables
import wire
from ktap import equal, expect, note

# Kernel addresses of x86-64 have the top 8 bits set. With four levels of page
# tables they have the top 16 set, but guests have five levels.
TEXT = re.compile(r"ff[0-9a-f]{14}", re.IGNORECASE)

PARAMETERS = pathlib.Path("/sys/module/kmemscope/parameters")


def pointers(payload):
    """All 8 bytes of a payload that could be a kernel address.

    The highest values are none: all ones is our unset value, and small negative
    numbers have the upper bits set too.
    """
    values = [struct.unpack_from("<Q", payload, offset)[0]
              for offset in range(len(payload) - 7)]
    return [hex(value) for value in values
            if value >> 56 == 0xff and value < 0xffffffff_ff000000]


def payloads(data):
    """Yield the payload of each attribute, and its padding.

    Headers are left out, because the number of a socket may be any.
    """
    while data:
        size, kind = struct.unpack_from("<IH", data)
        body, data = data[16:size], data[(size + 3) & ~3:]
        if kind in (wire.NLMSG_ERROR, wire.NLMSG_DONE):
            continue
        body = body[4:]
        while body:
            length = struct.unpack_from("<H", body)[0]
            end = (length + 3) & ~3
            yield body[4:length], body[length:end]
            body = body[end:]


def expect_clean(text, where):
    """Fail on an address in a text."""
    found = TEXT.findall(text)
    equal(found, [], f"addresses in {where}")


def test_the_search_finds_an_address():
    """In text and in bytes; else the tests below would show nothing."""
    symbols = pathlib.Path("/proc/kallsyms").read_text(encoding="utf-8")
    text = re.search(r"^(\w+) \w slab_caches$", symbols, re.M)
    expect(text, "/proc/kallsyms has no slab_caches")
    # The first is in the kernel image, the others in its linear map.
    for address in (text[1], "ffff888003a12340", "ff1a062e7e966400"):
        number = int(address, 16)
        expect(TEXT.search(f"at 0x{address}."), f"{address} in text")
        expect(hex(number) in pointers(b"x" + struct.pack("<Q", number)),
               f"{address} in bytes")


def test_debugfs_files():
    """Each file, read to its end."""
    for name in tables.FILES:
        text = tables.path(name).read_text(encoding="utf-8")
        expect(text, f"{name} is empty")
        expect_clean(text, name)


def test_netlink_messages():
    """Each value, each string, and the padding."""
    with wire.Socket() as sock:
        sock.keep = True
        for kind in spec.DUMPS:
            sock.dump(kind.name)
        job = sock.start_job("dentry")["id"]
        sock.wait_job(job)
        for kind in spec.JOBS:
            sock.dump(kind.name, job=job)
        job = sock.start_trace(cache="dentry", stacks=True,
                               duration_ns=50_000_000_000)
        for _ in range(3):
            subprocess.run(["ls", "-lR", "/proc/self"], check=False,
                           capture_output=True)
        sock.finish_job(job)
        sock.wait_job(job)
        for kind in spec.TRACES:
            expect(sock.dump(kind.name, job=job), f"no {kind.name}")
        sock.status()
        wire.refused(sock.dump_once, spec.KINDS["slab"].command,
                     wire.attributes(spec.KINDS["slab"], {"name": "none"}))
        found = list(payloads(b"".join(sock.received)))
    note(f"{len(found)} attributes")
    expect(len(found) > 5000, "too few attributes")
    for payload, padding in found:
        equal(pointers(payload), [], "pointers in netlink messages")
        equal(padding.strip(b"\0"), b"", "padding")
        expect_clean(payload.decode("latin-1"), "a netlink string")


def test_reader_output():
    """Every record type as JSON."""
    for command in [["status"], *reader.COMMANDS.values()]:
        expect_clean(reader.text(*command, "--json"), f"{command} --json")


def test_module_parameters():
    """Each file of /sys/module/kmemscope/parameters."""
    found = list(PARAMETERS.iterdir())
    expect(found, "the module has no parameters")
    for path in found:
        expect_clean(path.read_text(encoding="utf-8"), path.name)


def test_log_lines():
    """The lines of kmemscope in the kernel log since boot."""
    lines = module.log()
    expect(lines, "no line of kmemscope's in the log")
    expect_clean("\n".join(lines), "dmesg")


def test_refusals_of_parameters():
    """The messages of a refused load."""
    wire.forget()
    module.unload()
    status, said = module.load("disable=nonsense")
    module.reload()
    expect(status, "a nonsense collector was accepted")
    expect_clean(said + subprocess.run(["dmesg"], capture_output=True,
                                       text=True, check=True).stdout
                 .split("kmemscope:", 1)[1].split("\n", 1)[0], "the refusal")
