# SPDX-License-Identifier: GPL-2.0-only
"""The BTF of the newest kernel image of each series that apt offers.

tests/vm/lib fetches the images. Only their BTF is kept, in the cache of the
harness.
"""

import glob
import os
import re
import shutil
import subprocess

import apt
import paths
import suite
import tools
import vmlinuz
from errors import HarnessError
from tally import Failure

# What a test with an image raises when it fails; anything else is a bug of the
# test.
ERRORS = (Failure, HarnessError, vmlinuz.ImageError, OSError,
          subprocess.SubprocessError)

# Ordered by the age of their kernels.
SUITES = ("bullseye", "bookworm", "trixie-backports")

# The plain flavour: signed, without debug symbols.
IMAGE = re.compile(r"linux-image-((\d+\.\d+)\.\d[^-]*(?:-[\d.]+[^-]*)?-amd64)")


def age(release):
    """A release as numbers, to sort by age."""
    return [int(number) for number in re.findall(r"\d+", release)]


def offered(lists):
    """{series: newest release} of a suite."""
    newest = {}
    names = tools.output(lists.command("apt-cache", "pkgnames", "linux-image-"),
                         "listing the kernels of " + lists.name)
    for name in names.split():
        match = IMAGE.fullmatch(name)
        if match:
            release, series = match.groups()
            newest[series] = max(release, newest.get(series, release), key=age)
    return newest


class Image:
    """The kernel image of a release, in a suite."""

    def __init__(self, lists, release):
        self._lists = lists
        self.release = release
        self._package = "linux-image-" + release

    def btf(self):
        """The path of its BTF; fetch the image if that is not in the cache."""
        fields = self._lists.show(self._package)
        name = f"{self.release}_{fields['Version']}"
        folder = paths.filled(
            paths.cache("btf", name), "btf-" + name,
            lambda scratch: self._extract(name, fields, scratch))
        return os.path.join(folder, "btf")

    def _extract(self, name, fields, folder):
        # The harness has unpacked the kernels that it boots.
        tree = paths.cache("kernels", name, "image")
        if not os.path.isdir(tree):
            tree = os.path.join(folder, "image")
            os.mkdir(tree)
            # Since 6.19 the image is in a package of its own.
            binary = apt.depends(fields, "linux-binary-.*")
            self._lists.unpack(
                binary or [(self._package, fields["Version"])], tree)
        data = vmlinuz.btf(self._find(tree))
        shutil.rmtree(os.path.join(folder, "image"), ignore_errors=True)
        with open(os.path.join(folder, "btf"), "wb") as file:
            file.write(data)

    def _find(self, tree):
        for pattern in ("boot/vmlinuz-*", "usr/lib/modules/*/vmlinuz"):
            for path in glob.glob(os.path.join(tree, pattern)):
                return path
        raise HarnessError(f"there is no vmlinuz in {self._package}")


def newest():
    """The newest images: ({series: Image}, {suite: why it has none})."""
    images, missing = {}, {}
    for name in SUITES:
        try:
            lists = suite.find(name)
            lists.refresh_if_stale()
            found = offered(lists)
        except HarnessError as error:
            missing[name] = str(error)
            continue
        for series, release in found.items():
            known = images.get(series)
            if not known or age(release) > age(known.release):
                images[series] = Image(lists, release)
    return images, missing
