# SPDX-License-Identifier: GPL-2.0-only
"""Kernels: from a name such as 6.12 to unpacked files in the cache.

What apt calls newest is looked up once and remembered until the machine's
package lists change, so an ordinary run does not ask apt at all.
"""

import collections
import json
import os
import re

import apt
import paths
import tools
from errors import HarnessError, UsageError

Row = collections.namedtuple("Row", "name suite image source")

# What the tools that come with the kernel's source need of it.
SOURCE_PARTS = (
    "COPYING",
    "Documentation/conf.py",
    "Documentation/dev-tools/checkpatch.rst",
    "Documentation/netlink",
    "Documentation/sphinx",
    "include/uapi/linux",
    "scripts",
    "tools/net/ynl",
)


def rows():
    """The table of kernels, in its own order."""
    table = []
    with open(os.path.join(paths.HERE, "kernels")) as handle:
        for line in handle:
            if line.strip() and not line.startswith("#"):
                table.append(Row(*line.split()))
    return table


def find(name):
    """The row of a kernel that can be used here."""
    for row in rows():
        if row.name == name:
            if row.suite == "later":
                raise UsageError("kernel %s is not available in this harness "
                                 "yet" % name)
            return row
    raise UsageError("unknown kernel %s; known: %s"
                     % (name, " ".join(row.name for row in rows())))


def ask_apt(row):
    """The newest image apt offers: {"release": ..., "version": ...}."""
    apt.refresh_if_stale()
    series = row.name.partition("-")[0]
    pattern = r"linux-image-%s\.[0-9].*" % re.escape(series)
    found = apt.depends(apt.show(row.image), pattern)
    if not found:
        raise HarnessError("kernel %s: apt's %s does not point at a %s image; "
                           "is this machine on the suite that has it?"
                           % (row.name, row.image, series))
    package, version = found[0]
    return {"release": package[len("linux-image-"):], "version": version}


def resolve(row):
    """ask_apt(), remembered until the package lists change."""
    path = paths.cache("kernels", row.name + ".json")
    with paths.lock("resolve-" + row.name):
        known = None
        if os.path.exists(path):
            with open(path) as handle:
                known = json.load(handle)
            if known["lists_time"] == apt.lists_time():
                return known
        try:
            fresh = ask_apt(row)
        except HarnessError as error:
            if not known:
                raise
            tools.note("%s; staying with %s" % (error, known["release"]))
            return known
        fresh["lists_time"] = apt.lists_time()
        with open(path + ".new", "w") as handle:
            json.dump(fresh, handle)
        os.rename(path + ".new", path)
        return fresh


def obtain(kind, pinned, fill):
    """The folder <cache>/kernels/<release>_<version>/<kind>, filled once."""
    name = "%s_%s" % (pinned["release"], pinned["version"])
    path = paths.cache("kernels", name, kind)
    if not os.path.isdir(path):
        with paths.lock("%s-%s" % (kind, name)):
            if not os.path.isdir(path):
                with paths.becoming(path) as scratch:
                    fill(scratch)
    return path


def release(name):
    """What `uname -r` says on this kernel."""
    return resolve(find(name))["release"]


def image(name):
    """(kernel image, module folder, release); modules.dep is in place."""
    pinned = resolve(find(name))
    uname = pinned["release"]

    def fill(target):
        tools.need("depmod")
        apt.unpack([("linux-image-" + uname, pinned["version"])], target)
        tools.run(["depmod", "-b", target, uname], "indexing modules")

    root = obtain("image", pinned, fill)
    return (os.path.join(root, "boot", "vmlinuz-" + uname),
            os.path.join(root, "lib", "modules", uname), uname)


def headers(name):
    """The folder to build modules in: `make -C <it> M=... modules`."""
    pinned = resolve(find(name))
    package = "linux-headers-" + pinned["release"]

    def fill(target):
        fields = apt.show(package, pinned["version"])
        wanted = apt.depends(fields, r"linux-(headers|kbuild)-.*")
        apt.unpack([(package, pinned["version"])] + wanted, target)
        relocate(os.path.join(target, "usr", "src", package, "Makefile"))

    root = obtain("headers", pinned, fill)
    return os.path.join(root, "usr", "src", package)


def relocate(makefile):
    """Let an unpacked header tree work from wherever it lies.

    Debian's Makefile includes the common one by its installed path. All other
    links between the header packages are relative already.
    """
    with open(makefile) as handle:
        text = handle.read()
    moved = re.sub(r"^include /usr/src/",
                   "include $(dir $(abspath $(lastword $(MAKEFILE_LIST))))../",
                   text, flags=re.MULTILINE)
    if moved == text:
        raise HarnessError("%s has no include of /usr/src to rewrite"
                           % makefile)
    with open(makefile, "w") as handle:
        handle.write(moved)


def source(name):
    """The kernel's source, as far as its tools need it."""
    tools.need("xz")
    package = find(name).source
    version = resolve_source(package)
    path = paths.cache("kernels", "%s_%s" % (package, version))
    with paths.lock(os.path.basename(path)):
        if not os.path.isdir(path):
            with paths.becoming(path) as scratch:
                extract_source(package, version, scratch)
    return path


def resolve_source(package):
    """The newest version of a source package, remembered like resolve()."""
    path = paths.cache("kernels", package + ".json")
    with paths.lock("resolve-" + package):
        if os.path.exists(path):
            with open(path) as handle:
                known = json.load(handle)
            if known["lists_time"] == apt.lists_time():
                return known["version"]
        apt.refresh_if_stale()
        known = {"version": apt.show(package)["Version"],
                 "lists_time": apt.lists_time()}
        with open(path + ".new", "w") as handle:
            json.dump(known, handle)
        os.rename(path + ".new", path)
        return known["version"]


def extract_source(package, version, target):
    tree = os.path.join(target, ".package")
    os.mkdir(tree)
    apt.unpack([(package, version)], tree)
    tarball = os.path.join(tree, "usr", "src", package + ".tar.xz")
    tools.note("extracting parts of " + os.path.basename(tarball))
    tools.run(["tar", "-xf", tarball, "-C", target, "--strip-components=1"]
              + ["%s/%s" % (package, part) for part in SOURCE_PARTS],
              "extracting " + tarball)
    tools.run(["rm", "-rf", tree], "cleaning up")
