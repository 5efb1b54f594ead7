# SPDX-License-Identifier: GPL-2.0-only
"""The guest as a host of scenarios: start, measure, and clean up."""

import contextlib
import ctypes
import os
import pathlib
import queue
import re
import shlex
import shutil
import signal
import subprocess
import threading
import time

LIBC = ctypes.CDLL(None)
PR_SET_CHILD_SUBREAPER = 36

PROGRAMS = pathlib.Path("/root/programs")
COPIES = pathlib.Path("/tmp/copies")
CGROUPS = pathlib.Path("/sys/fs/cgroup")
FIXTURE = "/root/kmemscope_fixture.ko"

# Settings that programs change; they get their first values back.
SETTINGS = ("vm/nr_hugepages", "vm/max_map_count", "kernel/threads-max",
            "fs/inotify/max_user_instances", "fs/inotify/max_user_watches")

# The exit status of a program that this kernel cannot run.
STATUS_CANNOT = 77

# In a network namespace of its own loopback is down at first.
INSIDE = ("sh", "-c", "ip link set lo up; exec \"$0\" \"$@\"")

# Seconds for processes to end, and for memory to come back.
END_SECONDS = 60
SETTLE_SECONDS = 20

# Memory is back when this many KiB or fewer are missing.
BACK_KIB = 48 << 10

_first = {"pids": set(), "available": 0, "settings": {}}


class Cannot(Exception):
    """Why this kernel cannot run a scenario."""


class Ended(Exception):
    """A program ended that should go on."""


def pids():
    """The numbers of all processes."""
    return {int(path.name) for path in pathlib.Path("/proc").iterdir()
            if path.name.isdigit()}


def is_user(pid):
    """Tell whether a process is no thread of the kernel."""
    try:
        return os.readlink(f"/proc/{pid}/exe") != ""
    except OSError:
        return False


def comm(pid):
    """The name of a process, None when it is gone."""
    try:
        return pathlib.Path(f"/proc/{pid}/comm").read_text(
            encoding="utf-8", errors="backslashreplace").rstrip("\n")
    except OSError:
        return None


def names_of(numbers):
    """{pid as text: name} of processes."""
    return {str(pid): comm(pid) for pid in numbers if comm(pid)}


def meminfo(path="/proc/meminfo"):
    """{name: KiB} of a file like /proc/meminfo."""
    text = pathlib.Path(path).read_text(encoding="ascii")
    return {name: int(value) for name, value in
            re.findall(r"(\S+):\s+(\d+)", text)}


def active_objects(cache):
    """The objects in use of a slab cache, which may be absent."""
    for line in pathlib.Path("/proc/slabinfo").read_text(
            encoding="ascii").splitlines():
        words = line.split()
        if words[0] == cache:
            return int(words[1])
    return 0


def measure_one(name):
    """A number that a scenario's effect names.

    FIELD of /proc/meminfo, or nodeN:FIELD of a node, in MiB; slab:CACHE is the
    number of its objects.
    """
    where, _, what = name.rpartition(":")
    if where == "slab":
        return active_objects(what)
    path = f"/sys/devices/system/node/{where}/meminfo" if where else \
        "/proc/meminfo"
    return meminfo(path)[what] / 1024


def measure(effect):
    """{name: number} of all that an effect names."""
    return {name: measure_one(name) for name in effect}


