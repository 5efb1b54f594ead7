# SPDX-License-Identifier: GPL-2.0-only
"""Find QEMU: this machine's own, or a newer one of Debian's in the cache.

Before 8.1.0 a CPU could run its old translation of a breakpoint that another
CPU had replaced ("accel/tcg: Always lock pages before translation"). Guests
whose CPUs run at the same time crashed, within seconds under tracing.
"""

import os
import re
import shutil

import apt
import debian
import paths
import suite
import tools
from errors import HarnessError

PROGRAM = "qemu-system-x86_64"
PACKAGE = "qemu-system-x86"
OLDEST = (8, 1)

# Its libraries come with this release's own QEMU, which tests/deps installs.
PACKAGES = (PACKAGE, "qemu-system-data", "seabios")

# The folders of these packages that QEMU loads files from.
DATA = ("usr/share/qemu", "usr/share/seabios")


class Emulator:
    """A QEMU program, its fixed options, and its version."""

    def __init__(self, program, options, version):
        self.program = program
        self.options = options
        self.version = version


def broken_assertion(errors):
    """The line of QEMU's own assertion that failed; None where none did.

    A CPU that touches a device while another one moves it reads an entry that
    is no longer valid: "iotlb_to_section: Assertion ... failed". QEMU's issue
    1921 has it of guests with many CPUs that boot; seen here with 24.
    """
    found = re.search(rf"^{PROGRAM}: (.*Assertion `.*' failed.*)$", errors,
                      re.MULTILINE)
    return found and found[1]


def find():
    """The QEMU that guests run in; fetched if this machine's is too old."""
    own = shutil.which(PROGRAM)
    if own:
        version = version_of(own)
        if numbers(version) >= OLDEST:
            return Emulator(own, [], version)
    return unpacked(obtain())


def version_of(program):
    """The version that a QEMU prints, such as 10.0.2."""
    text = tools.output([program, "--version"], "asking for QEMU's version")
    match = re.search(r"version (\d+\.\d+\.\d+)", text)
    if not match:
        first = text.partition("\n")[0]
        raise HarnessError(f"{program} --version prints no version: {first}")
    return match[1]


def numbers(version):
    """A version as numbers, to compare."""
    return tuple(int(number) for number in version.split("."))


def obtain():
    """The folder with the backported packages, filled once."""
    name = debian.codename() + "-backports"
    lists = suite.find(name)
    version = apt.remembered("qemu", lists, lambda: {
        "version": lists.show(PACKAGE)["Version"]})["version"]

    def fill(scratch):
        lists.unpack([(package, None) for package in PACKAGES], scratch)
        # It must run here, and be new enough.
        unpacked(scratch)

    return paths.filled(paths.cache("emulators", version), "emulator", fill)


def unpacked(folder):
    """The QEMU of unpacked packages."""
    program = os.path.join(folder, "usr/bin", PROGRAM)
    version = version_of(program)
    if numbers(version) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise HarnessError(f"the newest QEMU of {debian.codename()}-backports "
                           f"is {version}; guests need {oldest}")
    options = []
    for place in DATA:
        options += ["-L", os.path.join(folder, place)]
    return Emulator(program, options, version)
