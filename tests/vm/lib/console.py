# SPDX-License-Identifier: GPL-2.0-only
"""What a kernel log must not contain after a good run."""

import re

# Each matches what the kernel prints, not any word: "DEBUG:" is no "BUG:".
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

# A report of KCSAN, from one ruler to the next.
RACE = re.compile(r"^[^\n]*={60,}\n[^\n]*BUG: KCSAN:.*?={60,}$", re.M | re.S)
# The module; and the fixture, with whose race a test shows that races are
# found.
OURS = ("[kmemscope]", "[kmemscope_fixture]")

# The kernel repeats its command line, which is the text of the caller.
ECHO = re.compile(r"(Kernel command line|Command line):")

# What separates the console from the guest's dmesg in a log file.
DMESG = "\n--- dmesg at the end of the run ---\n"

# A breakpoint that the kernel does not know, with the bytes around it; the one
# in <> follows the breakpoint.
BREAKPOINT = re.compile(
    r"\bint3: 0000 .*?Code: .*?\b([0-9a-f]{2}) <[0-9a-f]{2}>", re.S)
INT3 = "cc"

SHOWN = 12


def trouble(text):
    """The first few lines that report trouble, each once."""
    found = []
    # Drop races of the kernel itself: only reports that name OURS count.
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
    """Tell whether a CPU ran a breakpoint that is not in memory.

    No processor does so: the kernel replaces an instruction by three writes and
    waits for all CPUs after each. QEMU 10 drops its translations of a page
    before a write to it, not after. Another CPU may translate the page again in
    between, and keeps the breakpoint.
    """
    found = BREAKPOINT.search(text)
    return bool(found) and found[1] != INT3


def tail(text):
    """The last lines of the console, for a failure without a reason."""
    return text.partition(DMESG)[0].splitlines()[-SHOWN:]
