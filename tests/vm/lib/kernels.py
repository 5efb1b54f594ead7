# SPDX-License-Identifier: GPL-2.0-only
"""Kernels: from a name such as 6.12 to files in the cache."""

import collections
import os

import compiled
import packaged
import paths
import sources
import userland
from errors import UsageError

Row = collections.namedtuple("Row",
                             "name suite image source userland about")


def rows():
    """The table of kernels, in its own order."""
    table = []
    with open(os.path.join(paths.HERE, "kernels")) as handle:
        for line in handle:
            if line.strip() and not line.startswith("#"):
                table.append(Row(*line.strip().split(None, 5)))
    return table


def find(name):
    """The row of a kernel."""
    for row in rows():
        if row.name == name:
            return row
    known = " ".join(row.name for row in rows())
    raise UsageError(f"unknown kernel {name}; known: {known}")


def is_built(name):
    """Tell whether it is built here, with checkers, and not by Debian."""
    return compiled.is_built(find(name))


def finds_races(name):
    """Tell whether it has KCSAN, which also reports the kernel's own races."""
    return "kcsan.config" in find(name).image.split("+")


def _maker(row):
    return compiled if compiled.is_built(row) else packaged


def release(name):
    """What `uname -r` prints on this kernel."""
    row = find(name)
    return _maker(row).release(row)


def image(name):
    """(kernel image, module folder, release); modules.dep is in place."""
    row = find(name)
    return _maker(row).image(row)


def headers(name):
    """The folder to build modules in: `make -C <it> M=... modules`."""
    row = find(name)
    return _maker(row).headers(row)


def machine(name):
    """The QEMU machine for it.

    The older machine boots faster. But its ACPI tables have a loop, and under
    TCG a kernel with checkers needs half a minute to give up on it.
    """
    return "q35" if is_built(name) else "pc"


def wrap(name):
    """The words to put before that make; none for most kernels."""
    row = find(name)
    if row.userland == packaged.NONE:
        return []
    return [os.path.join(paths.HERE, "userland"),
            userland.root(row.userland)]


def source(name):
    """The kernel's source, as far as its tools need it."""
    row = find(name)
    return sources.parts(row.suite, row.source)
