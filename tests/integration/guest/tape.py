# SPDX-License-Identifier: GPL-2.0-only
"""Read first, think later.

To take numbers apart takes memory, and the memory of this process is among the
numbers.  So what a function reads is learned from one run of it; from then on
it is read in one go, without a thought, and the function runs on that.
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
    """What read(*arguments) gives: now, or when the tape was made."""
    key = (read, arguments)
    if _played is not None:
        return _played[key]
    if _learned is not None:
        _learned[key] = None
    return read(*arguments)


class Tape:
    """The readings of one function."""

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
        """The function's result on what was read."""
        global _played
        _played = readings
        try:
            return self.function()
        finally:
            _played = None
