# SPDX-License-Identifier: GPL-2.0-only
"""Build the command line of a QEMU machine, and run it to the end."""

import selectors
import signal
import socket
import subprocess
import time

import tools

# Enough for a loaded host; a guest that needs longer hangs.
POWEROFF_SECONDS = 20
CHUNK = 1 << 16


def processor(spec):
    """The CPU model: all features but the fast string instructions.

    QEMU emulates fast string instructions byte by byte, and a guest that uses
    them takes a tenth more of the host. A CPU without erms must not have fsrm:
    v5.10's memmove() never returns on it. Guests that count instructions keep
    both, as most machines have them.
    """
    return "max" if spec.icount else "max,-erms,-fsrm"


def arguments(spec):
    """The command line for a spec (see lib/options.py for the fields)."""
    argv = [spec.emulator.program, *spec.emulator.options, "-nodefaults",
            "-no-user-config", "-display", "none", "-no-reboot",
            "-machine", spec.machine, "-cpu", processor(spec),
            "-kernel", spec.image, "-initrd", spec.initrd,
            "-append", cmdline(spec)]
    argv += accelerator(spec)
    argv += memory(spec)
    argv += ["-chardev", "file,id=console,path=" + comma(spec.console),
             "-serial", "chardev:console",
             "-device", "virtio-serial-pci",
             "-chardev", f"socket,id=command,fd={spec.socket}",
             "-device", "virtserialport,nr=1,chardev=command",
             "-chardev", "file,id=dmesg,path=" + comma(spec.dmesg),
             "-device", "virtserialport,nr=2,chardev=dmesg"]
    for serial, path, readonly in spec.disks:
        argv += ["-drive", f"if=none,id={serial},format=raw,cache=unsafe,"
                 f"readonly={readonly},file={comma(path)}",
                 "-device", f"virtio-blk-pci,drive={serial},serial={serial}"]
    return argv


def comma(path):
    """A path inside one of QEMU's comma-separated options."""
    return path.replace(",", ",,")


def cmdline(spec):
    """The command line of the kernel."""
    words = ["console=ttyS0", "rdinit=/.vm/init",
             # Warnings and worse reach the console; it is slow under TCG.
             "loglevel=5",
             "oops=panic", f"panic_on_warn={spec.panic_on_warn:d}", "panic=-1",
             "random.trust_cpu=on", "printk.devkmsg=on",
             # An emulated clock on a busy host looks unstable when it is not.
             "tsc=reliable", "no_timer_check", "8250.nr_uarts=1"]
    return " ".join(words + ([spec.cmdline] if spec.cmdline else []))


def accelerator(spec):
    """The options that choose KVM or TCG."""
    if spec.accel == "kvm":
        return ["-accel", "kvm"]
    if spec.icount:
        return ["-accel", "tcg,thread=single", "-icount", "shift=0"]
    if spec.accel == "tcg-single":
        return ["-accel", "tcg,thread=single"]
    return ["-accel", "tcg,thread=multi"]


def mode(spec):
    """Describe how the CPUs run."""
    if spec.accel == "kvm":
        return "KVM"
    if spec.icount:
        return "TCG, instructions counted"
    if spec.accel == "tcg-single":
        return "TCG, one thread for all CPUs"
    return "TCG, multi: a thread for each CPU"


def memory(spec):
    """Split the memory over the nodes, and the CPUs in blocks."""
    # A socket for each CPU: cores of one socket share a cache, and the kernel
    # warns if that socket is on two nodes.
    argv = ["-m", str(spec.mem),
            "-smp",
            f"{spec.cpus},sockets={spec.cpus},cores=1,threads=1"]
    share = spec.mem // spec.nodes
    for node in range(spec.nodes):
        size = share + (spec.mem - share * spec.nodes if node == 0 else 0)
        argv += ["-object", f"memory-backend-ram,id=mem{node},size={size}M",
                 "-numa", f"node,nodeid={node},memdev=mem{node}"]
    # The kernel finds a node without memory by its CPUs.
    nodes = spec.nodes + spec.memoryless
    for node in range(spec.nodes, nodes):
        argv += ["-numa", f"node,nodeid={node}"]
    for cpu in range(spec.cpus):
        node = cpu * min(nodes, spec.cpus) // spec.cpus
        argv += ["-numa", f"cpu,node-id={node},socket-id={cpu},core-id=0,"
                 "thread-id=0"]
    return argv


