# SPDX-License-Identifier: GPL-2.0-only
"""The Debian root file system of --rootfs guests: built once, then cached.

The image is read-only in every guest, so any number of them can share it.
"""

import hashlib
import os
import shutil

import debian
import paths
import tools

LIST = os.path.join(paths.HERE, "rootfs-packages")

# The larger part of a system, and no test needs it.
UNUSED = ("usr/share/doc", "usr/share/man", "usr/share/locale",
          "usr/share/info", "var/cache/apt", "var/lib/apt/lists")


class Image:
    """A finished image: the file, and which paths are in it."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "image")
        with open(os.path.join(folder, "contents"),
                  errors="surrogateescape") as handle:
            self._contents = set(handle.read().split("\0"))

    def has(self, path):
        """Tell whether the image has this path."""
        return path in self._contents


def packages():
    """The packages of the list, sorted."""
    with open(LIST) as handle:
        return sorted(word for line in handle
                      for word in line.partition("#")[0].split())


def image():
    """The image for today's package list, built if there is none."""
    key = "\n".join([debian.codename(), debian.VARIANT] + packages() +
                    list(UNUSED))
    path = paths.cache("rootfs", hashlib.sha256(key.encode()).hexdigest()[:16])
    return Image(paths.filled(path, "rootfs", build))


def build(scratch):
    """Build the image in a folder."""
    tools.need("mke2fs")
    tools.note("building the rootfs image, once: " + " ".join(packages()))
    tree = os.path.join(scratch, "tree")
    # Programs of this machine run in it with the libraries of the image, so it
    # must be the same release.
    debian.install(debian.codename(), packages(), tree, "rootfs-build.txt")
    for name in UNUSED:
        shutil.rmtree(os.path.join(tree, name), ignore_errors=True)
    list_contents(tree, os.path.join(scratch, "contents"))
    make_image(tree, os.path.join(scratch, "image"))
    shutil.rmtree(tree)


def list_contents(tree, path):
    """Write the list of all paths in the tree."""
    with open(path, "w", errors="surrogateescape") as handle:
        for folder, folders, files in os.walk(tree):
            for name in folders + files:
                whole = os.path.join(folder, name)
                handle.write(whole[len(tree):] + "\0")


def make_image(tree, path):
    """Make an ext4 image of the tree."""
    text = tools.output(["du", "-s", "--inodes", tree], "counting files")
    inodes = int(text.split()[0])
    text = tools.output(["du", "-s", "--block-size=1M", tree], "adding up")
    size = int(text.split()[0]) * 5 // 4 + 16
    with open(path, "wb") as handle:
        handle.truncate(size << 20)
    # Read-only, so it needs no journal and no reserve.
    tools.run(["mke2fs", "-q", "-F", "-t", "ext4", "-O", "^has_journal",
               "-m", "0", "-N", str(inodes + 1024), "-d", tree, path],
              "making the rootfs image")
