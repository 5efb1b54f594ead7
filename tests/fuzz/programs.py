# SPDX-License-Identifier: GPL-2.0-only
"""Build what the C programs here share: the list of all record types."""

import pathlib

import yaml

REPO = pathlib.Path(__file__).resolve().parents[2]
BUILD = REPO / "build/fuzz"


def spec():
    """The contract, module/spec/kmemscope.yaml."""
    return yaml.safe_load((REPO / "module/spec/kmemscope.yaml").read_text(
        encoding="utf-8"))


def write_kinds(contract):
    """Write the elements of a C array of all kinds, in the spec's order."""
    BUILD.mkdir(parents=True, exist_ok=True)
    names = [kind["name"].replace("-", "_")
             for kind in contract["attribute-sets"]]
    (BUILD / "all_kinds.h").write_text(
        "".join(f"&kms_kind_{name},\n" for name in names), encoding="ascii")


def sender_command():
    """The command that compiles sender.c, for a guest with any libc."""
    write_kinds(spec())
    return ["gcc", "-static", "-std=c11", "-D_GNU_SOURCE", "-O2", "-Wall",
            "-Wextra", "-Werror", f"-I{REPO}/tools",
            f"-I{REPO}/module/include/uapi", f"-I{BUILD}",
            REPO / "tests/fuzz/sender.c", REPO / "tools/table/kinds.c",
            "-o", BUILD / "sender"]
