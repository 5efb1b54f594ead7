# SPDX-License-Identifier: GPL-2.0-only
"""Kernels that are built here: Debian's source, configured in tests/vm.

Of a build only what guests and module builds take is kept, in
<cache>/compiled/<name>-<key>: image/ and headers/.
"""

import glob
import hashlib
import os
import re
import shutil

import paths
import sources
import tools
from errors import HarnessError

# Nobody's name, host or time is to be in the image.
IDENTITY = ["KBUILD_BUILD_USER=kmemscope", "KBUILD_BUILD_HOST=guest",
            "KBUILD_BUILD_TIMESTAMP=1970-01-01"]

# BTF has no places of variables, and finding them takes a sixth of a build.
FLAGS = ["KCFLAGS=-fno-var-tracking -fno-var-tracking-assignments"]

# With these a test signs a module as this kernel's own.
KEYS = ("certs/signing_key.pem", "certs/signing_key.x509")

PROGRAMS = ("bc", "bison", "flex", "gcc", "make", "openssl", "pahole", "perl",
            "xz")
LIBRARIES = {"libelf.h": "libelf-dev", "openssl/ssl.h": "libssl-dev"}

TAIL = 15


def is_built(row):
    """Whether it is built here, and not by Debian."""
    return row.image.endswith(".config")


def asked(row):
    """What its configurations set: {option: value}, a later one's counts."""
    result = {}
    for name in row.image.split("+"):
        result.update(options(os.path.join(paths.HERE, name)))
    return result


def identify(row):
    """(version of the source, key of the build, what uname -r will say)."""
    version = sources.newest(row.suite, row.source)
    # A comment in the configuration is no reason to build again.
    wanted = asked(row)
    key = hashlib.sha256(repr((version, wanted)).encode())
    with open(__file__, "rb") as handle:
        key.update(handle.read())
    key = key.hexdigest()[:8]
    # With the key in it, what was compiled for another build of this kernel
    # is neither taken for up to date nor loaded.
    uname = version.partition("-")[0] + wanted["CONFIG_LOCALVERSION"].strip('"')
    return version, key, "%s-%s" % (uname, key)


def release(row):
    """What `uname -r` says on this kernel; asking does not build it."""
    return identify(row)[2]


def image(row):
    """(kernel image, module folder, release)."""
    root, uname = obtain(row)
    root = os.path.join(root, "image")
    return (os.path.join(root, "boot", "vmlinuz-" + uname),
            os.path.join(root, "lib", "modules", uname), uname)


def headers(row):
    """The folder to build modules in; KEYS are there as well."""
    return os.path.join(obtain(row)[0], "headers")


def obtain(row):
    """(the folder with all of it, release); built if there is none."""
    version, key, uname = identify(row)
    path = paths.cache("compiled", "%s-%s" % (row.name, key))
    if not os.path.isdir(path):
        with paths.lock("compiled"):
            if not os.path.isdir(path):
                # A build that was killed leaves gigabytes.
                for stale in glob.glob(os.path.dirname(path) + "/.partial-*"):
                    shutil.rmtree(stale)
                with paths.becoming(path) as scratch:
                    build(row, version, key, uname, scratch)
    return path, uname


def build(row, version, key, uname, target):
    tools.need(*PROGRAMS)
    tools.need_headers(LIBRARIES)
    tree = os.path.join(target, "source")
    os.mkdir(tree)
    sources.extract(row.suite, row.source, version, tree)
    wanted = asked(row)
    config = os.path.join(target, "asked.config")
    write_config(config, wanted)
    log = paths.cache("logs", row.name + "-build.txt")
    tools.note("building the %s kernel, once; some 10 minutes on two cores "
               "(log: %s)" % (row.name, log))
    with open(log, "w") as handle:
        make = Make(tree, "-" + key, handle)
        make("KCONFIG_ALLCONFIG=" + config, "allnoconfig")
        check_config(row, wanted, options(os.path.join(tree, ".config")))
        make("-j%d" % len(os.sched_getaffinity(0)), "bzImage", "modules")
        keep(make, tree, uname, target)
    os.unlink(config)
    shutil.rmtree(tree)


class Make:
    """Runs make in the tree, its output in a log."""

    def __init__(self, tree, suffix, log):
        self._tree = tree
        self._suffix = suffix
        self._log = log

    def __call__(self, *words):
        # Others are to be able to work on this machine in the meantime.
        argv = ["nice", "make", "-s", "LOCALVERSION=" + self._suffix]
        argv += IDENTITY + FLAGS + list(words)
        try:
            tools.run(argv, "building the kernel", cwd=self._tree,
                      stdout=self._log, stderr=self._log)
        except HarnessError as error:
            with open(self._log.name, errors="replace") as handle:
                last = handle.read().splitlines()[-TAIL:]
            raise HarnessError("%s; the last lines of %s:\n%s"
                               % (error, self._log.name, "\n".join(last)))


def options(path):
    """The options that a configuration sets, with "n" for "not set"."""
    found = {}
    with open(path) as handle:
        for line in handle:
            match = re.match(r"(CONFIG_\w+)=(.*)$"
                             r"|# (CONFIG_\w+) is not set$", line)
            if match:
                found[match.group(1) or match.group(3)] = match.group(2) or "n"
    return found


def write_config(path, wanted):
    """The opposite."""
    with open(path, "w") as handle:
        for name, value in wanted.items():
            handle.write("# %s is not set\n" % name if value == "n" else
                         "%s=%s\n" % (name, value))


def check_config(row, wanted, final):
    """kconfig drops what it cannot set without a word; we do not."""
    # An option that is not even offered is not in the file at all.
    missing = ["  %s=%s, but it is %s" % (name, value, final.get(name, "n"))
               for name, value in wanted.items()
               if final.get(name, "n") != value]
    if missing:
        raise HarnessError("%s asks for what this kernel cannot have (a "
                           "dependency is missing, or the option is gone):\n%s"
                           % (row.image, "\n".join(missing)))


def keep(make, tree, uname, target):
    """The image, and what module builds need, out of the build tree."""
    with open(os.path.join(tree, "include", "config",
                           "kernel.release")) as handle:
        built = handle.read().strip()
    if built != uname:
        raise HarnessError("the kernel that was built calls itself %s, not %s"
                           % (built, uname))
    root = os.path.join(target, "image")
    boot = os.path.join(root, "boot")
    os.makedirs(boot)
    shutil.copy(os.path.join(tree, "arch", "x86", "boot", "bzImage"),
                os.path.join(boot, "vmlinuz-" + uname))
    shutil.copy(os.path.join(tree, "System.map"),
                os.path.join(boot, "System.map-" + uname))
    # All modules there are is a sample, but depmod wants the lists.
    make("INSTALL_MOD_PATH=" + root, "modules_install")
    # This names the build tree, which does not stay.
    os.unlink(os.path.join(root, "lib", "modules", uname, "build"))
    kept = os.path.join(target, "headers")
    # The kernel's own list of what its headers packages have.
    make("KBUILD_RUN_COMMAND=$(srctree)/scripts/package/install-extmod-build "
         + kept, "run-command")
    for name in KEYS + (".config",):
        place = os.path.join(kept, name)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        shutil.copy(os.path.join(tree, name), place)
