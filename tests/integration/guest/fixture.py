# SPDX-License-Identifier: GPL-2.0-only
"""The fixture module: a known world for as long as a with block lasts."""

import pathlib
import subprocess

MODULE = "/root/kmemscope_fixture.ko"


def _words(parameters):
    """Parameters as insmod takes them."""
    return [f"{name}={','.join(map(str, value))}" if isinstance(value, list)
            else f"{name}={value}" for name, value in parameters.items()]


def try_load(**parameters):
    """insmod what should be refused; its exit status."""
    return subprocess.run(["insmod", MODULE, *_words(parameters)],
                          stderr=subprocess.DEVNULL, check=False).returncode


PARAMETERS = pathlib.Path("/sys/module/kmemscope_fixture/parameters")


def write(name, words):
    """Have one of the files that act do so."""
    (PARAMETERS / name).write_text(words, encoding="utf-8")


class Fixture:
    """insmod with these parameters on entry, rmmod on exit."""

    def __init__(self, **parameters):
        self.parameters = _words(parameters)

    def __enter__(self):
        subprocess.run(["insmod", MODULE, *self.parameters], check=True)
        return self

    def act(self, words):
        """Do something with the live objects, on the CPU that we run on."""
        write("act", words)

    def live(self):
        """How many objects of kmemscope_fixture are in use."""
        return int((PARAMETERS / "live").read_text(encoding="ascii"))

    def __exit__(self, *_):
        subprocess.run(["rmmod", "kmemscope_fixture"], check=True)
