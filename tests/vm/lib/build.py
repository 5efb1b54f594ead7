# SPDX-License-Identifier: GPL-2.0-only
"""Build the reader, and the modules for one kernel."""

import hashlib
import os

import kernels
import paths
import tools
from errors import HarnessError


def lock():
    """Lock the build tree: one run builds or copies at a time."""
    return paths.lock("build-" + hashlib.sha256(paths.REPO.encode())
                      .hexdigest()[:16])


def reader():
    """Build the reader; return its path."""
    tools.run(["make", "-s", "-C", paths.REPO, "--no-print-directory",
               "reader"], "building the reader")
    return built("tools", "kmemscope")


def module(name, release):
    """Build the module for a kernel; return its path."""
    return for_kernel("module", name, release, "module", "kmemscope.ko")


def fixture(name, release):
    """Build the fixture module for a kernel; return its path."""
    return for_kernel("fixture", name, release, "tests", "fixture",
                      "kmemscope_fixture.ko")


def for_kernel(target, name, release, *parts):
    """Build a target of the Makefile for a kernel; return a file's path."""
    # The build scripts of 6.12 call pahole without a check that it exists.
    tools.need("gcc", "pahole")
    folder = os.path.join(paths.REPO, "build", release)
    tools.run(["make", "-s", "-C", paths.REPO, "--no-print-directory",
               target, "KDIR=" + kernels.headers(name), "O=" + folder,
               "KBUILD_WRAP=" + " ".join(kernels.wrap(name))],
              f"building the {target} for {release}")
    return built(release, *parts)


def built(*parts):
    """The path of a file that make must have left."""
    path = os.path.join(paths.REPO, "build", *parts)
    if not os.path.exists(path):
        raise HarnessError("make succeeded but left no " + path)
    return path
