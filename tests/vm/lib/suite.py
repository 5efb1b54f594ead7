# SPDX-License-Identifier: GPL-2.0-only
"""Package lists of Debian suites that this machine is not on.

Each has a state of its own in the cache, so neither apt's lists nor its
sources on this machine change, and nobody needs to be root for it.
"""

import os

import apt
import paths
from errors import HarnessError


class Suite(apt.Apt):
    """One suite from the mirror that this machine uses itself."""

    def __init__(self, name):
        # The empty part makes this folder exist, and end with a slash.
        self._folder = paths.cache("apt", name, "")
        super().__init__(name, os.path.join(self._folder, "state", "lists"), [
            "-o", "Dir::State=" + self._folder + "state",
            "-o", "Dir::State::status=" + self._folder + "status",
            "-o", "Dir::Cache=" + self._folder + "cache",
            "-o", "Dir::Etc::SourceList=" + self._folder + "sources",
            "-o", "Dir::Etc::SourceParts=/dev/null",
            "-o", "Dir::Etc::Trusted=/dev/null",
            "-o", "Dir::Etc::TrustedParts=" + self._folder + "keys",
            # What this machine prefers is about other suites.
            "-o", "Dir::Etc::Preferences=/dev/null",
            "-o", "Dir::Etc::PreferencesParts=/dev/null",
            "-o", "APT::Default-Release=",
            "-o", "Acquire::Languages=none"])

    def may_refresh(self):
        return True

    def keep_fresh(self):
        # Nobody but us does.
        self.refresh_if_stale()

    def _update(self):
        had_lists = self.lists_time()
        self._write_sources()
        super()._update()
        if not self.lists_time():
            raise HarnessError("no package lists of Debian's %s: is it still "
                               "on this machine's mirror?" % self.name)
        if had_lists:
            # Without a network the old lists will do, and not every run
            # should wait to find that out.
            os.utime(self._lists)

    def _write_sources(self):
        for name in ("state/lists/partial", "cache/archives/partial", "keys"):
            os.makedirs(self._folder + name, exist_ok=True)
        lines = ["deb %s %s main\n" % (apt.mirror(), self.name)]
        if "-" not in self.name:
            # Where the newest kernels of a stable suite are.
            lines.append("deb %s %s-security main\n"
                         % (apt.security_mirror(), self.name))
        with open(apt.keyring(), "rb") as handle:
            keys = handle.read()
        for name, data in (("status", b""), ("keys/debian.gpg", keys),
                           ("sources", "".join(lines).encode())):
            with open(self._folder + name, "wb") as handle:
                handle.write(data)


def find(name):
    """The package lists of a suite."""
    return Suite(name)
