# SPDX-License-Identifier: GPL-2.0-only
"""Read all numbers first, parse them later.

Parsing takes memory, and the memory of this process is among the numbers.  So
one run of a function records what it reads.  From then on all of that is read
at once, and the function runs on the recorded bytes.
"""

import os

_CHUNK = 1 << 14

_learned = None
_played = None


def read_bytes(path):
    """All bytes of a file."""
    file = os.open(path, os.O_RDONLY)
    try:
        chunks = []
        while chunk := os.read(file, _CHUNK):
            chunks.append(chunk)
        return b"".join(chunks)
    finally:
        os.close(file)


def through(read, *arguments):
    """The result of read(*arguments): of now, or of the tape being played."""
    key = (read, arguments)
    if _played is not None:
        return _played[key]
    if _learned is not None:
        _learned[key] = None
    return read(*arguments)


class Tape:
    """Records and plays the readings of one function."""

    def __init__(self, function):
        global _learned
        self.function = function
        _learned = self.keys = {}
        try:
            function()
        finally:
            _learned = None

    def record(self):
        """Read everything that the function needs."""
        return {(read, arguments): read(*arguments)
                for read, arguments in self.keys}

    def play(self, readings):
        """The result of the function on these readings."""
        global _played
        _played = readings
        try:
            return self.function()
        finally:
            _played = None
