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
    raise UsageError("unknown kernel %s; known: %s"
                     % (name, " ".join(row.name for row in rows())))


def is_built(name):
    """Whether it is built here, with checkers, rather than by Debian."""
    return compiled.is_built(find(name))


def finds_races(name):
    """Whether KCSAN is in it, which reports the kernel's own races as well."""
    return "kcsan.config" in find(name).image.split("+")


def _maker(row):
    return compiled if compiled.is_built(row) else packaged


def release(name):
    """What `uname -r` says on this kernel."""
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
    """QEMU's machine for it.

    The older one boots faster. But its ACPI tables have a loop that takes the
    kernel with checkers, under TCG, half a minute, until it gives up.
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
