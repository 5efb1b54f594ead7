# SPDX-License-Identifier: GPL-2.0-only
"""Load the fixture module, for as long as a with block lasts."""

import pathlib
import subprocess

MODULE = "/root/kmemscope_fixture.ko"


def _words(parameters):
    """The parameters in the form of insmod."""
    return [f"{name}={','.join(map(str, value))}" if isinstance(value, list)
            else f"{name}={value}" for name, value in parameters.items()]


def try_load(**parameters):
    """Load it with bad parameters; return the exit status of insmod."""
    return subprocess.run(["insmod", MODULE, *_words(parameters)],
                          stderr=subprocess.DEVNULL, check=False).returncode


PARAMETERS = pathlib.Path("/sys/module/kmemscope_fixture/parameters")


def write(name, words):
    """Write one of the parameter files of the loaded fixture."""
    (PARAMETERS / name).write_text(words, encoding="utf-8")


class Fixture:
    """Loads the fixture with these parameters, and unloads it on exit."""

    def __init__(self, **parameters):
        self.parameters = _words(parameters)

    def __enter__(self):
        subprocess.run(["insmod", MODULE, *self.parameters], check=True)
        return self

    def act(self, words):
        """Write a command to the file act, which runs on our CPU."""
        write("act", words)

    def live(self):
        """The number of objects of kmemscope_fixture in use."""
        return int((PARAMETERS / "live").read_text(encoding="ascii"))

    def __exit__(self, *_):
        subprocess.run(["rmmod", "kmemscope_fixture"], check=True)
