# SPDX-License-Identifier: GPL-2.0-only
"""Collect what one run adds to a guest: files, module, reader, COMMAND.

Paths are made canonical first (/lib is a link to usr/lib in every guest): an
archive entry named "lib" would replace that link by a folder.
"""

import os
import re
import shlex
import stat

import cpio
import initramfs
import paths
import tools
from errors import HarnessError, UsageError

MERGED = re.compile(r"^/(bin|sbin|lib|lib64)(?=/|$)")


def canonical(path):
    """The path in a guest whose /bin, /sbin and /lib are links below /usr."""
    path = MERGED.sub(r"/usr/\1", os.path.normpath(path))
    if path.startswith("//"):
        path = path[1:]
    return path


class Cargo:
    """The additions of one run; taken(path) tells whether the guest has it."""

    def __init__(self, rootfs, taken):
        # With --rootfs the additions wait in a folder until the root file
        # system is there.
        self._prefix = "/.vm/add" if rootfs else ""
        self._rootfs = rootfs
        self._taken = taken
        self._archive = cpio.Archive({self._prefix + path: mode for path, mode
                                      in initramfs.MODES.items()})

    def put(self, path, data, mode=0o644):
        """Add a file with these bytes."""
        self._archive.file(self._place(path), data, mode)

    def boot(self, mark, command, drivers, **switches):
        """Add what process 1 of the guest reads, always at /.vm."""
        with open(os.path.join(paths.HERE, "init"), "rb") as handle:
            self._archive.file("/.vm/init", handle.read(), 0o755)
        self._archive.file("/.vm/command", script(command))
        self._archive.file("/.vm/settings", settings(
            mark=mark, drivers=" ".join(drivers), **switches))

    def add(self, source, target):
        """Add a host file or folder; with a program, its libraries."""
        info = os.stat(source)
        if stat.S_ISDIR(info.st_mode):
            self._add_folder(source, target)
        elif not stat.S_ISREG(info.st_mode):
            raise UsageError(f"--file {source}: neither a file nor a folder")
        else:
            with open(source, "rb") as handle:
                data = handle.read()
            self.put(target, data, stat.S_IMODE(info.st_mode))
            if is_dynamic(data):
                self._add_libraries(source)

    def bytes(self):
        """The archive of all additions."""
        return self._archive.bytes()

    def _place(self, path):
        path = canonical(path)
        if not self._rootfs:
            # The initramfs has a single folder for programs.
            path = re.sub(r"^/usr/sbin(?=/)", "/usr/bin", path)
        return self._prefix + path

    def _add_folder(self, source, target):
        self._archive.folder(self._place(target))
        for entry in sorted(os.scandir(source), key=lambda item: item.name):
            place = os.path.join(target, entry.name)
            if entry.is_symlink():
                self._archive.link(self._place(place), os.readlink(entry.path))
            else:
                self.add(entry.path, place)

    def _add_libraries(self, program):
        for path in libraries(program):
            place = self._place(path)
            # Keep the libraries of a root file system: they belong together.
            if self._archive.knows(place) or self._taken(canonical(path)):
                continue
            with open(path, "rb") as handle:
                self._archive.file(place, handle.read(), 0o755)


def is_dynamic(data):
    """Tell whether these bytes are an ELF program that needs a loader."""
    if data[:5] != b"\x7fELF\x02":
        return False
    offset = int.from_bytes(data[32:40], "little")
    size = int.from_bytes(data[54:56], "little")
    count = int.from_bytes(data[56:58], "little")
    kinds = (int.from_bytes(data[at:at + 4], "little")
             for at in range(offset, offset + size * count, size or 1))
    # PT_DYNAMIC rather than PT_INTERP: shared objects have libraries too.
    return 2 in kinds


def libraries(program):
    """The host paths of the libraries that ldd lists, loader included."""
    text = tools.output(["ldd", program], "listing libraries of " + program)
    found = []
    for line in text.splitlines():
        if "not found" in line:
            raise HarnessError(f"{program}: library {line.split()[0]} is not "
                               "on this machine")
        match = re.search(r"(/\S+) \(0x", line)
        if match:
            found.append(match.group(1))
    return found


def script(command):
    """A shell script that runs COMMAND with exactly these arguments."""
    words = b" ".join(b"'%s'" % os.fsencode(word).replace(b"'", b"'\\''")
                      for word in command)
    return b"exec " + words + b"\n"


def settings(**values):
    """Assignments for the guest's process 1."""
    return "".join(f"{name}={shlex.quote(value)}\n"
                   for name, value in sorted(values.items())).encode()


def add_module(cargo, folder, release, module):
    """Add the modules.* files, and the module if there is one."""
    root = "/usr/lib/modules/" + release
    for name, data in initramfs.index(folder, release, module).items():
        cargo.put(f"{root}/{name}", data)
    if module:
        with open(module, "rb") as handle:
            cargo.put(root + "/updates/kmemscope.ko", handle.read())
