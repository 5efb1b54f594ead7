# SPDX-License-Identifier: GPL-2.0-only
"""Every allocation of every operation fails once, and does no harm.

An operation runs again and again: first its first allocation fails, then its
second, until none is left.  After each error it runs once more without a fault,
and must work.  The kernel reports leaks and splats, see tests/vm.
"""

import collections
import os
import time

import faults
import spec
import tables
import wire
from ktap import equal, expect, note

# More allocations mean that the operation does not end.
MAX_FAULTS = 4000

# How many jobs of each kind run with faults in their worker.
JOBS_OF_KIND = 12

_NTH = []
_TOTAL = collections.Counter()


def setup():
    """Allow faults from now on."""
    faults.prepare()
    faults.only_under(faults.EVERYWHERE)
    _NTH.append(faults.Nth())


def teardown():
    """Print how many there were."""
    note(f"{sum(_TOTAL.values())} fault points in all: "
         + ", ".join(f"{name} {nr}" for name, nr in _TOTAL.items()))


def sweep(name, prepare, act, after=None):
    """Fail each allocation of act(prepare()) once."""
    started = time.monotonic()
    failed = 0
    for number in range(1, MAX_FAULTS):
        what = prepare()
        there, got = _NTH[0].run(number, lambda what=what: act(what))
        (after or close)(what)
        if not there:
            expect(not isinstance(got, Exception), f"without a fault: {got!r}")
            break
        if isinstance(got, Exception):
            failed += 1
            faults.check(got)
            again = prepare()
            act(again)
            (after or close)(again)
    else:
        expect(False, f"no end of faults after {MAX_FAULTS}")
    _TOTAL[name] += number - 1
    note(f"{name}: {number - 1} fault points, {failed} errors, in "
         f"{time.monotonic() - started:.1f} s")
    expect(number > 1, f"{name}: no fault ever fired")


def close(sock):
    """Close a socket, if there is one."""
    if sock:
        sock.close()


def roomy():
    """A socket with a large buffer: fewer messages, fewer equal faults."""
    sock = wire.Socket()
    sock.buffer = bytearray(1 << 16)
    return sock


def answered(call, *arguments):
    """Call; return a refusal as an OSError."""
    try:
        return call(*arguments)
    except wire.Refused as refusal:
        return OSError(refusal.errno, refusal.text)


def raised(got):
    """Return an answer, or raise it if it is a refusal."""
    if isinstance(got, Exception):
        raise got
    return got


def do(command, data=b""):
    """A do, as an act of sweep()."""
    return lambda sock: raised(answered(sock.do, command, data))


def dump(command, data=b""):
    """A dump, as an act of sweep()."""
    return lambda sock: raised(answered(sock.dump_once, command, data))


def test_status():
    """The single record, and the switch."""
    kind = spec.KINDS["status"]
    sweep("status-get", roomy, do(kind.command))
    sweep("status-set", roomy, do(spec.COMMANDS["status-set"],
                                  wire.attributes(kind, {"enabled": 1})))


def test_dumps():
    """A whole dump of each record type."""
    for kind in spec.DUMPS:
        sweep(kind.operation, roomy, dump(kind.command))


def test_dump_of_one():
    """A request by name takes another path in the module."""
    for name, key in ("slab", {"name": "dentry"}), ("zone", {"node": 0}):
        kind = spec.KINDS[name]
        sweep(f"{kind.operation} of one", roomy,
              dump(kind.command, wire.attributes(kind, key)))


JOBS = {
    "slab": {},
    "dentry": {"budget_ns": 50_000_000},
    "trace": {"cache": "dentry", "duration_ns": 1_000_000},
}


def start_request(kind_name):
    """The attributes of a job-start."""
    return wire.attributes(spec.KINDS["job"],
                           {"kind": kind_name, **JOBS[kind_name]})


def expect_place():
    """Wait until a job can start.

    Jobs of closed sockets count until they end, and no dump lists them.
    """
    with wire.Socket() as sock:
        sock.wait_job(sock.start_job_soon("slab")["id"])


def end_jobs(sock):
    """Close a socket, and wait until its jobs are gone."""
    sock.close()
    expect_place()


def test_job_start():
    """Without memory no job starts, and no job leaks."""
    for kind_name in JOBS:
        sweep(f"job-start of {kind_name}", roomy,
              do(spec.COMMANDS["job-start"], start_request(kind_name)),
              end_jobs)


def with_job(kind_name):
    """A socket whose job is done; its attribute job has the number."""
    sock = roomy()
    sock.job = sock.start_job(kind_name, **JOBS[kind_name])["id"]
    equal(sock.wait_job(sock.job)["state"], "done", f"the job of {kind_name}")
    return sock


def test_job_get_and_stop():
    """The list of jobs, and the two ways to end a job."""
    kind = spec.KINDS["job"]
    sweep("job-get", lambda: with_job("slab"), dump(kind.command), end_jobs)
    for name in "job-stop", "job-finish":
        sweep(name, lambda: with_job("dentry"),
              lambda sock, name=name: raised(answered(
                  sock.do, spec.COMMANDS[name],
                  wire.attributes(kind, {"id": sock.job}))), end_jobs)


def test_job_take():
    """The dump of an answer succeeds or is refused; the job is gone."""
    for kind_name in JOBS:
        kind = spec.KINDS[kind_name]
        sweep(f"take of {kind_name}",
              lambda kind_name=kind_name: with_job(kind_name),
              lambda sock, kind=kind: raised(answered(
                  sock.dump_once, kind.command,
                  wire.attributes(kind, {"job": sock.job}))), end_jobs)


def test_workers():
    """fail-nth does not work in a worker, so one fault at random a job."""
    worker = faults.function("job_run")
    for kind_name in JOBS:
        fired, ends = 0, collections.Counter()
        for number in range(JOBS_OF_KIND):
            with wire.Socket() as sock, faults.Random(
                    worker, 100 >> number % 4) as some:
                ends[with_done(sock, kind_name)] += 1
                fired += some.fired()
            expect_place()
            with_job(kind_name).close()
        _TOTAL[f"worker of {kind_name}"] += fired
        note(f"worker of {kind_name}: {fired} faults in {JOBS_OF_KIND} jobs: "
             f"{dict(ends)}")
        expect(fired, "no fault ever fired")


def with_done(sock, kind_name):
    """Start a job, and wait for it; its state."""
    number = sock.start_job(kind_name, **JOBS[kind_name])["id"]
    return sock.wait_job(number)["state"]


def read_file(path):
    """Open, read and close a file."""
    file = os.open(path, os.O_RDONLY)
    try:
        while os.read(file, 1 << 16):
            pass
    finally:
        os.close(file)


def test_debugfs():
    """Each file, to its end."""
    for kind_name in tables.FILES:
        path = str(tables.path(kind_name))
        sweep(f"debugfs {kind_name}", lambda: None,
              lambda _, path=path: read_file(path))


def test_no_memory_is_left():
    """After all that no snapshot is left."""
    with wire.Socket() as sock:
        equal(sock.status()["memory_bytes"], 0, "memory_bytes")
