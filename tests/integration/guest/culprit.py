# SPDX-License-Identifier: GPL-2.0-only
"""Run culprits: processes with chosen names, for as long as a with block."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess

STORM = pathlib.Path("/root/storm")
DISK = pathlib.Path("/mnt")
PROGRAMS = pathlib.Path("/tmp/culprits")


def program(name):
    """A copy of the storm program under this name."""
    PROGRAMS.mkdir(exist_ok=True)
    path = PROGRAMS / name
    if not path.exists():
        shutil.copy(STORM, path)
    return path


def folder(name):
    """A folder on the scratch disk."""
    path = DISK / name
    path.mkdir(parents=True, exist_ok=True)
    return path


def drop_caches():
    """Make the kernel free the dentries and inodes that are not in use."""
    os.sync()
    pathlib.Path("/proc/sys/vm/drop_caches").write_text("2", encoding="ascii")


@contextlib.contextmanager
def running(*command, before=None):
    """Run a command; at the end kill it and all that it started."""
    with subprocess.Popen([str(word) for word in command],
                          start_new_session=True, preexec_fn=before,
                          stdin=subprocess.DEVNULL) as process:
        try:
            yield process
            if process.poll():
                raise OSError(f"{command}: ended with {process.returncode}")
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def storm(name, verb, where, names, *, count=0, rate=0, before=None):
    """Run a storm by a program of that name."""
    return running(program(name), verb, where, names, count, rate,
                   before=before)


def script(name, text):
    """Run a shell script under this name."""
    PROGRAMS.mkdir(exist_ok=True)
    path = PROGRAMS / name
    path.write_text("#!/bin/sh\n" + text, encoding="ascii")
    path.chmod(0o755)
    return running(path)
