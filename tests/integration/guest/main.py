#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Run the named subjects inside the guest: main.py SUBJECT[@CPUS]..."""

import importlib
import sys

import ktap


def subject(name):
    """(name, module, tests); for SUBJECT@CPUS the tests for many CPUs."""
    plain, _, cpus = name.partition("@")
    module = importlib.import_module(f"on_{plain}")
    tests = ktap.tests_of(module)
    if cpus:
        chosen = getattr(module, "MANY_CPUS", [test for _, test in tests])
        tests = [item for item in tests if item[1] in chosen]
    return name, module, tests


if __name__ == "__main__":
    sys.exit(ktap.run_subjects(list(map(subject, sys.argv[1:]))))
