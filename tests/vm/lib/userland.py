# SPDX-License-Identifier: GPL-2.0-only
"""Another Debian release's programs, to build modules with.

The build tools in a kernel's header packages are linked against the libraries
of the release they were made for, and 7.3's want a newer libc than ours.
"""

import hashlib
import os
import shutil

import debian
import paths
import tools
from errors import HarnessError

# What building a module takes: the compiler the headers ask for, and what
# their objtool and BTF tools are linked against. One set per release.
PACKAGES = {
    "trixie": ("gcc-14", "libelf1t64", "make", "pahole"),
}

# Of no use to a compiler.
UNUSED = ("usr/share/doc", "usr/share/man", "usr/share/locale",
          "usr/share/info", "var/cache/apt", "var/lib/apt/lists")

# What tests/vm/userland replaces: nothing we build with may lie there.
REPLACED = ("/usr/", "/etc/")


def root(suite):
    """The folder with that release, built if there is none."""
    packages = PACKAGES[suite]
    key = "\n".join([suite, debian.VARIANT] + list(packages + UNUSED))
    path = paths.cache("userland", "%s-%s" % (
        suite, hashlib.sha256(key.encode()).hexdigest()[:16]))
    for place in (paths.REPO, path):
        if place.startswith(REPLACED):
            raise HarnessError("modules of this kernel cannot be built from "
                               "%s: /usr and /etc are Debian %s's while they "
                               "are" % (place, suite))
    return paths.filled(path, "userland-" + suite,
                        lambda scratch: build(suite, packages, scratch))


def build(suite, packages, scratch):
    tools.note("fetching Debian %s's compiler, once" % suite)
    # debootstrap wants to make the folder that it fills.
    tree = os.path.join(scratch, "tree")
    debian.install(suite, packages, tree, "userland-build.txt")
    for name in UNUSED:
        shutil.rmtree(os.path.join(tree, name), ignore_errors=True)
    for name in os.listdir(tree):
        os.rename(os.path.join(tree, name), os.path.join(scratch, name))
    os.rmdir(tree)
