# SPDX-License-Identifier: GPL-2.0-only
"""Run the tests of a subject and print the results as KTAP.

A subject is a Python module with functions test_*; each prints one line.  A
test fails only by raising, so no test can forget to report a failure.
"""

import sys
import time
import traceback


class Failure(Exception):
    """The expected result, and the actual one."""


class Skip(Exception):
    """Why a test cannot run here; integration/skips lists which may skip."""


def expect(condition, message):
    """Fail with the message unless the condition holds."""
    if not condition:
        raise Failure(message)


def equal(ours, theirs, what):
    """Fail unless two values are the same."""
    if ours != theirs:
        raise Failure(f"{what}: got {ours!r}, want {theirs!r}")


def retry(attempt, times=3):
    """Call attempt() until it does not fail, up to `times`; its result.

    Only for a test that fails if this machine stands still for a moment. A
    wrong answer fails each time.
    """
    for left in reversed(range(times)):
        try:
            return attempt()
        except Failure as failure:
            if not left:
                raise
            note(f"trying again after: {failure}")
    return None


def note(text):
    """Print a line that explains a result."""
    for line in str(text).splitlines():
        print(f"    # {line}", flush=True)


def tests_of(module):
    """The test functions of a module, in the order of their lines."""
    found = [(name, value) for name, value in vars(module).items()
             if name.startswith("test_") and callable(value)]
    return sorted(found, key=lambda item: item[1].__code__.co_firstlineno)


def run_test(number, name, function):
    """Run one test and print its line; return whether it passed."""
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
    """Run one subject as a KTAP subtest; return whether it passed."""
    print("    KTAP version 1")
    print(f"    # Subtest: {name}")
    print(f"    1..{len(tests)}", flush=True)
    passed = True
    try:
        getattr(module, "setup", lambda: None)()
        for index, (test, function) in enumerate(tests, 1):
            passed = run_test(index, test, function) and passed
    except Exception:  # the host counts missing lines as failures
        note(traceback.format_exc())
        passed = False
    finally:
        getattr(module, "teardown", lambda: None)()
    print(f"{'ok' if passed else 'not ok'} {number} - {name}", flush=True)
    return passed


def run_subjects(subjects):
    """Run each (name, module, tests); return the exit status."""
    print("KTAP version 1")
    print(f"1..{len(subjects)}", flush=True)
    results = [run_subject(i, *subject)
               for i, subject in enumerate(subjects, 1)]
    sys.stdout.flush()
    return 0 if all(results) else 1
