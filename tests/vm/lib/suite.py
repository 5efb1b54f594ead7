# SPDX-License-Identifier: GPL-2.0-only
"""Package lists of Debian suites that this machine is not on.

Each has a state of its own in the cache. So apt's lists and sources on this
machine stay as they are, and no root is needed.
"""

import os

import apt
import paths
from errors import HarnessError


class Suite(apt.Apt):
    """One suite, from the mirror of this machine."""

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
            # The preferences of this machine are about other suites.
            "-o", "Dir::Etc::Preferences=/dev/null",
            "-o", "Dir::Etc::PreferencesParts=/dev/null",
            "-o", "APT::Default-Release=",
            "-o", "Acquire::Languages=none"])

    def may_refresh(self):
        """Always: the lists are in the cache of this user."""
        return True

    def keep_fresh(self):
        """Update old lists: nothing else does."""
        self.refresh_if_stale()

    def _update(self):
        had_lists = self.lists_time()
        self._write_sources()
        super()._update()
        if not self.lists_time():
            raise HarnessError(f"no package lists of Debian's {self.name}: is "
                               "it still on this machine's mirror?")
        if had_lists:
            # Without a network the old lists will do. Mark them as new, so that
            # not every run waits for the network.
            os.utime(self._lists)

    def _write_sources(self):
        for name in ("state/lists/partial", "cache/archives/partial", "keys"):
            os.makedirs(self._folder + name, exist_ok=True)
        lines = [f"deb {apt.mirror()} {self.name} main\n"]
        if "-" not in self.name:
            # The newest kernels of a stable suite are here.
            lines.append(f"deb {apt.security_mirror()} {self.name}-security "
                         "main\n")
        with open(apt.keyring(), "rb") as handle:
            keys = handle.read()
        for name, data in (("status", b""), ("keys/debian.gpg", keys),
                           ("sources", "".join(lines).encode())):
            with open(self._folder + name, "wb") as handle:
                handle.write(data)


def find(name):
    """The package lists of a suite."""
    return Suite(name)
