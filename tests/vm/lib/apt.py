# SPDX-License-Identifier: GPL-2.0-only
"""Find, fetch and unpack Debian packages through apt.

Nothing is installed: packages are downloaded and unpacked into a folder.
HOST has the package lists of this machine; lib/suite.py has those of other
suites.
"""

import glob
import json
import os
import re
import shutil
import tempfile
import time

import paths
import tools
from errors import HarnessError

STALE_SECONDS = 7 * 24 * 3600
ATTEMPTS = 3


class Apt:
    """One set of package lists, and apt's options to work with it."""

    def __init__(self, name, lists, options=()):
        self.name = name
        self._lists = lists
        self._options = list(options)
        if not os.geteuid():
            # apt's sandbox user cannot write to a private folder, and says so.
            self._options += ["-o", "APT::Sandbox::User=root"]

    def command(self, program, *arguments):
        """The words that run a program of apt on these lists."""
        return [program] + self._options + list(arguments)

    def lists_time(self):
        """When the package lists last changed; 0 when there are none."""
        files = glob.glob(self._lists + "/*_Packages*")
        times = [os.stat(path).st_mtime for path in files]
        # Right after an update that brought nothing new only the folder is
        # fresh.
        return max(times + [os.stat(self._lists).st_mtime]) if times else 0

    def may_refresh(self):
        """Tell whether this user may update the lists."""
        return os.geteuid() == 0

    def refresh(self, only_if_stale=False):
        """Update the package lists, if this user may."""
        if not self.may_refresh():
            if not self.lists_time():
                raise HarnessError("there are no apt package lists; "
                                   "run apt-get update as root")
            return
        with paths.lock("apt-update-" + self.name):
            # Another run may have done it while this one waited for the lock.
            if self._stale() or not only_if_stale:
                self._update()

    def refresh_if_stale(self):
        """Update the package lists if they are old."""
        if self._stale():
            self.refresh(only_if_stale=True)

    def keep_fresh(self):
        """Do nothing: the admin of this machine updates these lists."""

    def _stale(self):
        return time.time() - self.lists_time() > STALE_SECONDS

    def _update(self):
        tools.note(f"apt-get update ({self.name})")
        try:
            tools.run(self.command("apt-get", "-qq", "update"),
                      "updating the package lists of " + self.name)
        except HarnessError as error:
            # A broken third-party source is no reason to stop: the packages
            # that this run needs may still be there.
            tools.note(str(error))

    def show(self, package, version=None):
        """The newest (or the given) version's control fields, as a dict."""
        name = package + ("=" + version if version else "")
        text = tools.output(
            self.command("apt-cache", "show", "--no-all-versions", name),
            f"looking up package {name} in {self.name}")
        fields = {}
        for line in text.splitlines():
            if not line:
                break
            key, colon, value = line.partition(":")
            if colon and not key.startswith(" "):
                fields[key] = value.strip()
        return fields

    def unpack(self, packages, target):
        """Download (name, version or None) pairs, unpack them below target."""
        wanted = [name + ("=" + version if version else "")
                  for name, version in packages]
        folder = tempfile.mkdtemp(prefix=".download-",
                                  dir=os.path.dirname(target))
        try:
            tools.note("downloading " + " ".join(wanted))
            self._download(wanted, folder)
            for package in sorted(os.listdir(folder)):
                tools.run(["dpkg", "-x", os.path.join(folder, package),
                           target], "unpacking " + package)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _download(self, wanted, folder):
        for attempt in range(1, ATTEMPTS + 1):
            try:
                tools.run(self.command("apt-get", "-qq", "download", *wanted),
                          "downloading packages", cwd=folder)
                return
            except HarnessError as error:
                if attempt == ATTEMPTS:
                    raise
                tools.note(f"{error}; trying again")
                time.sleep(2 * attempt)
                self.refresh()


HOST = Apt("host", "/var/lib/apt/lists")


def mirror():
    """The address that this machine gets Debian from."""
    address = archive("Debian")
    if not address:
        raise HarnessError("apt's sources on this machine have no Debian "
                           "archive")
    return address


def security_mirror():
    """The same for security updates; a bare system has no source of them.

    Mirrors have the two archives side by side.
    """
    return archive("Debian-Security") or mirror().rstrip("/") + "-security"


def archive(label):
    """The address of an archive as apt knows it, or None."""
    if not HOST.lists_time():
        HOST.refresh()
    text = tools.output(["apt-get", "indextargets", "--format",
                         "$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(REPO_URI)",
                         "Created-By: Packages"], "reading apt's sources")
    for line in text.splitlines():
        *words, address = line.split("|", 3)
        if words == ["Debian", label, "main"]:
            return address
    return None


def keyring():
    """The file with the keys of all Debian suites in use.

    The keyring of this machine may be older than the suite. The newest keyring
    package is signed with keys that this machine trusts.
    """
    package = "debian-archive-keyring"
    HOST.refresh_if_stale()
    version = HOST.show(package)["Version"]
    path = paths.filled(
        paths.cache("apt", f"{package}_{version}"), package,
        lambda scratch: HOST.unpack([(package, version)], scratch))
    return os.path.join(path, "usr", "share", "keyrings", package + ".gpg")


def remembered(name, lists, ask):
    """The dict that ask() returns, cached until the package lists change.

    apt takes a second; an ordinary run does not call it.
    """
    path = paths.cache("kernels", name + ".json")
    with paths.lock("resolve-" + name):
        known = None
        if os.path.exists(path):
            with open(path) as handle:
                known = json.load(handle)
        try:
            lists.keep_fresh()
            if known and known["lists_time"] == lists.lists_time():
                return known
            lists.refresh_if_stale()
            fresh = ask()
        except HarnessError as error:
            if not known:
                raise
            tools.note(f"{error}; staying with {known['version']}")
            return known
        fresh["lists_time"] = lists.lists_time()
        with open(path + ".new", "w") as handle:
            json.dump(fresh, handle)
        os.rename(path + ".new", path)
        return fresh


def depends(fields, pattern):
    """(name, exact version or None) of the dependencies that match."""
    found = []
    for item in fields.get("Depends", "").split(","):
        match = re.match(r"\s*(\S+)(?:\s+\(= ([^)]+)\))?", item)
        if match and re.fullmatch(pattern, match.group(1)):
            found.append((match.group(1), match.group(2)))
    return found
