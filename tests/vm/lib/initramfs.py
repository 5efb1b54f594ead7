# SPDX-License-Identifier: GPL-2.0-only
"""The initramfs: a cached base per kernel, and what one run adds to it.

The base holds busybox and the kernel's own drivers. A run appends a second
archive, which the kernel unpacks on top, so nothing large is rebuilt for it.
"""

import hashlib
import lzma
import os
import shutil
import subprocess
import tempfile

import cpio
import paths
import tools
from errors import HarnessError

# Modules put into every guest where the kernel has them as modules, with all
# they depend on. ext4 asks for crc32c by a name that modules.dep lacks.
CONSOLE_DRIVERS = ("virtio_pci", "virtio_console")
DISK_DRIVERS = ("virtio_blk", "crc32c_generic", "ext4")
ROOTFS_DRIVERS = ("overlay",)
DRIVERS = CONSOLE_DRIVERS + DISK_DRIVERS + ROOTFS_DRIVERS

FOLDERS = ("/dev", "/proc", "/sys", "/run", "/root", "/mnt", "/etc", "/tmp",
           "/var/tmp", "/usr/lib", "/usr/lib64", "/usr/local/bin",
           "/usr/local/sbin")
MODES = {"/root": 0o700, "/tmp": 0o1777, "/var/tmp": 0o1777}
# Debian's own layout, so that a path means the same in both kinds of guest.
LINKS = {"/bin": "usr/bin", "/sbin": "usr/bin", "/usr/sbin": "bin",
         "/lib": "usr/lib", "/lib64": "usr/lib64"}


class Modules:
    """The modules of one unpacked kernel image."""

    def __init__(self, folder):
        self.folder = folder
        self._needs = {}
        with open(os.path.join(folder, "modules.dep")) as handle:
            for line in handle:
                path, _, needs = line.partition(":")
                self._needs[self._name(path)] = (path, needs.split())

    @staticmethod
    def _name(path):
        return os.path.basename(path).partition(".ko")[0].replace("-", "_")

    def closure(self, names):
        """Paths to insert, in order, for what is not built in."""
        order = []
        for name in names:
            path, needs = self._needs.get(name.replace("-", "_"), (None, []))
            # modules.dep lists what must come first, last.
            for item in list(reversed(needs)) + [path]:
                if item and item not in order:
                    order.append(item)
        return order

    def read(self, path):
        """A module's bytes, uncompressed: busybox loads no .xz."""
        with open(os.path.join(self.folder, path), "rb") as handle:
            data = handle.read()
        return lzma.decompress(data) if path.endswith(".xz") else data


def plain(path):
    """The name of a module inside the guest."""
    return path[:-len(".xz")] if path.endswith(".xz") else path


def drivers(folder, release, names):
    """The modules that the guest inserts, as paths inside the guest."""
    return [f"/usr/lib/modules/{release}/{plain(path)}"
            for path in Modules(folder).closure(names)]


def base(folder, release):
    """Build the base archive of a kernel, or find it; return its path."""
    busybox = shutil.which("busybox")
    with open(busybox, "rb") as handle:
        program = handle.read()
    modules = Modules(folder)
    key = hashlib.sha256(program)
    for module in (__file__, cpio.__file__):
        with open(module, "rb") as handle:
            key.update(handle.read())
    key.update("\n".join([folder] + modules.closure(DRIVERS)).encode())
    path = paths.cache("initramfs", f"{release}-{key.hexdigest()[:16]}.cpio")
    if not os.path.exists(path):
        with paths.lock("initramfs-" + release):
            data = assemble_base(modules, release, program)
            with open(path + ".new", "wb") as handle:
                handle.write(data)
            os.rename(path + ".new", path)
    return path


def write(spec, cargo):
    """Write the initramfs of one run: the base, then the run's own archive."""
    with open(spec.initrd, "wb") as target:
        with open(base(spec.modules, spec.release), "rb") as source:
            shutil.copyfileobj(source, target)
        target.write(cargo.bytes())


def assemble_base(modules, release, program):
    """The bytes of a base archive."""
    if b"/ld-linux" in program:
        raise HarnessError("busybox is not static; install busybox-static")
    archive = cpio.Archive(MODES)
    for path in FOLDERS:
        archive.folder(path)
    for path, target in LINKS.items():
        archive.link(path, target)
    # Process 1's own stdin, stdout and stderr, before /dev is mounted.
    archive.device("/dev/console", 0o600, 5, 1)
    archive.file("/usr/bin/busybox", program, 0o755)
    applets = tools.output(["busybox", "--list"], "listing busybox's applets")
    for applet in applets.split():
        if applet != "busybox":
            archive.link("/usr/bin/" + applet, "busybox")
    archive.file("/etc/passwd", b"root::0:0:root:/root:/bin/sh\n")
    archive.file("/etc/group", b"root:x:0:\n")
    archive.file("/etc/hosts", b"127.0.0.1 localhost\n")
    for path in modules.closure(DRIVERS):
        archive.file(f"/usr/lib/modules/{release}/{plain(path)}",
                     modules.read(path))
    return archive.bytes()


def index(folder, release, extra):
    """The modules.* files for a guest: {name: bytes}.

    `extra` is the path of a module to list below updates/, or None. depmod
    needs a tree to look at, so it gets one of just these modules.
    """
    modules = Modules(folder)
    scratch = tempfile.mkdtemp(prefix="kmemscope-depmod-")
    try:
        tree = os.path.join(scratch, "lib", "modules", release)
        os.makedirs(tree)
        for path in modules.closure(DRIVERS):
            target = os.path.join(tree, plain(path))
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as handle:
                handle.write(modules.read(path))
        for name in ("modules.builtin", "modules.builtin.modinfo",
                     "modules.order"):
            shutil.copy(os.path.join(folder, name), tree)
        if extra:
            os.mkdir(os.path.join(tree, "updates"))
            shutil.copy(extra, os.path.join(tree, "updates", "kmemscope.ko"))
        tools.run(["depmod", "-b", scratch, release], "indexing modules",
                  stderr=subprocess.DEVNULL)
        found = {}
        for name in os.listdir(tree):
            path = os.path.join(tree, name)
            if os.path.isfile(path):
                with open(path, "rb") as handle:
                    found[name] = handle.read()
        return found
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
