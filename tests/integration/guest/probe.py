#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Try everything that kmemscope offers, and print the result of each try.

The test chooses the user.  Prints one JSON object {what was tried: "ok" or the
name of an errno}.  status-set switches on, which changes nothing.
"""

import json
import os
import sys

import spec
import tables
import wire


def outcome(function, *args):
    """Call a function; return "ok" or the name of its errno."""
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
    # Try the number of the family even if this name space does not show it.
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
