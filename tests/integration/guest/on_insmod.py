# SPDX-License-Identifier: GPL-2.0-only
"""Every allocation of the module's init fails once.

The module may then refuse to load, or load with a collector off and the reason.
The next load must be as without faults.  The kernel reports leaks and splats,
see tests/vm.
"""

import collections
import os
import time

import faults
import module
import wire
from ktap import equal, expect, note

# More allocations mean that the load does not end.
MAX_FAULTS = 4000


def collectors_on():
    """The collectors that are on; check that the others have a reason."""
    with wire.Socket() as sock:
        for record in sock.dump("collector"):
            expect(record["state"] == "on" or record.get("reason"),
                   f"no reason: {record}")
        return sock.status()["collectors_on"]


def unload():
    """Unload the module if it is loaded."""
    if module.loaded():
        module.unload()


def setup():
    """Allow faults from now on."""
    faults.prepare()
    # If the kernel (v6.12) cannot make the sysfs directory of a cache it leaks
    # the name of its kobject. That leak is not ours, so no fault there.
    faults.never_under(faults.function("sysfs_slab_add"))


def test_insmod():
    """Fail allocations from the module's init on; the kernel does the rest."""
    whole = collectors_on()
    file = os.open(module.path(), os.O_RDONLY | os.O_CLOEXEC)
    started, outcomes = time.monotonic(), collections.Counter()
    nth, init = faults.Nth(), faults.function("do_init_module")
    module.unload()
    for number in range(1, MAX_FAULTS):
        faults.only_under(init)
        there, got = nth.run(number, lambda: module.insert(file))
        faults.only_under(faults.EVERYWHERE)
        if isinstance(got, Exception):
            faults.check(got)
            outcomes[wire.error_name(got.errno)] += 1
            module.insert(file)  # must work as without faults
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
    equal(sum(outcomes.values()), number - 1, "faults with an outcome")
    expect(not there, f"no end of faults after {MAX_FAULTS}")
    equal(collectors_on(), whole, "collectors after all faults")
