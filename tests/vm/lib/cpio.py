# SPDX-License-Identifier: GPL-2.0-only
"""Write an initramfs archive ("newc"): reproducible, and without root."""

import os
import stat


class Archive:
    """Entries that root owns; parent folders are added when needed."""

    def __init__(self, modes=None):
        # Modes of the parent folders that are not 0755.
        self._modes = modes or {}
        self._parts = []
        self._known = set()
        self._inode = 0

    def folder(self, path):
        """Add a folder, unless it is there."""
        if path.strip("/") and path not in self._known:
            self._parents(path)
            self._add(path, stat.S_IFDIR | self._modes.get(path, 0o755))

    def file(self, path, data, mode=0o644):
        """Add a file with these bytes."""
        self._parents(path)
        self._add(path, stat.S_IFREG | mode, data)

    def link(self, path, target):
        """Add a symbolic link."""
        self._parents(path)
        self._add(path, stat.S_IFLNK | 0o777, os.fsencode(target))

    def device(self, path, mode, major, minor):
        """Add a character device."""
        self._parents(path)
        self._add(path, stat.S_IFCHR | mode, device=(major, minor))

    def knows(self, path):
        """Tell whether the archive has this path."""
        return path in self._known

    def bytes(self):
        """The finished archive, padded so that another can follow it."""
        trailer = self._entry("TRAILER!!!", 0, b"", (0, 0))
        whole = b"".join(self._parts) + trailer
        return whole + b"\0" * (-len(whole) % 512)

    def _parents(self, path):
        self.folder(os.path.dirname(path))

    def _add(self, path, mode, data=b"", device=(0, 0)):
        self._known.add(path)
        self._inode += 1
        self._parts.append(self._entry(path.lstrip("/"), mode, data, device))

    def _entry(self, name, mode, data, device):
        name = os.fsencode(name) + b"\0"
        fields = (self._inode, mode, 0, 0, 1, 0, len(data), 0, 0,
                  device[0], device[1], len(name), 0)
        head = b"070701" + b"".join(b"%08X" % field for field in fields) + name
        return (head + b"\0" * (-len(head) % 4)
                + data + b"\0" * (-len(data) % 4))
