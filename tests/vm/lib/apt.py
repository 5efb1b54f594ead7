# SPDX-License-Identifier: GPL-2.0-only
"""Debian packages through apt: what is newest, fetch it, unpack it.

Nothing is ever installed: packages are downloaded and unpacked into a folder.
"""

import glob
import os
import re
import shutil
import tempfile
import time

import paths
import tools
from errors import HarnessError

LISTS = "/var/lib/apt/lists"
STALE_SECONDS = 7 * 24 * 3600
ATTEMPTS = 3


def lists_time():
    """When the package lists last changed; 0 when there are none."""
    files = glob.glob(LISTS + "/*_Packages*")
    times = [os.stat(path).st_mtime for path in files]
    # Right after an update that brought nothing new only the folder is fresh.
    return max(times + [os.stat(LISTS).st_mtime]) if times else 0


def refresh():
    """Bring the package lists up to date, if we may."""
    if os.geteuid():
        if not lists_time():
            raise HarnessError("there are no apt package lists; "
                               "run apt-get update as root")
        return
    tools.note("apt-get update")
    with paths.lock("apt-update"):
        try:
            tools.run(["apt-get", "-qq", "update"], "updating package lists")
        except HarnessError as error:
            # A broken third-party source is no reason to stop: the packages
            # we want may well be there.
            tools.note(str(error))


def refresh_if_stale():
    if time.time() - lists_time() > STALE_SECONDS:
        refresh()


def mirror(suite):
    """The address this machine itself gets a Debian suite from."""
    text = tools.output(["apt-get", "indextargets", "--format",
                         "$(RELEASE) $(COMPONENT) $(REPO_URI)",
                         "Created-By: Packages"], "reading apt's sources")
    for line in text.splitlines():
        release, component, address = line.split(None, 2)
        if (release, component) == (suite, "main"):
            return address
    raise HarnessError("apt's sources on this machine have no %s main" % suite)


def show(package, version=None):
    """The newest (or the given) version's control fields, as a dict."""
    name = package + ("=" + version if version else "")
    text = tools.output(["apt-cache", "show", "--no-all-versions", name],
                        "looking up package " + name)
    fields = {}
    for line in text.splitlines():
        if not line:
            break
        key, colon, value = line.partition(":")
        if colon and not key.startswith(" "):
            fields[key] = value.strip()
    return fields


def depends(fields, pattern):
    """(name, exact version or None) of the dependencies that match."""
    found = []
    for item in fields.get("Depends", "").split(","):
        match = re.match(r"\s*(\S+)(?:\s+\(= ([^)]+)\))?", item)
        if match and re.fullmatch(pattern, match.group(1)):
            found.append((match.group(1), match.group(2)))
    return found


def unpack(packages, target):
    """Download (name, version or None) pairs and unpack them below target."""
    wanted = [name + ("=" + version if version else "")
              for name, version in packages]
    argv = ["apt-get", "-qq", "download"]
    if not os.geteuid():
        # apt's sandbox user cannot write to a private folder, and says so.
        argv[1:1] = ["-o", "APT::Sandbox::User=root"]
    folder = tempfile.mkdtemp(prefix=".download-", dir=os.path.dirname(target))
    try:
        tools.note("downloading " + " ".join(wanted))
        for attempt in range(1, ATTEMPTS + 1):
            try:
                tools.run(argv + wanted, "downloading packages", cwd=folder)
                break
            except HarnessError as error:
                if attempt == ATTEMPTS:
                    raise
                tools.note("%s; trying again" % error)
                time.sleep(2 * attempt)
                refresh()
        for package in sorted(os.listdir(folder)):
            tools.run(["dpkg", "-x", os.path.join(folder, package), target],
                      "unpacking " + package)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
