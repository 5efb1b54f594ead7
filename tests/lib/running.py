# SPDX-License-Identifier: GPL-2.0-only
"""A running suite: its output, its counts, and its end."""

import os
import re
import signal
import subprocess
import threading
import time

import plan
import tools

COUNTS = re.compile(r"(\d+) passed, (\d+) failed(?:, (\d+) skipped)?")
RESULT = re.compile(r"(?:not )?ok \d+|# (?:done|FAILED): ")
# The results of a guest come twice: when each test ends, and in order at the
# end.
LATER = re.compile(r"# (?:done|FAILED): ")

END_SECONDS = 30


class Running:
    """The process of a suite, and its output so far."""

    def __init__(self, suite, show):
        """show(line): called for each line of output."""
        self.suite = suite
        self.seen = 0
        self.counts = None
        self.stood_still = False
        self.last = ""
        self.started = self.heard = time.monotonic()
        self.seconds = None
        self._show = show
        self._live = False
        self._over = threading.Event()
        # A process group of its own, to end it with its children.
        self._process = subprocess.Popen(
            suite.argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="backslashreplace",
            start_new_session=True, preexec_fn=tools.die_with_parent())

    def follow(self):
        """Read its output until it ends; the results are in the members."""
        watch = threading.Thread(target=self._watch)
        watch.start()
        for line in self._process.stdout:
            self._line(line.rstrip("\n"))
        self._process.wait()
        self._over.set()
        # The watch may be ending the group.
        watch.join()
        self.seconds = time.monotonic() - self.started

    def _line(self, line):
        self.heard = time.monotonic()
        self.last = line
        self._live = self._live or bool(LATER.match(line))
        if RESULT.match(line) and bool(LATER.match(line)) == self._live:
            self.seen += 1
        found = COUNTS.fullmatch(line)
        self.counts = [int(count or 0) for count in found.groups()] \
            if found else None
        self._show(line)

    def _watch(self):
        """End the suite if it prints nothing for too long."""
        left = self.suite.quiet
        while not self._over.wait(left):
            left = self.heard + self.suite.quiet - time.monotonic()
            if left <= 0:
                self.stood_still = True
                self.end()
                return

    def end(self):
        """End the suite with its children."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                return
            deadline = time.monotonic() + END_SECONDS
            while time.monotonic() < deadline:
                # Wait for its children as well.
                try:
                    self._process.poll()
                    os.killpg(self._process.pid, 0)
                except ProcessLookupError:
                    return
                time.sleep(0.1)

    def result(self):
        """([passed, failed, skipped], why it failed as a whole or None)."""
        status = self._process.returncode
        counts = self.counts
        if self.stood_still:
            return [0, 1, 0], (f"printed nothing for {self.suite.quiet} s and "
                               f"was stopped; its last line: {self.last}")
        if isinstance(self.suite, plan.Step):
            return [0, int(status != 0), 0], (
                f"exit status {status}" if status else None)
        if not counts:
            return [0, 1, 0], f"ended without counts, exit status {status}"
        if status and not counts[1]:
            return [counts[0], 1, counts[2]], (
                f"no test failed, but the exit status is {status}")
        return counts, None
