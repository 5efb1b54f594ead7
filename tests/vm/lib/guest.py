# SPDX-License-Identifier: GPL-2.0-only
"""Run one guest: build, pack, boot, and judge how it ended."""

import glob
import os
import secrets
import shutil
import sys
import tempfile
import time
import types

import accel
import build
import cargo
import console
import disk
import emulator
import initramfs
import kernels
import machine
import paths
import rootfs
import tools

# EX_TEMPFAIL of sysexits.h: try again.
EMULATOR_FAILED = 75
TIMED_OUT = 124
FAILED = 125
LOGS_KEPT = 200

# How often a guest boots if QEMU itself makes it fail.
BOOTS = 3


def run(options):
    """Do what the options say; return the exit status."""
    tools.need("busybox", "depmod", "make",
               *(["mke2fs"] if options.disk else []))
    out = Output()
    for boots in range(1, BOOTS + 1):
        status = boot(options, out)
        # After output only the caller can decide whether to run it again.
        if status != EMULATOR_FAILED or out.passed or boots == BOOTS:
            return status
        tools.note(f"booting again, {boots + 1} of {BOOTS}")


def boot(options, out):
    """Run COMMAND in one guest; return the exit status."""
    scratch = tempfile.mkdtemp(prefix="kmemscope-vm-")
    try:
        spec = prepare(options, scratch)
        log = log_path(options.kernel)
        mark = secrets.token_hex(16)
        pack(options, spec, mark)
        spec.accel = "tcg" if options.icount else accel.choose(options.accel,
                                                               spec)
        tools.note(f"QEMU {spec.emulator.version}, {machine.mode(spec)}")
        outcome = machine.run(spec, mark, out.write)
        text = keep_log(log, spec)
        return judge(options, outcome, log, text)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def prepare(options, scratch):
    """Describe the machine, except for the initramfs."""
    image, modules, release = kernels.image(options.kernel)
    spec = types.SimpleNamespace(
        image=image, modules=modules, release=release, scratch=scratch,
        emulator=emulator.find(),
        machine=kernels.machine(options.kernel),
        nodes=options.nodes, memoryless=options.memoryless,
        cpus=options.cpus, mem=options.mem,
        panic_on_warn=not kernels.finds_races(options.kernel),
        cmdline=options.cmdline, icount=options.icount,
        timeout=options.timeout, disks=[], rootfs=None,
        initrd=os.path.join(scratch, "initrd"),
        console=os.path.join(scratch, "console"),
        dmesg=os.path.join(scratch, "dmesg"),
        errors=os.path.join(scratch, "qemu-errors"))
    if options.rootfs:
        spec.rootfs = rootfs.image()
        spec.disks.append(("rootfs", spec.rootfs.path, "on"))
    if options.disk:
        spec.disks.append(("scratch", disk.make(scratch, options.disk),
                           "off"))
    return spec


def pack(options, spec, mark):
    """Build what is out of date and write the initramfs."""
    taken = spec.rootfs.has if spec.rootfs else lambda path: False
    load = cargo.Cargo(options.rootfs, taken)
    with build.lock():
        load.add(build.reader(), "/usr/local/bin/kmemscope")
        module = None
        if not options.no_module:
            module = build.module(options.kernel, spec.release)
        cargo.add_module(load, spec.modules, spec.release, module)
    for source, target in options.files:
        load.add(source, target)
    wanted = initramfs.CONSOLE_DRIVERS
    if spec.disks:
        wanted += initramfs.DISK_DRIVERS
    if options.rootfs:
        wanted += initramfs.ROOTFS_DRIVERS
    load.boot(mark, options.command,
              initramfs.drivers(spec.modules, spec.release, wanted),
              params=options.params,
              rootfs="yes" if options.rootfs else "no",
              disk="yes" if options.disk else "no",
              module="no" if options.no_module else "yes")
    initramfs.write(spec, load)


class Output:
    """Passes COMMAND's output to stdout, at once."""

    def __init__(self):
        self.passed = 0

    def write(self, data):
        """Write all bytes, and count them."""
        self.passed += len(data)
        while data:
            data = data[os.write(sys.stdout.fileno(), data):]


def log_path(kernel):
    """The path of a new log; the oldest logs are removed."""
    started = time.strftime("%Y%m%d-%H%M%S")
    path = paths.cache("logs", f"{started}-{kernel}-{os.getpid()}.log")
    logs = sorted(glob.glob(os.path.dirname(path) + "/*.log"))
    for old in logs[:-LOGS_KEPT]:
        try:
            os.unlink(old)
        except FileNotFoundError:
            pass
    return path


def keep_log(log, spec):
    """Write console and dmesg of the guest into the log; return the text."""
    text = read(spec.console)
    dmesg = read(spec.dmesg)
    if dmesg:
        text += console.DMESG + dmesg
    with open(log, "w") as handle:
        handle.write(text)
    return text


def read(path):
    """The text of a file, empty if there is none."""
    if not os.path.exists(path):
        return ""
    with open(path, errors="replace", newline="") as handle:
        return handle.read().replace("\r\n", "\n")


def judge(options, outcome, log, text):
    """The exit status; print each reason that is not COMMAND's."""
    tools.note("console log: " + log)
    if console.breakpoint_is_gone(text):
        tools.note("QEMU's fault: a CPU ran a breakpoint that was gone")
        return EMULATOR_FAILED
    broken = emulator.broken_assertion(outcome.qemu_errors)
    if broken:
        tools.note(f"QEMU's fault: {broken}")
        return EMULATOR_FAILED
    reasons = []
    if outcome.failure:
        reasons.append(outcome.failure)
    found = console.trouble(text)
    if found:
        reasons += ["the kernel log shows trouble:"] + indented(found)
    if outcome.timed_out and not reasons:
        where = "COMMAND did not end" if outcome.started else \
            "the guest did not get as far as COMMAND"
        tools.note(f"{where} within {options.timeout} s")
        return TIMED_OUT
    if not reasons:
        if outcome.started is None:
            reasons = ["the guest did not boot"]
        elif outcome.status is None:
            reasons = ["the guest ended before COMMAND did"]
        elif outcome.stuck:
            reasons = ["the guest did not power off"]
    if reasons:
        if outcome.qemu_errors:
            reasons += ["qemu:"] + indented(outcome.qemu_errors.splitlines())
        if not found:
            reasons += ["the console's last lines:"] + indented(
                console.tail(text))
        for line in reasons:
            tools.note(line)
        return FAILED
    tools.note(f"COMMAND after {outcome.started:.1f} s, power off after "
               f"{outcome.seconds:.1f} s, status {outcome.status}")
    return outcome.status


def indented(lines):
    """The lines, each two spaces to the right."""
    return ["  " + line for line in lines]
