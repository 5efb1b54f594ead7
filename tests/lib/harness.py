# SPDX-License-Identifier: GPL-2.0-only
"""Call the harness, tests/vm, as its users do: by its programs."""

import pathlib
import subprocess

VM = pathlib.Path(__file__).resolve().parents[1] / "vm"


def ask_kernel(what, kernel):
    """The answer of tests/vm/kernel, such as the headers of a kernel."""
    return subprocess.run([VM / "kernel", what, kernel], check=True,
                          stdout=subprocess.PIPE, text=True).stdout.strip()
