# SPDX-License-Identifier: GPL-2.0-only
"""The kernel's source, from Debian's linux-source packages."""

import os
import shutil

import apt
import paths
import suite
import tools

# What the tools that come with the kernel's source need of it.
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
    """A folder with these parts of the newest version."""
    tools.need("xz")
    version = newest(where, package)
    name = "%s_%s" % (package, version)
    return paths.filled(
        paths.cache("kernels", name), name,
        lambda scratch: extract(where, package, version, scratch, PARTS))


def newest(where, package):
    """The newest version."""
    lists = suite.find(where)
    return apt.remembered(package, lists, lambda: {
        "version": lists.show(package)["Version"]})["version"]


def extract(where, package, version, target, names=()):
    """Unpack these parts of the source, or all of it, into a folder."""
    tree = os.path.join(target, ".package")
    os.mkdir(tree)
    suite.find(where).unpack([(package, version)], tree)
    tarball = os.path.join(tree, "usr", "src", package + ".tar.xz")
    tools.note("extracting %s%s" % ("parts of " if names else "",
                                    os.path.basename(tarball)))
    tools.run(["tar", "-xf", tarball, "-C", target, "--strip-components=1"]
              + ["%s/%s" % (package, name) for name in names],
              "extracting " + tarball)
    shutil.rmtree(tree)
