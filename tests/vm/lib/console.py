# SPDX-License-Identifier: GPL-2.0-only
"""What a kernel log must not contain after a good run."""

import re

# Each is what the kernel prints, not merely a word: "DEBUG:" is no "BUG:".
TROUBLE = re.compile(
    r"(?<![A-Z])BUG:"
    r"|(?<![A-Z])BUG \S+ \("               # SLUB: "BUG kmalloc-64 (Tainted"
    r"|\bODEBUG:"
    r"|\bWARNING:"
    r"|\bKASAN\b"
    r"|\bKFENCE:|\bKCSAN:"
    r"|\bUBSAN\b"
    r"|possible circular locking"
    r"|([Ss]oft lockup|hard LOCKUP|Hard LOCKUP)"
    r"|blocked for more than \d+ seconds"
    r"|rcu.*(self-detected stall|detected stalls|detected expedited stalls)"
    r"|kmemleak: .*suspected memory leak"
    r"|unreferenced object 0x"
    r"|\bOops\b"
    r"|general protection fault"
    r"|Kernel panic")

# A report of KCSAN, from one line to the next.
RACE = re.compile(r"^[^\n]*={60,}\n[^\n]*BUG: KCSAN:.*?={60,}$", re.M | re.S)
# The module, and the fixture, whose race on request shows that they are found.
OURS = ("[kmemscope]", "[kmemscope_fixture]")

# The kernel repeats its command line, which is the caller's own text.
ECHO = re.compile(r"(Kernel command line|Command line):")

# What separates the console from the guest's dmesg in a log file.
DMESG = "\n--- dmesg at the end of the run ---\n"

# A breakpoint that the kernel does not know, with the bytes around it; the one
# in <> follows the breakpoint.
BREAKPOINT = re.compile(r"\bint3: 0000 .*?Code: .*?\b([0-9a-f]{2}) <[0-9a-f]{2}>",
                        re.S)
INT3 = "cc"

SHOWN = 12


def trouble(text):
    """The lines that tell of trouble, each once, the first few."""
    found = []
    # The kernel has races of its own; only those with our code are ours.
    text = RACE.sub(lambda race: race[0] if any(
        name in race[0] for name in OURS) else "", text)
    for line in text.splitlines():
        line = line.strip()
        if TROUBLE.search(line) and not ECHO.search(line):
            message = re.sub(r"^(<\d+>)?\[ *\d+\.\d+\](\[[ TC\d]+\])? ", "",
                             line)
            if message not in found:
                found.append(message)
    return found[:SHOWN]


def breakpoint_is_gone(text):
    """Whether a CPU ran a breakpoint that is not in its memory.

    No processor does so: the kernel waits for all CPUs after each of the three
    writes by which it replaces an instruction. QEMU 10 drops its translations
    of a page before a write to it, not after. Another CPU may translate the
    page again in between, and keeps the breakpoint.
    """
    found = BREAKPOINT.search(text)
    return bool(found) and found[1] != INT3


def tail(text):
    """The console's last lines, for when nothing else tells what happened."""
    return text.partition(DMESG)[0].splitlines()[-SHOWN:]
