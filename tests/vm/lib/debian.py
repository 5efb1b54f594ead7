# SPDX-License-Identifier: GPL-2.0-only
"""Debian systems in a folder, by debootstrap."""

import os

import apt
import paths
import tools
from errors import HarnessError

VARIANT = "minbase"


def install(suite, packages, target, log):
    """A minimal system of a suite with these packages, in a new folder."""
    if os.geteuid():
        raise HarnessError("building a Debian system in the cache needs root, "
                           "once")
    tools.need("debootstrap", "unshare")
    log = paths.cache("logs", log)
    os.mkdir(target)
    with open(log, "w") as handle:
        # What debootstrap mounts and starts stays in namespaces of its own
        # and goes away with them, even if we are killed.
        tools.run(["unshare", "--mount", "--pid", "--fork", "--kill-child",
                   "--mount-proc", "--", "debootstrap", "--variant=" + VARIANT,
                   "--keyring=" + apt.keyring(),
                   "--include=" + ",".join(packages), suite, target,
                   apt.mirror("Debian")],
                  "building a Debian %s system (see %s)" % (suite, log),
                  stdout=handle, stderr=handle)
