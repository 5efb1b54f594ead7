# SPDX-License-Identifier: GPL-2.0-only
"""What the C programs here share: the list of all kinds of record."""

import pathlib

import yaml

REPO = pathlib.Path(__file__).resolve().parents[2]
BUILD = REPO / "build/fuzz"


def spec():
    """The contract."""
    return yaml.safe_load((REPO / "module/spec/kmemscope.yaml").read_text(
        encoding="utf-8"))


def write_kinds(contract):
    """All kinds in the order of the spec, for a C array."""
    BUILD.mkdir(parents=True, exist_ok=True)
    names = [kind["name"].replace("-", "_")
             for kind in contract["attribute-sets"]]
    (BUILD / "all_kinds.h").write_text(
        "".join(f"&kms_kind_{name},\n" for name in names), encoding="ascii")


def sender_command():
    """What compiles sender.c, for a guest that may have another libc."""
    write_kinds(spec())
    return ["gcc", "-static", "-std=c11", "-D_GNU_SOURCE", "-O2", "-Wall",
            "-Wextra", "-Werror", f"-I{REPO}/tools",
            f"-I{REPO}/module/include/uapi", f"-I{BUILD}",
            REPO / "tests/fuzz/sender.c", REPO / "tools/table/kinds.c",
            "-o", BUILD / "sender"]
