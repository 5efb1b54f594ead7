# SPDX-License-Identifier: GPL-2.0-only
"""Every allocation of the module's init fails once.

It may then refuse to load, or load with a collector off that says why; and the
next load is as if nothing had been.  Leaks and splats are found by the kernel,
see tests/vm.
"""

import collections
import os
import time

import faults
import module
import wire
from ktap import equal, expect, note

# More would mean that it does not come to an end.
MOST = 4000


def collectors_on():
    """Which are, of the module that is loaded; the others say why not."""
    with wire.Socket() as sock:
        for record in sock.dump("collector"):
            expect(record["state"] == "on" or record.get("reason"),
                   f"no reason: {record}")
        return sock.status()["collectors_on"]


def unload():
    """If it is there."""
    if module.loaded():
        module.unload()


def setup():
    """Faults are possible from here on."""
    faults.prepare()
    # Before a cache's directory is there the kernel (v6.12) gives up its
    # creation without the name of its kobject: a leak, and not ours.
    faults.never_under(faults.function("sysfs_slab_add"))


def test_insmod():
    """Only what happens from the module's init on: the rest is the kernel's."""
    whole = collectors_on()
    file = os.open(module.path(), os.O_RDONLY | os.O_CLOEXEC)
    started, outcomes = time.monotonic(), collections.Counter()
    nth, init = faults.Nth(), faults.function("do_init_module")
    module.unload()
    for number in range(1, MOST):
        faults.only_under(init)
        there, got = nth.run(number, lambda: module.insert(file))
        faults.only_under(faults.EVERYWHERE)
        if isinstance(got, Exception):
            faults.check(got)
            outcomes[wire.error_name(got.errno)] += 1
            module.insert(file)  # as if nothing had been
            equal(collectors_on(), whole, f"collectors after fault {number}")
        elif there:
            outcomes["loaded whole" if collectors_on() == whole else
                     "loaded, collectors off"] += 1
        unload()
        if not there:
            break
    os.close(file)
    module.reload()
    note(f"insmod: {number - 1} fault points in "
         f"{time.monotonic() - started:.1f} s: {dict(outcomes)}")
    equal(sum(outcomes.values()), number - 1, "fault points that were felt")
    expect(not there, f"no end of faults after {MOST}")
    equal(collectors_on(), whole, "collectors after all faults")