class Program:
    """The program of a scenario, with all that it starts."""

    def __init__(self, each):
        words = shlex.split(each.run)
        path = PROGRAMS / words[0]
        if each.process:
            # The name of a process is that of its file.
            copy = COPIES / each.process
            shutil.copy(path, copy)
            path = copy
        words[0] = str(path)
        if each.unshare:
            words = ["unshare", "--fork", "--kill-child",
                     *each.unshare.split(), *INSIDE, *words]
        self._group = make_cgroup(each.cgroup, each.limits)
        self._lines = queue.Queue()
        self._process = subprocess.Popen(
            words, start_new_session=True, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, preexec_fn=self._enter,
            env={**os.environ, "PATH": f"{PROGRAMS}:{os.environ['PATH']}"})
        threading.Thread(target=self._read, daemon=True).start()

    def _enter(self):
        if self._group:
            (self._group / "cgroup.procs").write_text("0", encoding="ascii")

    def _read(self):
        for line in self._process.stdout:
            self._lines.put(line.strip())
        self._lines.put(None)

    def _said(self):
        """What it has printed; waits a moment, as it may have just ended."""
        lines = []
        with contextlib.suppress(queue.Empty):
            while True:
                line = self._lines.get(timeout=1)
                if line is None:
                    break
                lines.append(line)
        return " ".join(lines) or "nothing"

    def check_alive(self):
        """Raise when it has ended."""
        status = self._process.poll()
        if status is not None:
            said = self._said()
            if status == STATUS_CANNOT:
                raise Cannot(said)
            raise Ended(f"the program ended with {status}, and said: {said}")

    def wait_ready(self, seconds):
        """Wait for its word; raise when it ends, or takes too long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                line = self._lines.get(timeout=0.2)
            except queue.Empty:
                continue
            if line == "ready":
                return
            if line is None:
                self._process.wait(10)
                self.check_alive()
            elif self._process.poll() is not None:
                self._lines.put(line)
                self.check_alive()
        raise Ended(f"the program was not ready in {seconds} s")


def make_cgroup(name, limits):
    """A cgroup with these files written, or None."""
    if not name:
        return None
    path = CGROUPS
    for part in name.split("/"):
        path = path / part
        path.mkdir(exist_ok=True)
        if path != CGROUPS / name:
            enable_memory(path)
    for file, value in limits.items():
        if not (path / file).exists():
            raise Cannot(f"no {file} in cgroups")
        (path / file).write_text(str(value), encoding="ascii")
    return path


def enable_memory(path):
    """Let the cgroups below this one have limits of memory and processes."""
    for name in ("+memory", "+pids"):
        (path / "cgroup.subtree_control").write_text(name, encoding="ascii")


def prepare():
    """Note how the host is before the first scenario."""
    # What scenarios leave behind becomes our child, and we wait for it.
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    if not (CGROUPS / "cgroup.procs").exists():
        subprocess.run(["mount", "-t", "cgroup2", "none", CGROUPS], check=True)
    enable_memory(CGROUPS)
    for name in SETTINGS:
        path = pathlib.Path("/proc/sys", name)
        if path.exists():
            _first["settings"][path] = path.read_text(encoding="ascii")
    COPIES.mkdir(exist_ok=True)
    _first["pids"] = pids()
    drop_caches()
    _first["available"] = meminfo()["MemAvailable"]


def drop_caches():
    """Make the kernel free what is not in use."""
    os.sync()
    pathlib.Path("/proc/sys/vm/drop_caches").write_text("3", encoding="ascii")


def reap():
    """Wait for the children that have ended; whether some are left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def end_processes():
    """Kill all that scenarios have started, and wait for their end."""
    deadline = time.monotonic() + END_SECONDS
    while reap():
        if time.monotonic() > deadline:
            raise Ended("processes of a scenario do not end")
        for pid in pids() - _first["pids"]:
            if is_user(pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)


def remove_cgroups():
    """Remove all cgroups, the inner ones first."""
    for folder, _, _ in os.walk(CGROUPS, topdown=False):
        if folder != str(CGROUPS):
            with contextlib.suppress(OSError):
                os.rmdir(folder)


def remove_files():
    """Remove what scenarios left in tmpfs and on the disk, but not /mnt/tree.

    That takes long to make, and several scenarios use it.
    """
    for folder in ("/dev/shm", "/mnt", "/tmp/copies"):
        for path in pathlib.Path(folder).glob("*"):
            if path.name in ("lost+found", "tree"):
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def remove_kernel_objects():
    """Remove namespaces, shared memory, mounts and modules; reset settings."""
    for path in pathlib.Path("/run/netns").glob("*"):
        subprocess.run(["ip", "netns", "del", path.name], check=False)
    subprocess.run(["ipcrm", "--all"], check=False, capture_output=True)
    subprocess.run(["umount", "/tmp/ramfs"], check=False, capture_output=True)
    if pathlib.Path("/sys/module/kmemscope_fixture").exists():
        subprocess.run(["rmmod", "kmemscope_fixture"], check=False)
    for path, value in _first["settings"].items():
        path.write_text(value, encoding="ascii")


def settle():
    """Wait until memory is back and holds still; the KiB that are missing."""
    deadline = time.monotonic() + SETTLE_SECONDS
    before, missing = 0, 0
    while time.monotonic() < deadline:
        drop_caches()
        time.sleep(0.5)
        now = meminfo()["MemAvailable"]
        missing = max(0, _first["available"] - now)
        if missing < BACK_KIB and abs(now - before) < 1024:
            break
        before = now
    return missing


def clean():
    """Undo all that a scenario did; the KiB that did not come back."""
    end_processes()
    remove_cgroups()
    remove_files()
    remove_kernel_objects()
    return settle()
