# SPDX-License-Identifier: GPL-2.0-only
"""Running host programs: nothing outlives us, nothing fails silently."""

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

# Debian keeps these out of an ordinary user's PATH.
SYSTEM_PATHS = ("/usr/local/sbin", "/usr/sbin", "/sbin")

# Which of tests/vm/packages holds a program, where the names differ.
PACKAGE_OF = {
    "busybox": "busybox-static",
    "depmod": "kmod",
    "mke2fs": "e2fsprogs",
    "qemu-system-x86_64": "qemu-system-x86",
    "xz": "xz-utils",
}

_libc = ctypes.CDLL(None, use_errno=True)


def extend_path():
    """Let every later lookup see the system programs as well."""
    have = os.environ.get("PATH", os.defpath).split(":")
    have += [path for path in SYSTEM_PATHS if path not in have]
    os.environ["PATH"] = ":".join(have)


def die_with_parent(sig=signal.SIGTERM):
    """A preexec_fn: the kernel sends us `sig` when the harness is gone."""
    parent = os.getpid()

    def prepare():
        _libc.prctl(PR_SET_PDEATHSIG, sig)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def need(*programs):
    """Say which programs are missing, and the one line that brings them."""
    missing = {name: PACKAGE_OF.get(name, name) for name in programs
               if not shutil.which(name)}
    say_missing(missing)


def need_headers(packages):
    """The same for {C header: package with it}."""
    lines = "".join("#if !__has_include(<%s>)\n%s\n#endif\n" % (name, package)
                    for name, package in packages.items())
    done = subprocess.run(["gcc", "-E", "-P", "-"], input=lines.encode(),
                          stdout=subprocess.PIPE, check=True)
    absent = done.stdout.decode().split()
    say_missing({name: package for name, package in packages.items()
                 if package in absent})


def say_missing(missing):
    if not missing:
        return
    with open(os.path.join(paths.HERE, "packages")) as handle:
        every = " ".join(handle.read().split())
    raise HarnessError(
        "missing on this machine: %s (package %s); everything the harness "
        "needs: apt-get install --no-install-recommends %s"
        % (", ".join(missing), ", ".join(sorted(set(missing.values()))),
           every))


def run(argv, what, **options):
    """Run a program, its output on our stderr; raise when it fails."""
    options.setdefault("stdout", sys.stderr)
    options.setdefault("stdin", subprocess.DEVNULL)
    process = subprocess.Popen(argv, preexec_fn=die_with_parent(), **options)
    try:
        status = process.wait()
    except BaseException:
        end(process)
        raise
    if status:
        raise HarnessError("%s failed: %s exited with %d"
                           % (what, argv[0], status))


def end(process):
    """Ask before killing: only when asked does make end what it started."""
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
        raise HarnessError(
            "%s failed: %s exited with %d: %s"
            % (what, argv[0], done.returncode,
               done.stderr.decode(errors="replace").strip()))
    return done.stdout.decode(errors="surrogateescape")


def note(text):
    """One line to the person who waits."""
    print("vm: " + text, file=sys.stderr, flush=True)
