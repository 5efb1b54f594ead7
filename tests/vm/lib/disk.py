# SPDX-License-Identifier: GPL-2.0-only
"""The scratch disk: a sparse file with a fresh ext4."""

import os
import subprocess

import tools


def make(folder, mebibytes):
    """Make the disk of one run; return its path."""
    path = os.path.join(folder, "disk")
    with open(path, "wb") as handle:
        handle.truncate(mebibytes << 20)
    # One inode for every 4 KiB, because tests make many small files. Write all
    # tables now, so that the guest does not do it during a measurement.
    tools.run(["mke2fs", "-q", "-F", "-t", "ext4", "-T", "small", "-E",
               "lazy_itable_init=0,lazy_journal_init=0", path],
              "making a file system", stdout=subprocess.DEVNULL)
    return path
