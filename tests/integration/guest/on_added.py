# SPDX-License-Identifier: GPL-2.0-only
"""Add memory while the kernel runs: its struct pages are no leak."""

import pathlib

import fixture
import theirs
import wire
from ktap import equal, expect, note

# Within the memory that the command line left out; 64 bytes a struct page.
AT_MIB = 1152
MIB = 256
STRUCT_PAGES = MIB * 256 * 64 // 4096

# Memory that is online is soon in use, and cannot be removed.
ONLINE = pathlib.Path("/sys/devices/system/memory/auto_online_blocks")

# Pages that the test itself may take meanwhile.
OWN = 300


def host():
    """The record of the host."""
    record, = [row for row in wire.records("node") if "node" not in row]
    return record


def test_struct_pages_of_added_memory():
    """They have a field of their own where the kernel counts them."""
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
        expect(abs(risen - STRUCT_PAGES) < OWN, f"unaccounted rose by {risen}")
    else:
        equal(during["memmap_pages"] - before["memmap_pages"], STRUCT_PAGES,
              "struct pages")
        expect(abs(risen) < OWN, f"unaccounted rose by {risen}")
        equal(after["memmap_pages"], before["memmap_pages"], "given back")
