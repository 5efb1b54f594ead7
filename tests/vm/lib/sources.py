# SPDX-License-Identifier: GPL-2.0-only
"""The kernel's source, from Debian's linux-source packages."""

import os
import shutil

import apt
import paths
import suite
import tools

# The parts that the tools of the kernel source need.
PARTS = (
    "COPYING",
    "Documentation/conf.py",
    "Documentation/dev-tools/checkpatch.rst",
    "Documentation/netlink",
    "Documentation/sphinx",
    "include/uapi/linux",
    "scripts",
    "tools/net/ynl",
)


def parts(where, package):
    """The folder with PARTS of the newest version."""
    tools.need("xz")
    version = newest(where, package)
    name = f"{package}_{version}"
    return paths.filled(
        paths.cache("kernels", name), name,
        lambda scratch: extract(where, package, version, scratch, PARTS))


def newest(where, package):
    """The newest version of a package in a suite."""
    lists = suite.find(where)
    return apt.remembered(package, lists, lambda: {
        "version": lists.show(package)["Version"]})["version"]


def extract(where, package, version, target, names=()):
    """Unpack these parts of the source, or all of it, into a folder."""
    tree = os.path.join(target, ".package")
    os.mkdir(tree)
    suite.find(where).unpack([(package, version)], tree)
    tarball = os.path.join(tree, "usr", "src", package + ".tar.xz")
    what = "parts of " if names else ""
    tools.note(f"extracting {what}{os.path.basename(tarball)}")
    tools.run(["tar", "-xf", tarball, "-C", target, "--strip-components=1"]
              + [f"{package}/{name}" for name in names],
              "extracting " + tarball)
    shutil.rmtree(tree)
