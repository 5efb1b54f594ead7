# SPDX-License-Identifier: GPL-2.0-only
"""Culprits: processes with names of their own, which run in a with block."""

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
    """The storm program under another name."""
    PROGRAMS.mkdir(exist_ok=True)
    path = PROGRAMS / name
    if not path.exists():
        shutil.copy(STORM, path)
    return path


def folder(name):
    """A folder on the disk."""
    path = DISK / name
    path.mkdir(parents=True, exist_ok=True)
    return path


def drop():
    """Have the kernel drop unused dentries and inodes."""
    os.sync()
    pathlib.Path("/proc/sys/vm/drop_caches").write_text("2", encoding="ascii")


@contextlib.contextmanager
def running(*command, before=None):
    """Run a command; end it with all that it started."""
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
    """Run the storm under that name."""
    return running(program(name), verb, where, names, count, rate,
                   before=before)


def script(name, text):
    """Run a shell script under that name."""
    PROGRAMS.mkdir(exist_ok=True)
    path = PROGRAMS / name
    path.write_text("#!/bin/sh\n" + text, encoding="ascii")
    path.chmod(0o755)
    return running(path)
