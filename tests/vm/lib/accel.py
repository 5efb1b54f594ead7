# SPDX-License-Identifier: GPL-2.0-only
"""Choose TCG or KVM: a /dev/kvm that exists may still not run a guest.

Under nested virtualization QEMU may abort, or the guest hang, so KVM is used
only after a guest has booted with it. The answer holds until the host reboots.
"""

import copy
import glob
import os
import secrets

import cargo
import initramfs
import machine
import paths
import tools

PROBE_SECONDS = 15
DEVICE = "/dev/kvm"


def choose(wish, spec):
    """Choose the accelerator of this run."""
    if wish != "auto":
        return wish
    if not os.access(DEVICE, os.R_OK | os.W_OK):
        return "tcg"
    with open("/proc/sys/kernel/random/boot_id") as handle:
        path = paths.cache("accel", handle.read().strip())
    if not os.path.exists(path):
        with paths.lock("accel"):
            if not os.path.exists(path):
                for stale in glob.glob(os.path.dirname(path) + "/*"):
                    os.unlink(stale)
                answer = "kvm" if probe(spec) else "tcg"
                tools.note("accelerator from now on: " + answer)
                with open(path + ".new", "w") as handle:
                    handle.write(answer + "\n")
                os.rename(path + ".new", path)
    with open(path) as handle:
        return handle.read().strip()


def probe(spec):
    """Tell whether a guest under KVM boots and runs `true`."""
    tools.note(f"trying KVM, at most {PROBE_SECONDS} s")
    spec = copy.copy(spec)
    spec.accel = "kvm"
    spec.timeout = PROBE_SECONDS
    spec.disks = []
    for name in ("initrd", "console", "dmesg", "errors"):
        setattr(spec, name, os.path.join(spec.scratch, "probe-" + name))
    mark = secrets.token_hex(16)
    load = cargo.Cargo(False, lambda path: False)
    load.boot(mark, ["true"], initramfs.drivers(
        spec.modules, spec.release, initramfs.CONSOLE_DRIVERS))
    initramfs.write(spec, load)
    outcome = machine.run(spec, mark, lambda data: None)
    return outcome.status == 0
