# SPDX-License-Identifier: GPL-2.0-only
"""Measure what diagnose itself costs while a host is busy."""

import contextlib
import os
import time

import culprit
from measure import Row, run

PROCESSES = 2000
LOOKUPS = 20_000        # a second, each of a new name
SECONDS = 10
TIMES = 3
MAX_PERCENT = 1


def ticks():
    """Ticks of all CPUs since the boot: (busy, all)."""
    with open("/proc/stat", encoding="ascii") as file:
        # A guest of this guest is in user and nice, too.
        words = [int(word) for word in file.readline().split()[1:9]]
    user, nice, system, idle, iowait, irq, softirq, steal = words
    busy = user + nice + system + irq + softirq + steal
    return busy, busy + idle + iowait


@contextlib.contextmanager
def sleepers(number):
    """Processes that only sleep."""
    with culprit.running("sh", "-c", f"for i in $(seq {number}); do "
                         "sleep 1000 & done; wait"):
        while len([1 for name in os.listdir("/proc") if name.isdigit()]) \
                < number:
            time.sleep(0.5)
        yield


def share(action):
    """The share of all CPU time that is spent during an action, in percent."""
    before = ticks()
    action()
    after = ticks()
    return 100 * (after[0] - before[0]) / (after[1] - before[1])


def own_share(seen):
    """Run diagnose; append its own share of all CPU time, in percent."""
    since = time.monotonic()
    null = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    process = os.posix_spawnp(
        "kmemscope", ["kmemscope", "diagnose", "--seconds", str(SECONDS)],
        os.environ, file_actions=null)
    _, status, usage = os.wait4(process, 0)
    # 3 says that a part could not be made.
    if os.waitstatus_to_exitcode(status) not in (0, 3):
        raise OSError(f"diagnose ended with {status}")
    seen.append(100 * (usage.ru_utime + usage.ru_stime) /
                (time.monotonic() - since) / os.cpu_count())


def diagnose(_):
    """Measure its own time, and what all CPUs do more than without it."""
    own = []
    names = culprit.folder("names")
    with sleepers(PROCESSES), culprit.storm(
            "storm", "miss", names, "name%lu", rate=LOOKUPS):
        time.sleep(2)
        without, with_it = [], []
        # In turns, as the load may grow.
        for _ in range(TIMES):
            without.append(share(lambda: time.sleep(SECONDS)))
            with_it.append(share(lambda: own_share(own)))
    what = f"{PROCESSES} processes, {LOOKUPS} lookups a second"
    run(Row(f"this load alone: {what}", lambda: min(without), {}, 1, "%"))
    run(Row("diagnose in this load, its own CPU time", lambda: min(own), {}, 1,
            "%", most=MAX_PERCENT))
    run(Row("diagnose in this load, CPU time of all",
            lambda: min(with_it) - min(without), {}, 1, "%",
            most=MAX_PERCENT))
