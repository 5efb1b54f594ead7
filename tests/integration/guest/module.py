# SPDX-License-Identifier: GPL-2.0-only
"""Load and unload kmemscope itself."""

import ctypes
import errno
import os
import pathlib
import re
import subprocess
import time

import wire

LIBC = ctypes.CDLL(None, use_errno=True)
DELETE_MODULE = 176
FINIT_MODULE = 313


def path():
    """The module file of this kernel."""
    return pathlib.Path(f"/lib/modules/{os.uname().release}"
                        "/updates/kmemscope.ko")


def loaded():
    """Whether the module is there."""
    return pathlib.Path("/sys/module/kmemscope").exists()


def insert(file):
    """finit_module(2) of an open file; raises what the kernel says."""
    if LIBC.syscall(FINIT_MODULE, file, b"", 0):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def try_unload(name=b"kmemscope"):
    """delete_module(2) without waiting; 0 or the errno."""
    if LIBC.syscall(DELETE_MODULE, name, os.O_NONBLOCK) == 0:
        return 0
    return ctypes.get_errno()


def unload():
    """Unload; our own socket does not stand in the way.

    A socket that was closed during a dump gives the module back a little
    later, from a worker of the kernel's.
    """
    wire.forget()
    deadline = time.monotonic() + 10
    number = try_unload()
    while number == errno.EAGAIN and time.monotonic() < deadline:
        time.sleep(0.01)
        number = try_unload()
    if number:
        raise OSError(number, "rmmod kmemscope: " + os.strerror(number))


def load(*parameters):
    """insmod with parameters; (exit status, what insmod said)."""
    result = subprocess.run(["insmod", path(), *parameters],
                            capture_output=True, text=True, check=False)
    return result.returncode, result.stderr.strip()


def reload(*parameters):
    """Load anew with these parameters; raises when refused."""
    if loaded():
        unload()
    status, said = load(*parameters)
    if status:
        raise OSError(errno.EIO, f"insmod {parameters}: {said}")


class Reloaded:
    """The module with these parameters, for as long as a with block lasts."""

    def __init__(self, *parameters):
        self.parameters = parameters

    def __enter__(self):
        reload(*self.parameters)
        return self

    def __exit__(self, *_):
        reload()


def log():
    """The lines of the kernel log that name kmemscope, without times."""
    text = subprocess.run(["dmesg", "--notime"], capture_output=True,
                          text=True, check=True).stdout
    return [line for line in text.splitlines()
            if re.search(r"\bkmemscope\b", line)]
