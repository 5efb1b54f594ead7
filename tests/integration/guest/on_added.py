# SPDX-License-Identifier: GPL-2.0-only
"""Memory that is added while the kernel runs: its struct pages are no leak."""

import pathlib

import fixture
import theirs
import wire
from ktap import equal, expect, note

# In the memory that the command line left out; struct pages of 64 bytes.
AT_MIB = 1152
MIB = 256
STRUCT_PAGES = MIB * 256 * 64 // 4096

# Memory that went online is in use soon, and cannot be taken out again.
ONLINE = pathlib.Path("/sys/devices/system/memory/auto_online_blocks")

# What the test's own doings take meanwhile.
OWN = 300


def host():
    """The host's record."""
    record, = [row for row in wire.records("node") if "node" not in row]
    return record


def test_struct_pages_of_added_memory():
    """They are a term of their own where the kernel counts them."""
    ONLINE.write_text("offline", encoding="ascii")
    before = host()
    with fixture.Fixture(added_at_mib=AT_MIB, added_mib=MIB):
        during = host()
        counted = theirs.vmstat().get("nr_memmap_pages")
    after = host()
    risen = during["unaccounted_pages"] - before["unaccounted_pages"]
    note(f"{STRUCT_PAGES} struct pages, {risen:+} unaccounted, "
         f"nr_memmap_pages {counted}")
    equal(during.get("memmap_pages"), counted, "memmap_pages")
    if counted is None:
        expect(abs(risen - STRUCT_PAGES) < OWN, "nobody else took them")
    else:
        equal(during["memmap_pages"] - before["memmap_pages"], STRUCT_PAGES,
              "struct pages")
        expect(abs(risen) < OWN, f"unaccounted rose by {risen}")
        equal(after["memmap_pages"], before["memmap_pages"], "given back")
