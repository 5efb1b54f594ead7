# SPDX-License-Identifier: GPL-2.0-only
"""Run host programs: none outlives this process or fails silently."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys

import paths
from errors import HarnessError

PR_SET_PDEATHSIG = 1
END_SECONDS = 10

# Debian does not put these into the PATH of an ordinary user.
SYSTEM_PATHS = ("/usr/local/sbin", "/usr/sbin", "/sbin")

# The package in tests/vm/packages of a program, where the names differ.
PACKAGE_OF = {
    "busybox": "busybox-static",
    "depmod": "kmod",
    "mke2fs": "e2fsprogs",
    "qemu-system-x86_64": "qemu-system-x86",
    "xz": "xz-utils",
}

_libc = ctypes.CDLL(None, use_errno=True)


def extend_path():
    """Add the folders of system programs to PATH."""
    have = os.environ.get("PATH", os.defpath).split(":")
    have += [path for path in SYSTEM_PATHS if path not in have]
    os.environ["PATH"] = ":".join(have)


def die_with_parent(sig=signal.SIGTERM):
    """A preexec_fn: the child gets `sig` when its parent is gone."""
    parent = os.getpid()

    def prepare():
        _libc.prctl(PR_SET_PDEATHSIG, sig)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def need(*programs):
    """Raise if programs are missing, with the line that installs them."""
    missing = {name: PACKAGE_OF.get(name, name) for name in programs
               if not shutil.which(name)}
    say_missing(missing)


def need_headers(packages):
    """The same for {C header: package with it}."""
    lines = "".join(f"#if !__has_include(<{name}>)\n{package}\n#endif\n"
                    for name, package in packages.items())
    done = subprocess.run(["gcc", "-E", "-P", "-"], input=lines.encode(),
                          stdout=subprocess.PIPE, check=True)
    absent = done.stdout.decode().split()
    say_missing({name: package for name, package in packages.items()
                 if package in absent})


def say_missing(missing):
    """Raise with the names and packages, if there are any."""
    if not missing:
        return
    with open(os.path.join(paths.HERE, "packages")) as handle:
        every = " ".join(handle.read().split())
    holders = ", ".join(sorted(set(missing.values())))
    raise HarnessError(
        f"missing on this machine: {', '.join(missing)} (package {holders}); "
        "all that the harness needs: apt-get install --no-install-recommends "
        f"{every}")


def run(argv, what, **options):
    """Run a program with its output on our stderr; raise if it fails."""
    options.setdefault("stdout", sys.stderr)
    options.setdefault("stdin", subprocess.DEVNULL)
    process = subprocess.Popen(argv, preexec_fn=die_with_parent(), **options)
    try:
        status = process.wait()
    except BaseException:
        end(process)
        raise
    if status:
        raise HarnessError(f"{what} failed: {argv[0]} exited with {status}")


def end(process):
    """Terminate, kill later: make ends its children when terminated."""
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def output(argv, what, **options):
    """Run a program and return what it wrote to stdout, as text."""
    done = subprocess.run(argv, preexec_fn=die_with_parent(),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, **options)
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip()
        raise HarnessError(f"{what} failed: {argv[0]} exited with "
                           f"{done.returncode}: {reason}")
    return done.stdout.decode(errors="surrogateescape")


def note(text):
    """Print one line of progress."""
    print("vm: " + text, file=sys.stderr, flush=True)
