# SPDX-License-Identifier: GPL-2.0-only
"""Count tests and print them as TAP: the one tally of all runners."""


class Failure(Exception):
    """A test that failed, and why."""


def equal(got, wanted):
    """Fail unless both are the same."""
    if got != wanted:
        raise Failure(f"got    {got}\nwanted {wanted}")


class Tally:
    """Counts tests, and prints the TAP line of each."""

    def __init__(self, errors=(Failure,), skips=None):
        """Start at zero.

        errors: what a test of check() raises when it fails. Any other
        exception is a bug of the test and ends the run.
        skips: {name: reason} of the tests that may skip; None allows all.
        """
        self._errors = errors
        self._skips = skips
        self.passed = self.failed = self.skipped = 0

    @property
    def total(self):
        """How many tests were counted."""
        return self.passed + self.failed + self.skipped

    def add(self, name, passed, notes=(), skip=None):
        """Count one test.

        notes: lines that explain a failure. skip: why the test skipped
        itself. A skip that is not in the list of skips is a failure.
        """
        if skip is not None and self._skips is not None:
            if name in self._skips:
                skip = self._skips[name]
            else:
                passed, notes, skip = False, [f"unlisted skip: {skip}"], None
        if skip is not None:
            self.skipped += 1
            print(f"ok {self.total} - {name} # SKIP {skip}", flush=True)
        elif passed:
            self.passed += 1
            print(f"ok {self.total} - {name}", flush=True)
        else:
            self.failed += 1
            for line in notes:
                self.note(line)
            print(f"not ok {self.total} - {name}", flush=True)

    @staticmethod
    def note(text):
        """Explain the next test."""
        print(f"# {text}", flush=True)

    def check(self, name, test, *arguments):
        """Run one test, which fails by raising; return whether it passed."""
        try:
            test(*arguments)
        except self._errors as error:
            self.fail(name, error)
            return False
        self.add(name, True)
        return True

    def fail(self, name, reason):
        """Count a test that failed."""
        self.add(name, False, str(reason).splitlines())

    def skip(self, name, reason):
        """Count a test that cannot run here."""
        self.add(name, False, skip=" ".join(str(reason).split()))

    def finish(self):
        """Print the last lines; return the exit status."""
        print(f"1..{self.total}")
        print(f"{self.passed} passed, {self.failed} failed, "
              f"{self.skipped} skipped")
        return 1 if self.failed else 0
