# SPDX-License-Identifier: GPL-2.0-only
"""Kernels of Debian: the newest packages, unpacked in the cache."""

import os
import re

import apt
import paths
import suite
import tools
from errors import HarnessError

# An empty column of the table.
NONE = "-"


def resolve(row):
    """The newest image that apt offers: {"release": ..., "version": ...}."""
    lists = suite.find(row.suite)
    series = row.name.partition("-")[0]
    pattern = rf"linux-image-{re.escape(series)}\.[0-9].*"

    def ask():
        found = apt.depends(lists.show(row.image), pattern)
        if not found:
            raise HarnessError(f"kernel {row.name}: {row.image} of the suite "
                               f"{row.suite} does not point at an image of "
                               f"{series}")
        package, version = found[0]
        return {"release": package[len("linux-image-"):], "version": version}

    return apt.remembered(row.name, lists, ask)


def obtain(kind, pinned, fill):
    """The folder <cache>/kernels/<release>_<version>/<kind>, filled once."""
    name = f"{pinned['release']}_{pinned['version']}"
    return paths.filled(paths.cache("kernels", name, kind),
                        f"{kind}-{name}", fill)


def release(row):
    """What `uname -r` prints on this kernel."""
    return resolve(row)["release"]


def image(row):
    """(kernel image, module folder, release)."""
    pinned = resolve(row)
    uname = pinned["release"]
    lists = suite.find(row.suite)
    package = "linux-image-" + uname

    def fill(target):
        tools.need("depmod")
        # Since 7.3 the image package has no files, only these three do.
        rest = apt.depends(lists.show(package, pinned["version"]),
                           r"linux-(base|binary|modules)-" + re.escape(uname))
        lists.unpack([(package, pinned["version"])] + rest, target)
        if not os.path.isdir(os.path.join(target, "lib")):
            os.symlink("usr/lib", os.path.join(target, "lib"))
        tools.run(["depmod", "-b", target, uname], "indexing modules")

    root = obtain("image", pinned, fill)
    modules = os.path.join(root, "lib", "modules", uname)
    for path in (os.path.join(root, "boot", "vmlinuz-" + uname),
                 os.path.join(modules, "vmlinuz")):
        if os.path.exists(path):
            return path, modules, uname
    raise HarnessError(f"kernel {row.name}: there is no vmlinuz in {root}")


def headers(row):
    """The folder to build modules in."""
    pinned = resolve(row)
    lists = suite.find(row.suite)
    package = "linux-headers-" + pinned["release"]

    def fill(target):
        fields = lists.show(package, pinned["version"])
        wanted = apt.depends(fields, r"linux-(headers|kbuild)-.*")
        lists.unpack([(package, pinned["version"])] + wanted, target)
        folder = os.path.join(target, "usr", "src", package)
        relocate(os.path.join(folder, "Makefile"))
        if row.userland == NONE:
            use_our_compiler(os.path.join(folder, ".kernelvariables"))

    root = obtain("headers", pinned, fill)
    return os.path.join(root, "usr", "src", package)


def relocate(makefile):
    """Make an unpacked header tree work in any folder.

    Debian's Makefile names the common tree, and on newer kernels itself, by
    installed paths. All other links between the packages are relative.
    """
    rewrite(makefile, r"(?<![^\s=])/usr/src/", "$(unpacked)/")
    with open(makefile) as handle:
        text = handle.read()
    with open(makefile, "w") as handle:
        handle.write("unpacked := $(abspath $(dir "
                     "$(lastword $(MAKEFILE_LIST)))/..)\n" + text)


def use_our_compiler(variables):
    """Build with gcc, not with the gcc-<number> of another Debian release."""
    rewrite(variables, r"\bgcc-[0-9]+\b", "gcc")


def rewrite(path, pattern, text):
    """Replace a pattern; raise if the file does not have it."""
    with open(path) as handle:
        before = handle.read()
    after = re.sub(pattern, lambda match: text, before)
    if after == before:
        raise HarnessError(f"{path} has no {pattern} to rewrite")
    with open(path, "w") as handle:
        handle.write(after)
