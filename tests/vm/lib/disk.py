# SPDX-License-Identifier: GPL-2.0-only
"""The scratch disk: a sparse file with a fresh ext4."""

import os
import subprocess

import tools


def make(folder, mebibytes):
    path = os.path.join(folder, "disk")
    with open(path, "wb") as handle:
        handle.truncate(mebibytes << 20)
    # An inode for every 4 KiB, as tests make many small files. Nothing is left
    # for the guest to initialize behind a measurement's back.
    tools.run(["mke2fs", "-q", "-F", "-t", "ext4", "-T", "small", "-E",
               "lazy_itable_init=0,lazy_journal_init=0", path],
              "making a file system", stdout=subprocess.DEVNULL)
    return path
