# SPDX-License-Identifier: GPL-2.0-only
"""Bring the reader, and what one kernel loads, up to date."""

import hashlib
import os

import kernels
import paths
import tools
from errors import HarnessError


def lock():
    """Two runs must not build in one tree, nor one build while one copies."""
    return paths.lock("build-" + hashlib.sha256(paths.REPO.encode())
                      .hexdigest()[:16])


def reader():
    """Build the reader; returns its path."""
    tools.run(["make", "-s", "-C", paths.REPO, "--no-print-directory",
               "reader"], "building the reader")
    return built("tools", "kmemscope")


def module(name, release):
    """Build the module for a kernel; returns its path."""
    return for_kernel("module", name, release, "module", "kmemscope.ko")


def fixture(name, release):
    """Build the tests' own module for a kernel; returns its path."""
    return for_kernel("fixture", name, release, "tests", "fixture",
                      "kmemscope_fixture.ko")


def for_kernel(target, name, release, *parts):
    # 6.12's own build scripts call pahole, without asking whether it is there.
    tools.need("gcc", "pahole")
    folder = os.path.join(paths.REPO, "build", release)
    tools.run(["make", "-s", "-C", paths.REPO, "--no-print-directory",
               target, "KDIR=" + kernels.headers(name), "O=" + folder,
               "KBUILD_WRAP=" + " ".join(kernels.wrap(name))],
              "building the %s for %s" % (target, release))
    return built(release, *parts)


def built(*parts):
    path = os.path.join(paths.REPO, "build", *parts)
    if not os.path.exists(path):
        raise HarnessError("make succeeded but left no " + path)
    return path
