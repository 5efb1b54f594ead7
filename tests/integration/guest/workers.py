# SPDX-License-Identifier: GPL-2.0-only
"""The acts that on_races runs at once: functions that each do one small thing.

An act raises OSError or wire.Refused if another act got in its way. Any other
exception is a failure.
"""

import contextlib
import errno
import os
import pathlib
import random
import signal
import subprocess
import time

import fixture
import module
import spec
import tables
import wire

SYSTEM = pathlib.Path("/sys/devices/system")
MOUNT = "/tmp/races"

JOBS = {
    "slab": {},
    "dentry": {"budget_ns": 50_000_000},
    "trace": {"cache": "dentry", "duration_ns": 200_000_000},
}


def give_way():
    """Wait for the module's turn, and until it is loaded again.

    Without moments in which no reader starts it could never be unloaded. Its
    files appear last.
    """
    deadline = time.monotonic() + 20
    while time.monotonic() % 6 < 1.5 or (
            not tables.ROOT.exists() and time.monotonic() < deadline):
        time.sleep(0.01)


def read_netlink():
    """Dump some record type, mostly to its end."""
    give_way()
    kind = random.choice(spec.DUMPS)
    with wire.Socket() as sock:
        if random.random() < 0.2:
            sock.send(sock.family, kind.command, b"", wire.NLM_F_DUMP)
        else:
            sock.dump_once(kind.command)


def read_debugfs():
    """Read some file, mostly to its end."""
    give_way()
    with open(tables.path(random.choice(list(tables.FILES))),
              encoding="utf-8") as file:
        if random.random() < 0.2:
            file.readline()
        else:
            file.read()


def run_job():
    """Start a job, and take its answer, or stop it, or leave it."""
    give_way()
    name = random.choice(list(JOBS))
    with wire.Socket() as sock:
        number = sock.start_job(name, **JOBS[name])["id"]
        what = random.random()
        if what < 0.5:
            sock.wait_job(number)
            sock.dump_once(spec.KINDS[name].command, wire.attributes(
                spec.KINDS[name], {"job": number}))
        elif what < 0.7:
            sock.stop_job(number)
        elif what < 0.8:
            sock.finish_job(number)
            sock.wait_job(number)


def reload_module():
    """Unload as soon as nothing uses the module, and load it."""
    deadline = time.monotonic() + 10
    number = module.try_unload()
    while number == errno.EAGAIN and time.monotonic() < deadline:
        time.sleep(0.002)
        number = module.try_unload()
    if number and number != errno.ENOENT:
        raise OSError(number, "rmmod")
    time.sleep(random.random() / 10)
    status, said = module.load()
    if status:
        raise RuntimeError(f"insmod: {said}")
    time.sleep(random.random() * 2)


def churn_caches():
    """Make slab caches come and go."""
    with fixture.Fixture(objects=[100, 100]):
        for _ in range(3):
            (fixture.PARAMETERS / "churn").write_text("5", encoding="ascii")


def cpu_off_and_on():
    """Take a CPU offline, maybe the only one of a node, and online again."""
    online = random.choice(list((SYSTEM / "cpu").glob("cpu[1-9]/online")))
    online.write_text("0", encoding="ascii")
    time.sleep(random.random() / 2)
    online.write_text("1", encoding="ascii")
    time.sleep(random.random())


def _too_long(*_):
    raise OSError(errno.EINTR, "it took too long")


def memory_off_and_on():
    """Take a block of memory offline, and online again.

    The kernel tries to empty the block until it can, or until a signal. A block
    that the last call could not bring back is brought back first.
    """
    blocks = [path for path in (SYSTEM / "memory").glob("memory*")
              if "Movable" in (path / "valid_zones").read_text()]
    state = random.choice(blocks) / "state"
    if state.read_text().strip() == "offline":
        state.write_text("online_movable", encoding="ascii")
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(15)
    try:
        state.write_text("offline", encoding="ascii")
    finally:
        signal.alarm(0)
    time.sleep(random.random() / 4)
    state.write_text("online_movable", encoding="ascii")
    time.sleep(random.random() / 2)


def _scratch():
    """The device of the scratch disk on /mnt."""
    for line in open("/proc/mounts", encoding="ascii"):
        device, folder, _ = line.split(" ", 2)
        if folder == "/mnt":
            return device
    raise LookupError("no scratch disk on /mnt")


def mount_and_unmount():
    """Mount a file system, look up names in it, and unmount it."""
    os.makedirs(MOUNT, exist_ok=True)
    form, device = random.choice([("tmpfs", "races"), ("ext4", _scratch())])
    subprocess.run(["mount", "-t", form, device, MOUNT], check=True)
    try:
        for number in range(200):
            name = f"{MOUNT}/name{number}"
            os.path.exists(name + ".not")
            if number % 10 == 0:
                os.mkdir(name)
                os.rmdir(name)
    finally:
        subprocess.run(["umount", MOUNT], check=True)


# Each act, and how many processes do it.
ALL = {read_netlink: 2, read_debugfs: 1, run_job: 2, reload_module: 1,
       churn_caches: 1, cpu_off_and_on: 1, memory_off_and_on: 1,
       mount_and_unmount: 1}

# Other work on files, processes and memory; so little that the acts go on.
STRESS = ["nice", "-n", "19", "stress-ng", "--quiet", "--temp-path", "/tmp",
          "--timeout", "0", "--dentry", "1", "--dentries", "256",
          "--rename", "1", "--fork", "1",
          "--vm", "1", "--vm-bytes", "8M", "--vm-hang", "1"]
STRESSORS = {"dentry", "rename", "fork", "vm"}


def stressors():
    """The stressors that run; the kernel keeps 15 bytes of their names."""
    names = set()
    for path in pathlib.Path("/proc").glob("[0-9]*/comm"):
        try:
            names.add(path.read_text(encoding="utf-8").strip())
        except OSError:
            continue
    return {word for word in STRESSORS
            if f"stress-ng-{word}"[:15] in names}


@contextlib.contextmanager
def stress():
    """Run all stressors; wait until each has started, which takes a while."""
    with subprocess.Popen(STRESS) as process:
        try:
            deadline = time.monotonic() + 120
            while stressors() != STRESSORS:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise RuntimeError(f"stress-ng: only {stressors()} runs")
                time.sleep(0.2)
            yield
            if process.poll() is not None:
                raise RuntimeError("stress-ng ended before the others")
        finally:
            process.terminate()
