# SPDX-License-Identifier: GPL-2.0-only
"""The suites of each command, and which of them run side by side.

A command is a list of lanes. The suites of a lane run one after the other, the
lanes side by side: guests and host programs both wait often.
"""

import os
import pathlib

TESTS = pathlib.Path(__file__).resolve().parents[1]

# A suite that prints nothing for this many seconds is stopped.
QUIET = 300


class Suite:
    """A program that prints TAP and ends with its counts."""

    def __init__(self, name, command, expected, quiet=QUIET):
        """expected: (tests, seconds) of a usual run, for the progress line."""
        self.name = name
        self.argv = [str(TESTS / command.split()[0]), *command.split()[1:]]
        self.expected = expected
        self.quiet = quiet


class Step(Suite):
    """A preparation for other suites; it has no tests and fails as a whole."""


# Fetch what guests of "make test" boot. One at a time, as mirrors are slow.
FETCH_CORE = Step("fetch", "vm/fetch --rootfs 6.12 5.10 7.3", (0, 150),
                  quiet=600)
FETCH_ALL = Step("fetch", "vm/fetch --rootfs all", (0, 60), quiet=1200)

# soak multiplies the work of random tests by this.
SOAK = int(os.environ.get("SOAK", "10"))

COMMANDS = {
    # What a newcomer sees pass.
    "test": [
        [FETCH_CORE,
         Suite("integration", "integration/run --core", (255, 250)),
         Suite("dkms", "dkms/run 6.12", (40, 60))],
        [Suite("cli", "cli/run", (1038, 60)),
         Suite("lint", "lint/run --quick", (16, 60)),
         Suite("runner", "lib/selftest", (11, 15)),
         Suite("fuzz", "fuzz/run", (4, 60)),
         Suite("layouts", "layouts/run --series 5.10,6.12,7.3", (355, 30)),
         Suite("kunit", "kunit/run --kernel light", (379, 60), quiet=900)],
    ],
    # All that "make test" leaves out.
    "matrix": [
        [FETCH_ALL,
         # 200 reloads on the debug kernel are one test.
         Suite("integration", "integration/run --rest", (1100, 1200),
               quiet=900)],
        [Suite("seeds", "lint/run --seeds", (16, 120)),
         Suite("layouts", "layouts/run", (700, 60), quiet=900),
         Suite("harness", "vm/selftest", (38, 300), quiet=1200),
         Suite("kunit", "kunit/run", (379, 120), quiet=1200),
         Suite("dkms", "dkms/run 6.1", (40, 60)),
         Suite("signed", "signed/run", (4, 60)),
         Suite("races", "integration/run --kernel kcsan", (80, 400),
               quiet=1200),
         Suite("proof", "integration/run --proof", (30, 900), quiet=600)],
    ],
    # The inner loop.
    "check": [
        [Suite("guest", "integration/run --kernel 6.12 --one-guest slab zones "
               "nodes debugfs", (40, 50))],
        [Suite("cli", "cli/run", (1038, 60))],
        [Suite("lint", "lint/run --quick", (16, 60))],
    ],
    # The random tests, for longer.
    "soak": [
        [Suite("fuzz", "fuzz/run", (4, 60 * SOAK), quiet=120 * SOAK),
         Suite("proof", "integration/run --proof", (30, 900 * SOAK),
               quiet=600 * SOAK)],
    ],
}
