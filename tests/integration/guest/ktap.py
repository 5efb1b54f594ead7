# SPDX-License-Identifier: GPL-2.0-only
"""Run the tests of a subject and print the result as KTAP.

A subject is a module with functions test_*; each prints one line.  A test
fails by raising, and has no other way to be anything but ok: no test can
forget to say how it went.
"""

import sys
import time
import traceback


class Failure(Exception):
    """What was expected and what was seen instead."""


class Skip(Exception):
    """Why a test cannot say anything here; the host knows which may."""


def expect(condition, message):
    """Fail with the message unless the condition holds."""
    if not condition:
        raise Failure(message)


def equal(ours, theirs, what):
    """Fail unless two values are the same."""
    if ours != theirs:
        raise Failure(f"{what}: got {ours!r}, want {theirs!r}")


def again(attempt, times=3):
    """What attempt() says, as soon as it does not fail.

    For what a machine that stood still for a moment can spoil: nothing else.
    What is wrong fails each time.
    """
    for left in reversed(range(times)):
        try:
            return attempt()
        except Failure as failure:
            if not left:
                raise
            note(f"once more, as: {failure}")
    return None


def note(text):
    """Add a line that explains; it counts for nothing."""
    for line in str(text).splitlines():
        print(f"    # {line}", flush=True)


def tests_of(module):
    """List the test functions of a module in the order they are written."""
    found = [(name, value) for name, value in vars(module).items()
             if name.startswith("test_") and callable(value)]
    return sorted(found, key=lambda item: item[1].__code__.co_firstlineno)


def run_test(number, name, function):
    """Run one test, print its line, tell whether it passed."""
    title = name.removeprefix("test_").replace("_", " ")
    started = time.monotonic()
    try:
        function()
    except Skip as reason:
        print(f"    ok {number} - {title} # SKIP {reason}", flush=True)
        return True
    except Failure as failure:
        note(failure)
        print(f"    not ok {number} - {title}", flush=True)
        return False
    except Exception:  # a broken test is a failed test, with its traceback
        note(traceback.format_exc())
        print(f"    not ok {number} - {title}", flush=True)
        return False
    note(f"{time.monotonic() - started:.1f} s")
    print(f"    ok {number} - {title}", flush=True)
    return True


def run_subject(number, name, module, tests):
    """Run the tests of one subject as one KTAP subtest."""
    print("    KTAP version 1")
    print(f"    # Subtest: {name}")
    print(f"    1..{len(tests)}", flush=True)
    passed = True
    try:
        getattr(module, "setup", lambda: None)()
        for index, (test, function) in enumerate(tests, 1):
            passed = run_test(index, test, function) and passed
    except Exception:  # the lines that are missing now fail on the host
        note(traceback.format_exc())
        passed = False
    finally:
        getattr(module, "teardown", lambda: None)()
    print(f"{'ok' if passed else 'not ok'} {number} - {name}", flush=True)
    return passed


def run_subjects(subjects):
    """Run (name, module, tests) each; the exit status for the program."""
    print("KTAP version 1")
    print(f"1..{len(subjects)}", flush=True)
    results = [run_subject(i, *subject)
               for i, subject in enumerate(subjects, 1)]
    sys.stdout.flush()
    return 0 if all(results) else 1
