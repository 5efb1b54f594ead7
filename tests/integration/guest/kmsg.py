# SPDX-License-Identifier: GPL-2.0-only
"""Read the kernel's log, /dev/kmsg, from a moment on."""

import os
import time

from ktap import expect

LONGEST_LINE = 8192


class Log:
    """The kernel's log from the start of a with block on."""

    def __enter__(self):
        self.file = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        os.lseek(self.file, 0, os.SEEK_END)
        return self

    def __exit__(self, *_):
        os.close(self.file)

    def lines(self):
        """The lines since the last call; a lost line raises."""
        found = []
        while True:
            try:
                found.append(os.read(self.file, LONGEST_LINE)
                             .decode("utf-8", "replace"))
            except BlockingIOError:
                return found

    def wait(self, text, seconds):
        """Wait for a line with this text; fails after so many seconds."""
        deadline = time.monotonic() + seconds
        while not any(text in line for line in self.lines()):
            expect(time.monotonic() < deadline, f"no line with {text!r}")
            time.sleep(0.01)
