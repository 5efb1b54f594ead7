# SPDX-License-Identifier: GPL-2.0-only
"""Tests, counted and printed as TAP."""

import subprocess

from errors import HarnessError
from vmlinuz import ImageError


class Failure(Exception):
    """A test that failed, and why."""


# What a test may raise when it fails; anything else is a bug of the test.
REASONS = (Failure, HarnessError, ImageError, OSError,
           subprocess.SubprocessError)


def equal(got, wanted):
    """Both must be the same."""
    if got != wanted:
        raise Failure(f"got    {got}\nwanted {wanted}")


class Tally:
    """Runs tests, counts them, prints their lines."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def _line(self, word, name):
        number = self.passed + self.failed + self.skipped
        print(f"{word} {number} - {name}", flush=True)

    def check(self, name, test, *arguments):
        """One test, which fails by raising; returns whether it passed."""
        try:
            test(*arguments)
        except REASONS as error:
            self.fail(name, error)
            return False
        self.passed += 1
        self._line("ok", name)
        return True

    def fail(self, name, reason):
        """One test that has failed."""
        self.failed += 1
        for line in str(reason).splitlines():
            print(f"# {line}")
        self._line("not ok", name)

    def skip(self, name, reason):
        """One test that cannot be done."""
        self.skipped += 1
        self._line("ok", f"{name} # SKIP {' '.join(str(reason).split())}")

    def finish(self):
        """The last lines; returns the exit status."""
        print(f"1..{self.passed + self.failed + self.skipped}")
        print(f"{self.passed} passed, {self.failed} failed, "
              f"{self.skipped} skipped")
        return 1 if self.failed else 0
