# SPDX-License-Identifier: GPL-2.0-only
"""Debian systems in a folder, by debootstrap."""

import os
import re

import apt
import paths
import tools
from errors import HarnessError

VARIANT = "minbase"


def codename():
    """The Debian release that this machine is on, such as bookworm."""
    with open("/etc/os-release") as handle:
        match = re.search(r"^VERSION_CODENAME=\"?(\w+)", handle.read(), re.M)
    if not match:
        raise HarnessError("/etc/os-release names no Debian release")
    return match[1]


def install(suite, packages, target, log):
    """Install a minimal system of a suite, with these packages, in a folder."""
    if os.geteuid():
        raise HarnessError("building a Debian system in the cache needs root, "
                           "once")
    tools.need("debootstrap", "unshare")
    log = paths.cache("logs", log)
    os.mkdir(target)
    with open(log, "w") as handle:
        # Namespaces take all mounts and processes of debootstrap with them,
        # even if this process is killed.
        tools.run(["unshare", "--mount", "--pid", "--fork", "--kill-child",
                   "--mount-proc", "--", "debootstrap", "--variant=" + VARIANT,
                   "--keyring=" + apt.keyring(),
                   "--include=" + ",".join(packages), suite, target,
                   apt.mirror()],
                  f"building a Debian {suite} system (see {log})",
                  stdout=handle, stderr=handle)
