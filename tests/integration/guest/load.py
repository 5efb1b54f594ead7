# SPDX-License-Identifier: GPL-2.0-only
"""Make the kernel work, so that its counts move."""

import os
import subprocess

import tape


def hog():
    """Allocate memory in several processes, touch it, and free it."""
    subprocess.run(["stress-ng", "--quiet", "--vm", "2", "--vm-bytes", "64M",
                    "--vm-ops", "200", "--fork", "1", "--fork-ops", "100",
                    "--timeout", "20s"], check=True)


def settle():
    """Fold the counters of each CPU into the global ones."""
    tape.through(_refresh)


def _refresh():
    file = os.open("/proc/sys/vm/stat_refresh", os.O_WRONLY)
    try:
        os.write(file, b"1")
    finally:
        os.close(file)
