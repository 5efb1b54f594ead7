#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Run scenarios inside the guest: play.py [--text] NAME...

Each starts its program, asks kmemscope diagnose, compares, and ends all that it
started. A line "RESULT {...}" has what came out.
"""

import json
import subprocess
import sys
import time

import compare
import host
import scenario

# Seconds until a program must say that it is ready.
READY_SECONDS = 120

# More seconds for start, answers and output.
SLACK_SECONDS = 30

# Seconds of the observation that is shown in words.
TEXT_SECONDS = 5

# What an answer says if it, or the machine, stood still for seconds.
LATE = ("there was not enough time", "another trace is running")


class Broken(Exception):
    """The scenario is not what it should be: nothing can be compared."""


def diagnose(seconds, *options):
    """(exit status, output) of kmemscope diagnose."""
    command = ["kmemscope", "diagnose", "--seconds", str(seconds), *options]
    try:
        done = subprocess.run(command, capture_output=True, text=True,
                              timeout=seconds + SLACK_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise Broken(f"diagnose --seconds {seconds} did not end in "
                     f"{seconds + SLACK_SECONDS} s") from None
    # What it found may have an exit status of its own; these are failures.
    if done.returncode in (1, 2) or done.returncode < 0:
        raise Broken(f"diagnose: exit status {done.returncode}: {done.stderr}")
    return done.returncode, done.stdout


def answer_of(seconds):
    """Its answer, of the first of three runs that was not held up."""
    for _ in range(3):
        status, out = diagnose(seconds, "--json")
        answer = json.loads(out)
        answer["status"] = status
        if not any(text.endswith(LATE) for text in answer["missing"]):
            break
    return answer


def begin(each):
    """Start a scenario's program; wait until it is ready."""
    if each.before:
        subprocess.run(["sh", "-e", "-c", each.before], check=True)
    program = host.Program(each)
    if not each.silent:
        program.wait_ready(READY_SECONDS)
    time.sleep(each.warmup)
    return program


def check_effect(each, before):
    """Break unless the host is as sick as the scenario says."""
    changes = {}
    after = host.measure(each.effect)
    for name, least in each.effect.items():
        changed = changes[name] = after[name] - before[name]
        if (changed < least) if least > 0 else (changed > least):
            raise Broken(f"{name} changed by {changed:.0f}, not by {least}")
    return changes


def observe(each, with_text):
    """(answer, names of processes, lines of text) of a running scenario."""
    program = begin(each) if each.run else None
    try:
        answer = answer_of(each.seconds)
        comms = host.names_of(compare.stopped_pids(answer))
        text = diagnose(TEXT_SECONDS)[1].splitlines() if with_text else None
        if program:
            program.check_alive()
        return answer, comms, text
    except host.Ended as ended:
        raise Broken(str(ended)) from None


def run(each, with_text):
    """What came out of a scenario, for the host of this guest."""
    out = {"name": each.name}
    before = host.measure(each.effect)
    started = time.monotonic()
    try:
        answer, comms, text = observe(each, with_text)
        out["effect"] = check_effect(each, before)
        result = compare.compare(each, answer, comms, text)
        out.update(named=result.named, mismatches=result.mismatches,
                   verdict=answer["verdict"], severity=result.severity,
                   answer=answer, text=text)
    except host.Cannot as reason:
        out["skip"] = str(reason)
    except (Broken, host.Ended, subprocess.CalledProcessError) as reason:
        out["broken"] = str(reason)
    out["seconds"] = round(time.monotonic() - started, 1)
    return out


def main(arguments):
    """Run all of them; return the exit status."""
    with_text = "--text" in arguments
    every = scenario.load()
    host.prepare()
    for name in arguments:
        if name == "--text":
            continue
        left = host.clean()
        out = run(every[name], with_text)
        out["left"] = left
        print("RESULT", json.dumps(out), flush=True)
    host.clean()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
