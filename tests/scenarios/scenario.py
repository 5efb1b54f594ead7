# SPDX-License-Identifier: GPL-2.0-only
"""The scenarios: scenarios.yaml, checked, as objects."""

import pathlib

import yaml

FILE = pathlib.Path(__file__).resolve().parent / "scenarios.yaml"

# What a finding of kmemscope diagnose can name as its cause.
CAUSES = (
    "negative_lookups", "file_scan", "files_made", "process_memory",
    "shared_memory", "huge_pages", "node_full", "cgroup_limit", "threads",
    "zombies", "page_tables", "sockets", "socket_queues", "files", "pipes",
    "event_files", "watches", "mappings", "timers", "cgroups",
    "network_namespaces", "bpf", "vmalloc", "percpu", "driver_pages",
    "unaccounted", "kernel_leak", "fragmentation", "other_slab")

SEVERITIES = ("ok", "notice", "warning", "critical")
ROLES = ("holder", "allocator", "either")


class BadData(Exception):
    """What is wrong in scenarios.yaml."""


def _check(condition, name, message):
    if not condition:
        raise BadData(f"{name}: {message}")


class Wanted:
    """What the verdict on a guilty host must say, and must not."""

    KEYS = {"severity", "cause", "name", "role", "context", "place",
            "may_place", "may_stop", "says", "not", "max_findings"}

    def __init__(self, name, data):
        _check(not set(data) - self.KEYS, name,
               f"unknown keys {set(data) - self.KEYS}")
        # Words of a list are alternatives.
        self.severity = _words(data.get("severity", ["warning", "critical"]))
        self.cause = _words(data.get("cause"))
        self.name = _words(data.get("name"))
        self.role = data.get("role", "holder")
        self.context = data.get("context")
        self.place = data.get("place")
        self.may_place = _words(data.get("may_place"))
        self.may_stop = _words(data.get("may_stop"))
        self.says = _words(data.get("says"))
        self.forbidden = _words(data.get("not"))
        self.max_findings = data.get("max_findings", 1)
        _check(self.cause and set(self.cause) <= set(CAUSES), name,
               f"causes {self.cause}")
        _check(set(self.severity) <= set(SEVERITIES), name,
               f"severities {self.severity}")
        _check(self.role in ROLES, name, f"role {self.role}")


class Scenario:
    """A host that is sick or healthy, and what must be said of it."""

    KEYS = {"name", "what", "run", "as", "silent", "before", "cgroup",
            "unshare", "limits", "warmup", "seconds", "kernels", "core",
            "effect", "healthy", "expect"}

    def __init__(self, data):
        name = data.get("name", "a scenario without a name")
        _check(not set(data) - self.KEYS, name,
               f"unknown keys {set(data) - self.KEYS}")
        self.name = name
        self.what = data.get("what", "")
        self.run = data.get("run", "")
        self.process = data.get("as")
        self.silent = data.get("silent", False)
        self.before = data.get("before")
        self.cgroup = data.get("cgroup")
        self.unshare = data.get("unshare")
        self.limits = data.get("limits", {})
        self.warmup = data.get("warmup", 1)
        self.seconds = data.get("seconds", 10)
        self.kernels = data.get("kernels", ["6.12"])
        self.core = data.get("core", False)
        self.effect = data.get("effect", {})
        self.healthy = data.get("healthy", False)
        self.wanted = None
        self._check()
        if not self.healthy:
            self.wanted = Wanted(name, data.get("expect", {}))
            _check(self.effect, name, "no effect proves that it is sick")
        _check(self.healthy != ("expect" in data), name,
               "either healthy, or what to expect")

    def _check(self):
        _check(self.what.endswith("."), self.name, "what is no sentence")
        _check(self.process is None or len(self.process) <= 15, self.name,
               "the kernel cuts names at 15 bytes")
        _check(self.run or self.healthy, self.name, "nothing to run")
        _check(not self.limits or self.cgroup, self.name,
               "limits without a cgroup")
        _check(all(isinstance(kernel, str) for kernel in self.kernels),
               self.name, "a kernel that is no text")

    @property
    def expected(self):
        """The row of the matrix."""
        return "healthy" if self.healthy else self.wanted.cause[0]


def _words(value):
    """A list of alternatives; one word alone is a list of one."""
    if value is None:
        return []
    return [str(word) for word in value] if isinstance(value, list) \
        else [str(value)]


def load(text=None):
    """{name: Scenario}, in the order of the file."""
    if text is None:
        text = FILE.read_text(encoding="utf-8")
    found = {}
    for data in yaml.safe_load(text):
        each = Scenario(data)
        _check(each.name not in found, each.name, "twice")
        found[each.name] = each
    return found
