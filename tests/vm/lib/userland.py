# SPDX-License-Identifier: GPL-2.0-only
"""The programs of another Debian release, to build modules with.

The build tools in a kernel's header packages are linked against the libraries
of their release. Those of 7.3 need a newer libc than Debian bookworm has.
"""

import hashlib
import os
import shutil

import debian
import paths
import tools
from errors import HarnessError

# What builds a module: the compiler that the headers name, and the libraries
# of their objtool and BTF tools. One set for each release.
PACKAGES = {
    "trixie": ("gcc-14", "libelf1t64", "make", "pahole"),
}

# Of no use to a compiler.
UNUSED = ("usr/share/doc", "usr/share/man", "usr/share/locale",
          "usr/share/info", "var/cache/apt", "var/lib/apt/lists")

# tests/vm/userland replaces these: no tree that is built may be in them.
REPLACED = ("/usr/", "/etc/")


def root(suite):
    """The folder with that release, built if there is none."""
    packages = PACKAGES[suite]
    key = "\n".join([suite, debian.VARIANT] + list(packages + UNUSED))
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]
    path = paths.cache("userland", f"{suite}-{digest}")
    for place in (paths.REPO, path):
        if place.startswith(REPLACED):
            raise HarnessError("modules of this kernel cannot be built from "
                               f"{place}: the build runs with /usr and /etc "
                               f"of Debian {suite}")
    return paths.filled(path, "userland-" + suite,
                        lambda scratch: build(suite, packages, scratch))


def build(suite, packages, scratch):
    """Build that release in a folder."""
    tools.note(f"fetching the compiler of Debian {suite}, once")
    # debootstrap wants to make the folder that it fills.
    tree = os.path.join(scratch, "tree")
    debian.install(suite, packages, tree, "userland-build.txt")
    for name in UNUSED:
        shutil.rmtree(os.path.join(tree, name), ignore_errors=True)
    for name in os.listdir(tree):
        os.rename(os.path.join(tree, name), os.path.join(scratch, name))
    os.rmdir(tree)
