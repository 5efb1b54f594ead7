# SPDX-License-Identifier: GPL-2.0-only
"""Measure the cost of having the module loaded."""

import ctypes
import os
import pathlib
import re
import subprocess

import module
import wire
from measure import Row, cost, run

FINIT_MODULE = 313
TRACING = pathlib.Path("/sys/kernel/tracing")
SECONDS = re.compile(r"([0-9]+[.][0-9]+): initcall_")


def _load():
    """Load it by finit_module(2) alone."""
    file = os.open(module.path(), os.O_RDONLY)
    failed = module.LIBC.syscall(FINIT_MODULE, file, ctypes.c_char_p(b""), 0)
    os.close(file)
    if failed:
        raise OSError(ctypes.get_errno(), "kmemscope.ko does not load")


def _init():
    """Measure what the module's own init takes, by the kernel's trace of it."""
    _trace("events/initcall/enable", "1")
    _trace("trace", "")
    try:
        _load_again()
        seconds = [float(SECONDS.search(line)[1])
                   for line in _traced() if "initcall_" in line]
    finally:
        _trace("events/initcall/enable", "0")
    return (seconds[-1] - seconds[0]) * 1e9


def _trace(name, text):
    if not (TRACING / "trace").exists():
        subprocess.run(["mount", "-t", "tracefs", "none", TRACING], check=True)
    (TRACING / name).write_text(text, encoding="ascii")


def _traced():
    return (TRACING / "trace").read_text(encoding="ascii").splitlines()


def _load_again():
    module.unload()
    return cost(_load)()


def _size():
    with open("/proc/modules", encoding="ascii") as file:
        for line in file:
            name, size = line.split()[:2]
            if name == "kmemscope":
                return int(size) / 1024
    raise OSError("kmemscope is not loaded")


def _memory(field):
    def measure():
        with wire.Socket() as sock:
            return sock.status()[field] / 1024
    return measure


def load(_):
    """Measure the time to load, and the memory of module and snapshots."""
    run(Row("snapshots without readers", _memory("memory_bytes"), {}, 1,
            "KiB"))
    run(Row("snapshots at most in this run", _memory("memory_peak_bytes"),
            {}, 1, "KiB"))
    run(Row("module in memory (/proc/modules)", _size, {}, 1, "KiB"))
    run(Row("load the module, its file with debug information", _load_again,
            {}, 3))
    run(Row("of that, its own init with the self-test", _init, {}, 3))
