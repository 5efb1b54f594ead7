#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Try everything kmemscope offers, and print what each try ended in.

Runs as whom the test chose; one JSON object {what was tried: errno's name, or
ok}.  status-set switches on, which is how it is already.
"""

import json
import os
import sys

import spec
import tables
import wire


def outcome(function, *args):
    """Call, and turn the end into a word."""
    try:
        function(*args)
    except (wire.Refused, OSError) as error:
        return wire.error_name(error.errno)
    return "ok"


def read_all(path):
    """Open and read a file."""
    with open(path, "rb") as file:
        file.read()


def main():
    """Try each debugfs file and each command."""
    results = {f"open {name}": outcome(read_all, tables.path(name))
               for name in tables.FILES}
    # A family that this name space does not show may still have its number.
    family = int(sys.argv[1])
    with wire.Socket(family=False) as sock:
        results["find family"] = outcome(sock.find_family)
        sock.family = family
        for kind in spec.DUMPS + spec.JOBS + spec.TRACES:
            results[kind.operation] = outcome(sock.dump_once, kind.command)
        results["status-get"] = outcome(sock.status)
        results["job-get"] = outcome(sock.dump_once, spec.COMMANDS["job-get"])
        results["status-set"] = outcome(sock.set_enabled, 1)
        results["job-start"] = outcome(sock.start_job, "slab")
        results["job-finish"] = outcome(lambda: [
            sock.finish_job(job["id"]) for job in sock.dump("job")])
        results["job-stop"] = outcome(lambda: [
            sock.stop_job(job["id"]) for job in sock.dump("job")])
    json.dump(results | {"uid": os.getuid()}, sys.stdout)


if __name__ == "__main__":
    main()
