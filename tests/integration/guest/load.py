# SPDX-License-Identifier: GPL-2.0-only
"""Work for the kernel that moves its counts."""

import subprocess


def hog():
    """Take memory in several processes, touch it, and give it back."""
    subprocess.run(["stress-ng", "--quiet", "--vm", "2", "--vm-bytes", "64M",
                    "--vm-ops", "200", "--fork", "1", "--fork-ops", "100",
                    "--timeout", "20s"], check=True)


def settle():
    """Fold the counters that each CPU keeps to itself into the shown ones."""
    with open("/proc/sys/vm/stat_refresh", "wb") as refresh:
        refresh.write(b"1")
