# SPDX-License-Identifier: GPL-2.0-only
"""Culprits, as processes with telling names, for as long as a with block."""

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
    """The storm under a name of its own."""
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
    """Let the kernel forget the dentries and inodes that nobody uses."""
    os.sync()
    pathlib.Path("/proc/sys/vm/drop_caches").write_text("2", encoding="ascii")


@contextlib.contextmanager
def running(*command, before=None):
    """A command, which is ended with all that it started."""
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
    """A storm by a program of that name."""
    return running(program(name), verb, where, names, count, rate,
                   before=before)


def script(name, text):
    """A shell script under a name of its own, running."""
    PROGRAMS.mkdir(exist_ok=True)
    path = PROGRAMS / name
    path.write_text("#!/bin/sh\n" + text, encoding="ascii")
    path.chmod(0o755)
    return running(path)
