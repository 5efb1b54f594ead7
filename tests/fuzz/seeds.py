# SPDX-License-Identifier: GPL-2.0-only
"""The seeds of the fuzzers: small blobs of BTF, and answers to requests."""

import struct

import btf
import crafted

# As in fuzz_answer.c.
FAMILY, SEQ, PORT = 0x20, 1, 1

NLMSG_ERROR, NLMSG_DONE = 2, 3
MULTI, DUMP_INTR, CAPPED, ACK_TLVS = 2, 0x10, 0x100, 0x200

# Longer crafted blobs only try a limit that a shorter one has tried.
MAX_BYTES = 32768

VALUES = {"u32": ("<I", 0xffffffff), "u64": ("<Q", 1 << 63),
          "s64": ("<q", -(1 << 63))}


def blobs(images, structs):
    """(name, BTF): crafted blobs, and those of images cut down to structs."""
    for name, blob, _ in crafted.blobs():
        if len(blob) <= MAX_BYTES:
            yield name, blob
    for series, path in images.items():
        writer = btf.Reader(path.read_bytes()).cut(structs)
        yield f"{series} strings last", writer.blob()
        yield f"{series} types last", writer.blob(types_last=True)


def attribute(number, payload):
    """One attribute with its padding."""
    return struct.pack("<HH", 4 + len(payload), number) + payload + bytes(
        -len(payload) % 4)


def message(kind, flags, body):
    """One netlink message."""
    return struct.pack("<IHHII", 16 + len(body), kind, flags, SEQ,
                       PORT) + body + bytes(-len(body) % 4)


def record(command, attributes, turn):
    """A record with all attributes, or with every other one if turn is 1."""
    body = struct.pack("<BBH", command, 1, 0)
    for number, attr in enumerate(attributes, 1):
        if turn and number % 2 or attr["type"] == "flag":
            continue
        if attr["type"] == "pad":
            body += attribute(number, b"")
        elif attr["type"] == "string":
            body += attribute(number, b"a\x1b\xff\0" if turn else b"dentry\0")
        else:
            form, largest = VALUES[attr["type"]]
            body += attribute(number, struct.pack(form, turn and largest))
    return message(FAMILY, MULTI, body)


def refusal(offset):
    """The kernel's refusal of an attribute: its attributes, and the error."""
    tail = attribute(1, b"no such \x07cache\0") + attribute(
        2, struct.pack("<I", offset)) + attribute(5, struct.pack("<I", 2))
    return tail, struct.pack("<i", -2)


def answers(spec):
    """(name, input of fuzz_answer.c) of each record type."""
    commands = {op["name"]: number for number, op in
                enumerate(spec["operations"]["list"], 1)}
    for index, kind in enumerate(spec["attribute-sets"]):
        rows = b"".join(record(commands[f"{kind['name']}-get"],
                               kind["attributes"], turn) for turn in (0, 1))
        tail, code = refusal(20)
        header = struct.pack("<IHHII", 20, FAMILY, 0, SEQ, PORT)
        for name, parts in {
                "whole": [rows, message(NLMSG_DONE, MULTI, bytes(4))],
                "changed": [rows + message(NLMSG_DONE, MULTI | DUMP_INTR,
                                           bytes(4))],
                "gone": [rows, message(NLMSG_DONE, MULTI | ACK_TLVS,
                                       code + tail)],
                "refused": [message(NLMSG_ERROR, CAPPED | ACK_TLVS,
                                    code + header + tail)],
                "taken": [message(NLMSG_ERROR, 0, bytes(4) + header)],
        }.items():
            yield f"{kind['name']} {name}", bytes([index]) + b"".join(
                struct.pack("<H", len(part)) + part for part in parts)
