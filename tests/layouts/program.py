# SPDX-License-Identifier: GPL-2.0-only
"""Compile and run the BTF reader and layout resolver on this machine."""

import pathlib
import re
import subprocess

from tally import Failure

HERE = pathlib.Path(__file__).resolve().parent
MODULE = HERE.parents[1] / "module"

COMPILE = ["gcc", "-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror",
           "-Wno-sign-compare", "-fsanitize=address,undefined",
           "-fno-sanitize-recover=all"]

SECONDS = 60


class Program:
    """The program; hostile.c lists what it does with a blob."""

    def __init__(self, folder):
        self._folder = pathlib.Path(folder)
        self._path = self._folder / "hostile"

    def build(self):
        """Compile it; a warning is an error."""
        done = subprocess.run(
            [*COMPILE, f"-I{HERE}/shim", f"-I{MODULE}", "-o", self._path,
             HERE / "hostile.c", HERE / "resolver.c",
             MODULE / "internals/btf.c"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False)
        if done.returncode:
            raise Failure(done.stdout)

    def say(self, how, blob, *arguments):
        """What it prints about a blob, given as bytes or as a file name."""
        path = blob
        if isinstance(blob, bytes):
            path = self._folder / "blob"
            path.write_bytes(blob)
        done = subprocess.run(
            [self._path, how, path, *map(str, arguments)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            check=False, timeout=SECONDS)
        if done.returncode:
            raise Failure(f"it ended with {done.returncode}\n{done.stderr}")
        return done.stdout.strip()

    def outcomes(self, how, blob, *arguments):
        """[refused, unresolved, resolved]: counts of mutations of one kind."""
        said = self.say(how, blob, *arguments)
        print(f"#   {how}: {said}")
        return [int(number) for number in re.findall(r"\d+", said)]

    def layout(self, blob):
        """[(names, (bit offset, bits))] of all members."""
        said = self.say("show", blob)
        rows = [line.split() for line in said.splitlines()]
        if not rows or not rows[0][0].isdigit():
            raise Failure(said)
        return [(row[2:], (int(row[0]), int(row[1]))) for row in rows]
