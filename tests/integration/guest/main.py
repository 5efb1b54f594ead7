#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Run the named subjects inside the guest: main.py SUBJECT..."""

import importlib
import sys

import ktap

if __name__ == "__main__":
    sys.exit(ktap.run_subjects([(name, importlib.import_module(f"on_{name}"))
                                for name in sys.argv[1:]]))
