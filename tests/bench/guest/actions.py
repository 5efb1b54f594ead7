# SPDX-License-Identifier: GPL-2.0-only
"""The measured actions: one read of ours or theirs, and nothing around it."""

import os
import struct
import time

import spec
import wire

# The reader reads as much at once, and so does cat.
BUFFER_BYTES = 32768

DONE_BYTES = 20


class Dump:
    """One dump by netlink; only its end is parsed."""

    def __init__(self, kind_name, **filters):
        self.kind = spec.KINDS[kind_name]
        self.data = wire.attributes(self.kind, filters)
        self.sock = wire.Socket()
        self.buffer = bytearray(BUFFER_BYTES)
        self.bytes = 0

    def __call__(self):
        self.sock.send(self.sock.family, self.kind.command, self.data,
                       wire.NLM_F_DUMP)
        self.bytes = 0
        while True:
            size = self.sock.sock.recv_into(self.buffer)
            self.bytes += size
            # The last message ends the dump, or has its error.
            at = size - DONE_BYTES
            kind = struct.unpack_from("<IH", self.buffer, max(at, 0))[1]
            first = struct.unpack_from("<IH", self.buffer)[1]
            if wire.NLMSG_ERROR in (kind, first):
                raise OSError(f"{self.kind.name} was refused")
            if kind == wire.NLMSG_DONE:
                return


class File:
    """One read of a file, from start to end."""

    def __init__(self, path, buffer_bytes=BUFFER_BYTES):
        self.file = os.open(path, os.O_RDONLY)
        self.buffers = [bytearray(buffer_bytes)]

    def __call__(self):
        os.lseek(self.file, 0, os.SEEK_SET)
        while os.readv(self.file, self.buffers):
            pass


class Program:
    """One run of a command, without its output."""

    def __init__(self, *words):
        self.words = words
        self.null = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]

    def __call__(self):
        process = os.posix_spawnp(self.words[0], self.words, os.environ,
                                  file_actions=self.null)
        if os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]):
            raise OSError(f"{self.words} failed")


def longest_read():
    """Nanoseconds of the longest read(2) of /proc/slabinfo, from start to end.

    Each holds slab_mutex for almost all of its time.
    """
    longest = 0
    file = os.open("/proc/slabinfo", os.O_RDONLY)
    buffers = [bytearray(BUFFER_BYTES)]
    size = 1
    while size:
        since = time.perf_counter_ns()
        size = os.readv(file, buffers)
        longest = max(longest, time.perf_counter_ns() - since)
    os.close(file)
    return longest


def slabinfo_caches():
    """The number of slab caches."""
    with open("/proc/slabinfo", encoding="ascii") as file:
        return len(file.readlines()) - 2
