# SPDX-License-Identifier: GPL-2.0-only
"""Run the suites of a command side by side, and add up their counts."""

import pathlib
import signal
import sys
import threading
import time

# The harness in vm/lib has the cache, and children that end with us.
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "vm/lib"))

import plan                                                     # noqa: E402
from progress import Progress                                   # noqa: E402
from running import Running                                     # noqa: E402


class Run:
    """One command: its lanes, their output, and the sums."""

    def __init__(self, command):
        self._lanes = plan.COMMANDS[command]
        self._progress = Progress(command, self._lanes)
        self._lock = threading.Lock()
        self._running = set()
        self._stopping = False
        self.sums = [0, 0, 0]

    def _print(self, *lines):
        with self._lock:
            self._progress.clear()
            for line in lines:
                print(line)
            sys.stdout.flush()

    def _lane(self, suites):
        for suite in suites:
            if not self._suite(suite) and isinstance(suite, plan.Step):
                # The suites after a step depend on it.
                for lost in suites[suites.index(suite) + 1:]:
                    self._print(f"not ok - {lost.name} did not run")
                    self.sums[1] += 1
                return

    def _suite(self, suite):
        """Run one suite; return whether nothing failed."""
        # Lines of several suites would mix, so print them at the end.
        kept = []

        def keep(line):
            kept.append(line)
            if line.startswith(("not ok", "# FAILED: ")):
                self._print(f"# {suite.name}: {line}")

        with self._lock:
            if self._stopping:
                return False
            running = Running(suite, keep)
            self._running.add(running)
            self._progress.begins(running)
        running.follow()
        with self._lock:
            self._running.discard(running)
        counts, reason = running.result()
        if self._stopping:
            return False
        self._progress.ends(running, not counts[1])
        self._print(f"# {suite.name}",
                    *[line for line in kept if not line.startswith("# done: ")],
                    *([f"not ok - {suite.name}: {reason}"] if reason else []),
                    f"# {suite.name}: {counts[0]} passed, {counts[1]} failed, "
                    f"{counts[2]} skipped in {running.seconds:.0f} s")
        with self._lock:
            self.sums = [old + new for old, new in zip(self.sums, counts)]
        return not counts[1]

    def all(self):
        """Run every lane to its end."""
        threads = [threading.Thread(target=self._lane, args=(lane,))
                   for lane in self._lanes]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            with self._lock:
                self._progress.tell()
            time.sleep(0.5)
        with self._lock:
            self._progress.clear()

    def stop(self):
        """End all suites with their children."""
        with self._lock:
            self._stopping = True
            running = list(self._running)
        enders = [threading.Thread(target=one.end) for one in running]
        for ender in enders:
            ender.start()
        for ender in enders:
            ender.join()


def main(arguments):
    """Run the command; return the exit status."""
    if len(arguments) != 1 or arguments[0] not in plan.COMMANDS:
        print("usage: tests/run " + "|".join(plan.COMMANDS), file=sys.stderr)
        return 2
    run = Run(arguments[0])

    def leave(number, _frame):
        for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(other, signal.SIG_IGN)
        raise SystemExit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    try:
        run.all()
    except SystemExit:
        run.stop()
        raise
    print("{} passed, {} failed, {} skipped".format(*run.sums))
    return 1 if run.sums[1] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
