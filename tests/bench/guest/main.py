# SPDX-License-Identifier: GPL-2.0-only
"""Measure subjects, each a word "name" or "name:number,number..."."""

import gc
import os
import subprocess
import sys

# The netlink client and the handle of the fixture are in tests/integration.
sys.path.insert(0, "/root/tests")

import diagnosed                                               # noqa: E402
import fragmented                                              # noqa: E402
import resident                                                # noqa: E402
import traced                                                  # noqa: E402
import caches                                                  # noqa: E402
from measure import say                                         # noqa: E402

SUBJECTS = {
    "dump": caches.dump,
    "caches": caches.caches,
    "commands": caches.commands,
    "partials": fragmented.partials,
    "pages": fragmented.pages,
    "load": resident.load,
    "diagnose": diagnosed.diagnose,
    "trace": traced.trace,
}


def first_line(*words):
    """The version that a program prints."""
    return subprocess.run(words, capture_output=True, text=True,
                          check=True).stdout.split("\n")[0]


def main():
    """Print the versions, then measure all rows."""
    gc.disable()
    say(peers=[first_line("slabtop", "-V"), first_line("kmemscope", "-V")],
        release=os.uname().release)
    for word in sys.argv[1:]:
        name, _, numbers = word.partition(":")
        SUBJECTS[name]([int(number) for number in numbers.split(",")
                        if number])


main()