class Outcome:
    """How a machine ended."""

    def __init__(self):
        self.started = None     # seconds until COMMAND started
        self.status = None      # COMMAND's exit status
        self.failure = None     # why the guest gave up, as it wrote
        self.timed_out = False
        self.stuck = False      # did not power off
        self.seconds = None
        self.qemu_status = None
        self.qemu_errors = ""


class Stream:
    """Splits the data of port 1 into COMMAND's output and our marks."""

    def __init__(self, mark, outcome, write, started_at):
        self._mark = b"\1" + mark.encode()
        self._outcome = outcome
        self._write = write
        self._started_at = started_at
        self._held = b""

    def feed(self, data):
        """Take data; return True after the last message of the guest."""
        data = self._held + data
        while True:
            at = data.find(self._mark)
            if at < 0:
                break
            end = data.find(b"\n", at)
            self._write(data[:at])
            if end < 0:
                self._held = data[at:]
                return False
            if self._message(data[at + len(self._mark):end].decode(
                    errors="replace").split(None, 1)):
                return True
            data = data[end + 1:]
        # The last bytes may be the first ones of a mark.
        keep = next((size for size in range(min(len(data), len(self._mark)),
                                            0, -1)
                     if data.endswith(self._mark[:size])), 0)
        self._write(data[:len(data) - keep])
        self._held = data[len(data) - keep:]
        return False

    def flush(self):
        """Write the rest: the guest is gone, so no mark can follow."""
        self._write(self._held)

    def _message(self, words):
        kind, rest = words[0], words[1] if len(words) > 1 else ""
        if kind == "start":
            self._outcome.started = time.monotonic() - self._started_at
            return False
        if kind == "exit":
            self._outcome.status = int(rest)
        else:
            self._outcome.failure = rest
        return True


def run(spec, mark, write):
    """Boot, pass COMMAND's output to write(), return the Outcome."""
    outcome = Outcome()
    ours, theirs = socket.socketpair()
    spec.socket = theirs.fileno()
    started_at = time.monotonic()
    with open(spec.errors, "wb") as errors:
        # A session of its own: Ctrl-C must reach only this process, which then
        # ends QEMU.
        qemu = subprocess.Popen(
            arguments(spec), stdin=subprocess.DEVNULL, stdout=errors,
            stderr=errors, pass_fds=[theirs.fileno()], start_new_session=True,
            preexec_fn=tools.die_with_parent(signal.SIGKILL))
    theirs.close()
    try:
        stream = Stream(mark, outcome, write, started_at)
        follow(ours, stream, outcome, started_at + spec.timeout)
        if not outcome.timed_out:
            try:
                qemu.wait(POWEROFF_SECONDS)
            except subprocess.TimeoutExpired:
                outcome.stuck = True
    finally:
        if qemu.poll() is None:
            qemu.kill()
        qemu.wait()
        ours.close()
    outcome.seconds = time.monotonic() - started_at
    outcome.qemu_status = qemu.returncode
    with open(spec.errors, errors="replace") as handle:
        outcome.qemu_errors = handle.read().strip()
    return outcome


def follow(ours, stream, outcome, deadline):
    """Read port 1 until the guest is done, gone, or out of time."""
    with selectors.DefaultSelector() as selector:
        selector.register(ours, selectors.EVENT_READ)
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                outcome.timed_out = True
                return
            if not selector.select(left):
                continue
            try:
                data = ours.recv(CHUNK)
            except ConnectionError:
                data = b""
            if not data:
                stream.flush()
                return
            if stream.feed(data):
                # All output has been read: the guest may power off.
                ours.sendall(b"off\n")
                return
