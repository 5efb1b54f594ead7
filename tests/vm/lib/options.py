# SPDX-License-Identifier: GPL-2.0-only
"""The command line of tests/vm/run."""

import argparse
import os

import kernels
from errors import UsageError

# A smaller node does not hold the early allocations of a Debian kernel.
MIN_NODE_MIB = 64
MIN_BOOT_MIB = 256

TIMEOUT = 120
# Checkers make a kernel several times slower.
TIMEOUT_CHECKED = 360

ACCELERATORS = ("auto", "kvm", "tcg", "tcg-single")

USAGE = "tests/vm/run [OPTION...] -- COMMAND [ARG...]"

ABOUT = """\
Boot a real Debian kernel in QEMU, load kmemscope, and run COMMAND in it.

stdout is what COMMAND wrote to its stdout and stderr, byte for byte, and
nothing else. Builds, progress and the name of the console log go to stderr.
"""

DETAILS = """\
Kernels:
%(kernels)s
  On debug and debug-rt each run ends with a scan for leaked memory, about ten
  seconds, unless --cmdline has kmemleak=off. On kcsan a report counts only if
  it names a function of kmemscope.ko.

In the guest:
  COMMAND runs as root in /root, stdin empty, arguments exactly as given. There
  are /bin/sh, /proc, /sys, debugfs, securityfs, /dev, /tmp; kmemscope is on
  PATH; loopback is up. kmemscope.ko is loaded from
  /lib/modules/<release>/updates, and rmmod and modprobe know it. Processes
  COMMAND leaves behind are killed.

Exit status:
  COMMAND's own, or
  2    usage error, unknown kernel
  75   QEMU failed, not the kernel: a CPU ran a breakpoint that another CPU had
       replaced, or an assertion of QEMU's own failed. If COMMAND has written
       nothing the guest boots again, up to 3 times; else the caller may run
       COMMAND again
  124  COMMAND did not end in time (%(prog)s's --timeout counts from power-on)
  125  the guest did not boot or ended early, the module did not load, the
       kernel log shows trouble (BUG:, WARNING:, KASAN, UBSAN, a lock cycle, a
       lockup, a leak, an oops or a panic), a build failed, or this machine
       lacks something. Trouble in the log comes before every other status.
  stderr says which; COMMAND's own 124 or 125 goes without such a line.

Environment:
  KMEMSCOPE_PARAMS  module parameters, "name=value ..."
  KMEMSCOPE_ACCEL   tcg, kvm or auto (default: auto = kvm if a short probe
                    boot, remembered until this machine reboots, worked).
                    Each CPU has a host thread; tcg-single has one for all
  XDG_CACHE_HOME    where kernels, images and logs are kept, in kmemscope/
                    (default: ~/.cache)
  TMPDIR            where a run's own files are (default: /tmp)
"""


class Parser(argparse.ArgumentParser):
    """Raises UsageError instead of exiting."""

    def error(self, message):
        """Raise the message."""
        raise UsageError(message + "; see tests/vm/run --help")


def count(text):
    """A number from 1 on."""
    value = int(text)
    if value < 1:
        raise ValueError
    return value


count.__name__ = "number"


def parser():
    """The options; COMMAND is not among them."""
    table = "".join(f"  {row.name:<9}  {row.about}\n"
                    for row in kernels.rows())
    result = Parser(prog="tests/vm/run", usage=USAGE, description=ABOUT,
                    epilog=DETAILS % {"prog": "tests/vm/run",
                                      "kernels": table},
                    allow_abbrev=False,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    add = result.add_argument
    add("--kernel", metavar="K", default="6.12",
        help="which kernel, see below (default: 6.12)")
    add("--rootfs", action="store_true",
        help="a Debian root file system (python3, stress-ng, ...: "
        "tests/vm/rootfs-packages) instead of busybox alone")
    add("--nodes", metavar="N", type=count, default=2,
        help="memory nodes; may outnumber the CPUs (default: 2)")
    add("--memoryless", metavar="N", type=count, default=0,
        help="more nodes, with CPUs and without memory; needs a CPU for each "
        "node, see --cpus (default: none)")
    add("--cpus", metavar="N", type=count,
        help="CPUs, spread over the nodes (default: 2; with --icount: 1)")
    add("--mem", metavar="MiB", type=count, default=1024,
        help="memory, split over the nodes (default: 1024)")
    add("--cmdline", metavar="STR", default="",
        help="more words for the kernel's command line")
    add("--icount", action="store_true",
        help="guest time counts instructions: repeatable benchmarks, one CPU")
    add("--timeout", metavar="S", type=count,
        help="seconds from power-on until COMMAND must be done "
        f"(default: {TIMEOUT}; kernels built here: {TIMEOUT_CHECKED})")
    add("--disk", metavar="MiB", type=count,
        help="a fresh ext4 on /mnt")
    add("--no-module", action="store_true",
        help="do not build or load kmemscope.ko")
    add("--file", metavar="SRC[:DST]", action="append", default=[],
        help="copy a file or folder into the guest, a program with its "
        "libraries (default DST: /root/<basename>); may be repeated")
    return result


def parse(argv):
    """Parse options and COMMAND; raise UsageError for all that is wrong."""
    if "--" in argv:
        at = argv.index("--")
        options = parser().parse_args(argv[:at])
        options.command = argv[at + 1:]
    else:
        options = parser().parse_args(argv)
        options.command = []
    if not options.command:
        raise UsageError("no COMMAND; usage: " + USAGE)
    kernels.find(options.kernel)
    if options.cpus is None:
        options.cpus = 1 if options.icount else 2
    if options.timeout is None:
        options.timeout = TIMEOUT_CHECKED if kernels.is_built(
            options.kernel) else TIMEOUT
    if options.icount and options.cpus != 1:
        raise UsageError("--icount works with one CPU only")
    if options.memoryless and options.cpus < options.nodes + options.memoryless:
        raise UsageError(
            f"--memoryless {options.memoryless}: a CPU for each of all "
            f"{options.nodes + options.memoryless} nodes, and there are "
            f"{options.cpus}; see --cpus")
    if options.mem < max(MIN_BOOT_MIB, options.nodes * MIN_NODE_MIB):
        raise UsageError(f"--mem {options.mem}: at least {MIN_BOOT_MIB} MiB, "
                         f"and {MIN_NODE_MIB} for each node")
    options.files = [file_pair(text) for text in options.file]
    options.accel = os.environ.get("KMEMSCOPE_ACCEL") or "auto"
    if options.accel not in ACCELERATORS:
        raise UsageError(f"KMEMSCOPE_ACCEL is {options.accel}; it can be "
                         f"{', '.join(ACCELERATORS)}")
    options.params = os.environ.get("KMEMSCOPE_PARAMS", "")
    return options


def file_pair(text):
    """Split SRC[:DST]; the name of a SRC that exists may have colons."""
    source, target = text, ""
    if not os.path.exists(text):
        source, _, target = text.rpartition(":")
        if not os.path.exists(source):
            raise UsageError(f"--file {text}: there is no {source or text}")
    name = os.path.basename(os.path.abspath(source))
    if not target or target.endswith("/"):
        target += name
    return source, os.path.join("/root", target)
