# SPDX-License-Identifier: GPL-2.0-only
"""Compare the answer of kmemscope diagnose with what a scenario wants."""

import os
import re
import shlex

ALL_CLEAR = "all-clear"
ALARMS = ("warning", "critical")

# What is shown of a text verdict must fit a screen.
MAX_LINES = 40

# Programs that end processes, and those that do with one of these words.
ENDING = {"kill", "pkill", "killall"}
MANAGING = {"systemctl", "docker", "podman", "nerdctl", "crictl",
            "machinectl", "lxc-stop"}
ENDING_WORDS = {"stop", "kill", "restart", "terminate", "rm", "poweroff"}

# A directory as a sentence names it. Cgroups are named as such.
PLACE = re.compile(r"\bin (/[^\s,;:()]*)")


class Result:
    """What is right and wrong in one answer."""

    def __init__(self, named):
        self.named = named
        self.mismatches = []
        self.severity = None

    def wrong(self, kind, text):
        """Note a mismatch: a kind from the list in matrix.py, and words."""
        self.mismatches.append([kind, text])

    def has(self, *kinds):
        """Tell whether there is a mismatch of one of these kinds."""
        return any(kind in kinds for kind, _ in self.mismatches)


def cause(finding):
    """What it names as the cause; without one, the kind of growth."""
    return finding.get("cause") or f"kind {finding['kind']}"


def is_alarm(answer, finding):
    """Tell whether a finding says that something is wrong."""
    severity = finding.get("severity")
    if severity in ALARMS:
        return True
    return severity != "notice" and not finding.get("benign") and \
        answer.get("healthy") is False


def is_sick(answer):
    """Tell whether an answer as a whole says that something is wrong."""
    return answer.get("severity") in ALARMS or \
        answer.get("healthy") is False


def ends_what(remedy):
    """The words of a command that ends something, or None."""
    argv = remedy.get("argv")
    if argv is None and remedy.get("command"):
        try:
            argv = shlex.split(remedy["command"])
        except ValueError:
            argv = remedy["command"].split()
    if not argv:
        return None
    program = os.path.basename(argv[0])
    if program in ENDING or (program in MANAGING and
                             ENDING_WORDS & set(argv[1:])) or \
            program == "lxc-stop":
        return argv
    return None


def stops(answer):
    """All commands of an answer that end something."""
    found = [ends_what(remedy) for finding in answer["findings"]
             for remedy in finding.get("remedies", [])]
    return [argv for argv in found if argv]


def stopped_pids(answer):
    """The processes that its commands would end."""
    return [int(word) for argv in stops(answer)
            for word in argv[1:] if word.isdigit()]


def names_of(finding):
    """Names of all processes in a finding."""
    people = finding.get("holders", []) + finding.get("allocators", [])
    return {each.get("name") for each in people}


def words_of(finding):
    """What a finding says and advises, but for its evidence."""
    remedies = finding.get("remedies", [])
    return "\n".join(
        [finding["summary"], *finding.get("unknown", []),
         *[remedy["text"] for remedy in remedies],
         *[remedy.get("command", "") for remedy in remedies]])


def compare_culprit(result, wanted, first):
    """Is the right process named, where it must be, and in the headline?"""
    if wanted.context:
        contexts = [each.get("context") for each in first["allocators"]][:1]
        if contexts != [wanted.context]:
            result.wrong("culprit", f"context {contexts}, not "
                         f"{wanted.context}")
    if not wanted.name:
        return
    lists = {"holder": ["holders"], "allocator": ["allocators"],
             "either": ["holders", "allocators"]}[wanted.role]
    named = [first[key][0].get("name") for key in lists if first.get(key)]
    if not set(named) & set(wanted.name):
        result.wrong("culprit", f"{wanted.role} {named or 'nobody'}, not "
                     f"{' or '.join(wanted.name)}")
    elif not any(name in first["summary"] for name in wanted.name):
        result.wrong("culprit", f"{' or '.join(wanted.name)} is not in the "
                     "headline")


def is_below(path, folder):
    """Tell whether a path is a folder, or in it."""
    return path == folder or path.startswith(folder + "/")


