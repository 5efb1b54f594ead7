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

# KASAN, lockdep and kmemleak are slow, and KASAN keeps freed objects until the
# cache is shrunk.
HAS_CHECKERS = "debug" in os.uname().release

# The jobs that the module keeps for all readers together.
MAX_JOBS = 64

LIBC = ctypes.CDLL(None, use_errno=True)
DELETE_MODULE = 176
FINIT_MODULE = 313


def path():
    """The path of the module for this kernel."""
    return pathlib.Path(f"/lib/modules/{os.uname().release}"
                        "/updates/kmemscope.ko")


def loaded():
    """Tell whether the module is loaded."""
    return pathlib.Path("/sys/module/kmemscope").exists()


def insert(file):
    """Load an open file by finit_module(2); raise the kernel's error."""
    if LIBC.syscall(FINIT_MODULE, file, b"", 0):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def try_unload(name=b"kmemscope"):
    """Unload by delete_module(2) without waiting; return 0 or the errno."""
    if LIBC.syscall(DELETE_MODULE, name, os.O_NONBLOCK) == 0:
        return 0
    return ctypes.get_errno()


def unload():
    """Close our own socket, and unload.

    After a socket was closed during a dump, a worker of the kernel drops its
    reference to the module a little later. So retry for a while.
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
    """Load with these parameters; (exit status and stderr of insmod)."""
    result = subprocess.run(["insmod", path(), *parameters],
                            capture_output=True, text=True, check=False)
    return result.returncode, result.stderr.strip()


def reload(*parameters):
    """Unload, and load with these parameters; raise if it is refused."""
    if loaded():
        unload()
    status, said = load(*parameters)
    if status:
        raise OSError(errno.EIO, f"insmod {parameters}: {said}")


class Reloaded:
    """Loads the module with these parameters, for as long as a with block."""

    def __init__(self, *parameters):
        self.parameters = parameters

    def __enter__(self):
        reload(*self.parameters)
        return self

    def __exit__(self, *_):
        reload()


def log():
    """The lines of the kernel log that name kmemscope, without timestamps."""
    text = subprocess.run(["dmesg", "--notime"], capture_output=True,
                          text=True, check=True).stdout
    return [line for line in text.splitlines()
            if re.search(r"\bkmemscope\b", line)]
