# SPDX-License-Identifier: GPL-2.0-only
"""Show the progress of a run: suites, tests done, time left."""

import json
import os
import pathlib
import sys
import time

import paths

# Seconds between two lines if stdout is no terminal.
PERIOD = 30


def _memory():
    return pathlib.Path(paths.cache("suites.json"))


def _length(seconds):
    """A time in words."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"


class Progress:
    """Knows what each suite usually takes on this machine, and what is left."""

    def __init__(self, command, lanes):
        self._command = command
        self._lanes = lanes
        self._started = time.monotonic()
        self._told = 0
        self._drawn = False
        self._running = {}
        self._ended = {}
        try:
            known = json.loads(_memory().read_text(encoding="utf-8"))
        except (OSError, ValueError):
            known = {}
        self._known = known if isinstance(known, dict) else {}
        for lane in lanes:
            for suite in lane:
                tests, seconds = self._known.get(self._key(suite),
                                                 suite.expected)
                suite.expected = (tests, seconds)

    def _key(self, suite):
        return f"{self._command} {suite.name}"

    def begins(self, running):
        """Note that a suite has started."""
        self._running[running.suite.name] = running

    def ends(self, running, passed):
        """Note that a suite has ended; save its time if nothing failed."""
        suite = running.suite
        del self._running[suite.name]
        self._ended[suite.name] = running
        if passed:
            self._known[self._key(suite)] = [running.seen,
                                             round(running.seconds)]
            self._save()

    def _save(self):
        path = _memory()
        try:
            new = path.with_suffix(".new")
            new.write_text(json.dumps(self._known, indent=1), encoding="utf-8")
            new.rename(path)
        except OSError:
            pass

    def _left_of(self, suite):
        """Expected seconds until this suite ends."""
        tests, seconds = suite.expected
        if suite.name in self._ended:
            return 0
        running = self._running.get(suite.name)
        if not running:
            return seconds
        spent = time.monotonic() - running.started
        if spent < seconds or not running.seen:
            # Tests differ too much to use the number of tests done.
            return max(0, seconds - spent)
        return min(seconds, spent * max(0, tests / running.seen - 1))

    def text(self):
        """The line: running suites, tests done, time left."""
        parts = []
        for name, running in self._running.items():
            tests = max(running.suite.expected[0], running.seen)
            parts.append(f"{name} {running.seen} of {tests}" if tests else name)
        done = sum(one.seen for one in (*self._running.values(),
                                        *self._ended.values()))
        total = max(done, sum(
            self._ended[suite.name].seen if suite.name in self._ended
            else suite.expected[0] for lane in self._lanes for suite in lane))
        left = max(sum(self._left_of(suite) for suite in lane)
                   for lane in self._lanes)
        return (f"{_length(time.monotonic() - self._started)}: "
                f"{', '.join(parts)}; {done} of about {total} tests, about "
                f"{_length(left)} left")

    def tell(self):
        """Print the line: in place on a terminal, else every PERIOD seconds."""
        if not self._running:
            return
        if sys.stdout.isatty():
            width = os.get_terminal_size().columns - 1
            print("\r\033[K" + self.text()[:width], end="", flush=True)
            self._drawn = True
        elif time.monotonic() - self._told >= PERIOD:
            self._told = time.monotonic()
            print(f"# {self.text()}", flush=True)

    def clear(self):
        """Remove the line, to print other output."""
        if self._drawn:
            print("\r\033[K", end="")
            self._drawn = False