def compare_place(result, wanted, first):
    """Is the right directory named, and no other?"""
    allowed = [path for path in [wanted.place, *wanted.may_place] if path]
    said = set(PLACE.findall(first["summary"]))
    directories = [each for each in first.get("directories", [])
                   if each.get("share_percent", 0) >= 50]
    held = {each.get("path") for each in directories}
    for path in sorted((said | held) - {None}):
        if not any(is_below(path, each) for each in allowed):
            result.wrong("place", f"{path} is named")
    if wanted.place and wanted.place not in held and \
            wanted.place not in first["summary"]:
        result.wrong("place", f"{wanted.place} is not named")


def contains_guilty(answer, container, guilty):
    """Tell whether a container or unit is that of a guilty process."""
    people = [each for finding in answer["findings"] for each in
              finding.get("holders", []) + finding.get("allocators", [])]
    inside = [each for each in people if container in
              each.get("cgroup", "") + " " + each.get("service", "")]
    return bool(inside) and all(each.get("name") in guilty
                                for each in inside)


def compare_stops(result, wanted, answer, comms):
    """Does each command that ends a process end a guilty one?"""
    guilty = {*wanted.name, *wanted.may_stop}
    for argv in stops(answer):
        pids = [word for word in argv[1:] if word.isdigit()]
        ended = {comms.get(pid, f"an unknown process {pid}")
                 for pid in pids} or {" ".join(argv)}
        if not pids and contains_guilty(answer, argv[-1], guilty):
            continue
        for innocent in sorted(ended - guilty):
            result.wrong("innocent", f"\"{' '.join(argv)}\" ends {innocent}")


def compare_guilty(result, scenario, answer, comms):
    """Compare with what a guilty scenario wants."""
    wanted = scenario.wanted
    compare_stops(result, wanted, answer, comms)
    if not answer["findings"]:
        result.wrong("cause", f"nothing is found: {answer['verdict']}")
        return
    first = answer["findings"][0]
    if result.named not in wanted.cause:
        result.wrong("cause", f"{result.named}, not "
                     f"{' or '.join(wanted.cause)}")
    if result.severity not in wanted.severity:
        result.wrong("severity", f"{result.severity}, not "
                     f"{' or '.join(wanted.severity)}")
    compare_culprit(result, wanted, first)
    compare_place(result, wanted, first)
    told = [cause(row) for row in answer["findings"]
            if is_alarm(answer, row) or names_of(row) & set(wanted.name)]
    if len(told) > wanted.max_findings:
        result.wrong("count", f"{len(told)} findings: {', '.join(told)}")
    resources = [each.get("resource") or "" for each in
                 first.get("holders", [])]
    for pattern in wanted.says:
        if not re.search(pattern, "\n".join([first["summary"], *resources]),
                         re.IGNORECASE):
            result.wrong("words", f"\"{pattern}\" is not said")
    every = "\n".join(map(words_of, answer["findings"]))
    for pattern in wanted.forbidden:
        if re.search(pattern, every, re.IGNORECASE):
            result.wrong("words", f"\"{pattern}\" is said")


def compare_healthy(result, answer):
    """A healthy host has no alarm, and nothing of it is to be stopped."""
    if result.named != ALL_CLEAR:
        result.wrong("alarm", f"{result.named}: {answer['verdict']}")
    for argv in stops(answer):
        result.wrong("stop", f"\"{' '.join(argv)}\"")


def name_cause(scenario, answer):
    """What the verdict names first."""
    findings = answer["findings"]
    if not scenario.healthy:
        return cause(findings[0]) if findings else ALL_CLEAR
    if not is_sick(answer):
        return ALL_CLEAR
    alarms = [row for row in findings if is_alarm(answer, row)]
    return cause(alarms[0]) if alarms else "alarm without a finding"


def compare(scenario, answer, comms=None, text=None):
    """The Result of an answer.

    comms: {pid: name} of the processes that its commands would end. text: the
    lines of the verdict in words.
    """
    result = Result(name_cause(scenario, answer))
    result.severity = answer.get("severity")
    if answer.get("partial"):
        result.wrong("partial", f"missing: {answer['missing']}")
    if scenario.healthy:
        compare_healthy(result, answer)
    else:
        compare_guilty(result, scenario, answer, comms or {})
    if text and len(text) > MAX_LINES:
        result.wrong("length", f"{len(text)} lines, not {MAX_LINES}")
    return result
