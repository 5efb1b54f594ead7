# SPDX-License-Identifier: GPL-2.0-only
"""Requests that are wrong, and dumps that stall or wait."""

import contextlib
import errno
import struct
import threading
import time

import fixture
import kmsg
import module
import spec
import tables
import wire
from ktap import equal, expect, note, retry

# The offset of the first attribute of a request: a refusal names it.
FIRST = wire.ATTRS_OFFSET


def refusal(command, data, dump=True):
    """Send a bad request; its refusal."""
    with wire.Socket() as sock:
        send = sock.dump_once if dump else sock.do
        refused = wire.refused(send, command, data)
    expect(refused, f"command {command} with {data.hex()} went through")
    return refused


def expect_refused(kind_name, data, numbers, text=None):
    """Check that a dump is refused, with the error and the attribute."""
    refused = refusal(spec.KINDS[kind_name].command, data)
    expect(refused.errno in numbers, f"error {refused}")
    expect(refused.text, "the refusal has no text")
    if text:
        expect(text in refused.text, f"the text does not name {text}")
    else:
        equal(refused.offset, FIRST, "offset of the attribute refused")


def name_attribute(kind_name, payload):
    """The attribute "name" of a record type, with any payload."""
    return wire.attribute(spec.KINDS[kind_name].number("name"), payload)


def test_unknown_attribute_is_refused():
    """A number that the spec does not have."""
    for number in (100, 0x3fff):
        expect_refused("slab", wire.attribute(number, b"\0\0\0\0"),
                       {errno.EINVAL})


def test_attribute_that_is_no_key_is_refused():
    """A field that a request may not carry."""
    kind = spec.KINDS["slab"]
    expect_refused("slab", wire.attributes(kind, {"nr_slabs": 1}),
                   {errno.EINVAL})


def test_wrong_length_is_refused():
    """A u32 of 0, 2, 3, 5 and 8 bytes."""
    node = spec.KINDS["slab_node"].number("node")
    for size in (0, 2, 3, 5, 8):
        expect_refused("slab_node", wire.attribute(node, bytes(size)),
                       {errno.EINVAL, errno.ERANGE})


def test_attribute_beyond_the_message_is_refused():
    """A length that goes past the end, or is shorter than the header."""
    command = spec.KINDS["slab"].command
    number = spec.KINDS["slab"].number("name")
    for length in (200, 3, 0):
        bad = wire.attribute(number, b"dentry\0", length=length)
        equal(refusal(command, bad).errno, errno.EINVAL, f"length {length}")


def test_commands_take_their_own_attributes_only():
    """An attribute of another command of the same set is refused."""
    job, status = spec.KINDS["job"], spec.KINDS["status"]
    attributes = {
        "job-start": wire.attributes(job, {"id": 1, "kind": "slab"}),
        "job-stop": wire.attributes(job, {"kind": "slab", "id": 1}),
        "job-finish": wire.attributes(job, {"cache": "dentry", "id": 1}),
        "status-get": wire.attributes(status, {"enabled": 1}),
    }
    for name, data in attributes.items():
        refused = refusal(spec.COMMANDS[name], data, dump=False)
        equal((refused.errno, refused.offset), (errno.EINVAL, FIRST), name)
    refused = refusal(spec.COMMANDS["job-get"],
                      wire.attributes(job, {"kind": "slab"}))
    equal(refused.errno, errno.EINVAL, "job-get by kind")


def test_string_without_end_is_refused():
    """A name without a final NUL."""
    expect_refused("slab", name_attribute("slab", b"dentry"),
                   {errno.EINVAL, errno.ERANGE})


def test_string_too_long_is_refused():
    """A name longer than in any record."""
    expect_refused("slab", name_attribute("slab", b"x" * 4000 + b"\0"),
                   {errno.EINVAL, errno.ERANGE})


def test_unknown_names_are_refused():
    """A cache, zone, collector or counter that does not exist."""
    for kind_name in ("slab", "slab_node", "counter", "collector"):
        expect_refused(kind_name, name_attribute(kind_name, b"no such\0"),
                       {errno.ENOENT}, "name")
    for kind_name in ("zone", "buddy", "migratetype"):
        kind = spec.KINDS[kind_name]
        expect_refused(kind_name, wire.attributes(kind, {"zone": "Nowhere"}),
                       {errno.ENOENT}, "zone")


def test_unknown_node_is_refused():
    """A node that does not exist, for each type with the key node."""
    for kind in spec.DUMPS:
        if "node" in kind.keys:
            for node in (7, 1 << 20, 0xffffffff):
                expect_refused(kind.name, wire.attributes(kind, {"node": node}),
                               {errno.ENOENT}, "node")


def test_unknown_command_is_refused():
    """Numbers beyond the last command, and 0."""
    last = max(spec.COMMANDS.values())
    for command in (0, last + 1, 255):
        for dump in (False, True):
            equal(refusal(command, b"", dump).errno, errno.EOPNOTSUPP,
                  f"command {command}")


def test_wrong_mode_is_refused():
    """A do of a dump command, and the reverse."""
    equal(refusal(spec.KINDS["slab"].command, b"", dump=False).errno,
          errno.EOPNOTSUPP, "do of slab-get")
    equal(refusal(spec.KINDS["status"].command, b"", dump=True).errno,
          errno.EOPNOTSUPP, "dump of status-get")


def test_enabled_out_of_range_is_refused():
    """Only 0 and 1 are allowed; no attribute at all is refused too."""
    kind, command = spec.KINDS["status"], spec.COMMANDS["status-set"]
    for value in (2, 0xffffffff):
        bad = wire.attributes(kind, {"enabled": value})
        refused = refusal(command, bad, dump=False)
        equal((refused.errno, refused.offset), (errno.ERANGE, FIRST),
              f"enabled {value}")
    refused = refusal(command, b"", dump=False)
    equal(refused.errno, errno.EINVAL, "no attribute")
    expect("enabled" in refused.text, f"text {refused.text!r}")
    equal(wire.shared().status()["enabled"], 1, "enabled after all that")


def test_trailing_bytes_are_refused():
    """Bytes after the attributes that form no attribute."""
    bad = name_attribute("slab", b"dentry\0") + b"\1\2"
    equal(refusal(spec.KINDS["slab"].command, bad).errno, errno.EINVAL,
          "trailing bytes")


def test_well_formed_still_works():
    """After all of the above every record type still answers."""
    for kind in spec.DUMPS:
        expect(wire.records(kind.name), f"{kind.name} is empty")
    expect(wire.shared().status()["version"], "no version")


def test_every_message_is_one_record():
    """Only known attributes, each once, with strings that end."""
    for kind in spec.DUMPS:
        records = wire.records(kind.name)
        keys = [kind.key(record) for record in records]
        equal(len(set(keys)), len(keys), f"{kind.name}: records by key")


def stall(kind_name):
    """Start a dump and do not read it; the socket."""
    sock = wire.Socket(receive_bytes=1)
    sock.send(sock.family, spec.KINDS[kind_name].command, b"", wire.NLM_F_DUMP)
    return sock


def test_stalled_dump_keeps_the_module():
    """rmmod is refused during the dump, and works after the close."""
    wire.forget()
    for kind_name in ("slab", "slab_node", "counter"):
        sock = stall(kind_name)
        equal(wire.error_name(module.try_unload()), "EAGAIN",
              f"rmmod during a dump of {kind_name}")
        sock.close()
        module.unload()
        module.reload()


def test_open_file_keeps_the_module():
    """The same for each debugfs file."""
    wire.forget()
    for kind_name in tables.FILES:
        with open(tables.path(kind_name), encoding="utf-8") as file:
            file.read(1)
            equal(wire.error_name(module.try_unload()), "EAGAIN",
                  f"rmmod with {kind_name}'s file open")
    module.unload()
    module.reload()


def expect_memory(sock, want):
    """Wait until snapshots take this memory: a close may take a moment."""
    deadline = time.monotonic() + 10
    while sock.status()["memory_bytes"] != want:
        expect(time.monotonic() < deadline,
               f"{sock.status()['memory_bytes']} bytes left, not {want}")
        time.sleep(0.05)


def test_stalled_dumps_hold_bounded_memory():
    """Snapshots of stalled readers are counted, bounded and freed."""
    limit = 512 * 1024
    with module.Reloaded("max_memory_kib=512"), wire.Socket() as sock:
        equal(sock.status()["memory_limit_bytes"], limit, "the limit")
        stalled, held = [], -1
        # A stalled reader does not see its refusal, but the memory shows it.
        while sock.status()["memory_bytes"] != held and len(stalled) < 200:
            held = sock.status()["memory_bytes"]
            expect(held <= limit, f"{held} bytes, the limit is {limit}")
            stalled.append(stall("slab_node"))
        note(f"{len(stalled)} stalled dumps hold {held} of {limit} bytes")
        expect(1 < len(stalled) < 200, f"{len(stalled)} stalled dumps")
        with wire.Socket() as one_more:
            refused = wire.refused(one_more.dump_once,
                                   spec.KINDS["slab_node"].command)
        expect(refused, "a dump beyond the limit went through")
        equal(wire.error_name(refused.errno), "ENOBUFS", "its error")
        expect("max_memory_kib" in refused.text, f"text {refused.text!r}")
        for one in stalled:
            one.close()
        expect_memory(sock, 0)
        expect(sock.dump("slab_node"), "no dump after they were closed")


@contextlib.contextmanager
def busy_mutex(milliseconds):
    """Hold slab_mutex for some milliseconds, from before the block on."""
    with fixture.Fixture(objects=[10]) as world, kmsg.Log() as log:
        holder = threading.Thread(target=world.act,
                                  args=(f"hold {milliseconds}",))
        holder.start()
        try:
            log.wait("hold: has slab_mutex", 60)
            yield holder
        finally:
            holder.join()


def waits(kind_name):
    """Check a dump that starts while slab_mutex is held."""
    def once():
        with busy_mutex(600) as holder, wire.Socket() as sock:
            sock.send(sock.family, spec.KINDS[kind_name].command, b"",
                      wire.NLM_F_DUMP)
            expect(holder.is_alive(), "the mutex was not held for the request")
            wire.Socket().close()
            expect(holder.is_alive(), "another request waited for the dump")
            records = list(sock.messages())
            expect(records, f"{kind_name} is empty")
            expect(sock.waits, "no message says that it waits")
            note(f"{kind_name}: {len(records)} records after {sock.waits} "
                 "NOOP messages")
    # It fails if this machine stands still for a moment.
    retry(once)


def test_a_dump_waits_for_slab_mutex():
    """It sends NOOP messages meanwhile, and no other request waits."""
    waits("slab")
    waits("slab_node")


def test_a_canary_that_was_not_counted_is_tried_again():
    """slab_mutex was busy at load: the slab collector is off, and soon on."""
    with module.Reloaded("pretend_missing=canary_once"), \
            wire.Socket() as sock:
        refused = wire.refused(sock.dump, "slab")
        expect(refused, "the slab collector was not off")
        equal(wire.error_name(refused.errno), "EOPNOTSUPP", "its error")
        expect("slab_mutex was busy" in refused.text, refused.text)
        deadline = time.monotonic() + 60
        while wire.refused(sock.dump, "slab"):
            expect(time.monotonic() < deadline, "it is still off")
            time.sleep(0.5)
        status = sock.status()
        expect("slab" in status["collectors_on"].split(","), f"{status}")
        expect("exact_off" not in status, f"{status}")
        equal(status["canary_nr_found"], status["canary_nr_objects"],
              "canary objects found")
        expect(sock.dump("slab", exact=True), "no exact counts")


def test_a_dump_does_not_wait_for_ever():
    """After about 2 s it is refused, with the reason."""
    with busy_mutex(6000) as holder, wire.Socket() as sock:
        started = time.monotonic()
        refused = wire.refused(sock.dump_once, spec.KINDS["slab"].command)
        took = time.monotonic() - started
        expect(holder.is_alive(), "it waited until the mutex was free")
    expect(refused, "a dump without slab_mutex went through")
    equal(wire.error_name(refused.errno), "EBUSY", "its error")
    expect("slab_mutex" in refused.text, f"text {refused.text!r}")
    expect(took > 1.5, f"it waited for only {took:.1f} s")


def test_an_unknown_name_is_refused_after_the_wait():
    """The refusal has the same error and text as without the wait."""
    kind = spec.KINDS["slab"]

    def once():
        with busy_mutex(800), wire.Socket() as sock:
            refused = wire.refused(sock.dump_once, kind.command,
                                   wire.attributes(kind, {"name": "no such"}))
            expect(sock.waits, "no message says that it waits")
        return refused

    refused = retry(once)
    expect(refused, "it was not refused")
    equal(wire.error_name(refused.errno), "ENOENT", "its error")
    expect("name" in refused.text, f"text {refused.text!r}")


def test_a_waiting_dump_can_be_closed():
    """The module can be unloaded soon after, and nothing is left."""
    wire.forget()
    with busy_mutex(4000) as holder:
        sock = stall("slab")
        sock.close()
        with wire.Socket() as other:
            expect_memory(other, 0)
        expect(holder.is_alive(), "the close waited for the mutex")
        module.unload()
    module.reload()


def files_and_jobs_wait():
    """Start both while slab_mutex is held."""
    with busy_mutex(800) as holder, wire.Socket() as sock:
        number = sock.start_job("slab")["id"]
        expect(holder.is_alive(), "the start of a job waited")
        started = time.monotonic()
        with open(tables.path("slab"), encoding="utf-8") as file:
            took = time.monotonic() - started
            expect("dentry" in file.read(), "the file has no dentry")
        expect(took > 0.2, f"the mutex was not held: open took {took:.3f} s")
        equal(sock.wait_job(number)["state"], "done", "the job")


def test_files_and_jobs_wait_for_slab_mutex():
    """The open of a file waits, and so does a job."""
    retry(files_and_jobs_wait)


def test_many_jobs_may_wait():
    """More jobs than run at once all end; there is still a limit."""
    with wire.Socket() as sock:
        numbers = [sock.start_job("slab")["id"] for _ in range(60)]
        refused = [wire.refused(sock.start_job, "slab") for _ in range(10)]
        equal({wire.error_name(one.errno) for one in refused if one},
              {"EBUSY"}, "jobs beyond the limit")
        expect("too many jobs" in refused[-1].text, refused[-1].text)
        for number in numbers:
            equal(sock.wait_job(number)["state"], "done", f"job {number}")


def test_dump_in_small_pieces_is_whole():
    """A reader with the smallest buffer gets every record."""
    whole = {record["name"] for record in wire.records("slab")}
    with wire.Socket(receive_bytes=1) as sock:
        pieces = {record["name"] for record in sock.dump("slab")}
    equal(pieces, whole, "caches in small pieces")


def test_two_dumps_at_once_do_not_mix():
    """Two sockets get their answers in turn."""
    kind = spec.KINDS["slab"]
    want = {record["name"] for record in wire.records("slab")}
    with wire.Socket(receive_bytes=1) as one, \
            wire.Socket(receive_bytes=1) as two:
        for sock in (one, two):
            sock.send(sock.family, kind.command, b"", wire.NLM_F_DUMP)
        seen = ([], [])
        streams = [one.messages(), two.messages()]
        while any(streams):
            for turn, stream in enumerate(streams):
                message = next(stream, None) if stream else None
                if message is None:
                    streams[turn] = None
                else:
                    seen[turn].append(wire.decode(kind, message[1])["name"])
    for names in seen:
        equal(len(names), len(set(names)), "names that came once")
        equal(set(names), want, "names of one dump")


def test_family_is_as_the_spec_says():
    """The family has version 1."""
    name = wire.attribute(wire.CTRL_ATTR_FAMILY_NAME,
                          spec.FAMILY.encode() + b"\0")
    with wire.Socket(family=False) as sock:
        sock.send(wire.GENL_ID_CTRL, wire.CTRL_CMD_GETFAMILY, name,
                  wire.NLM_F_ACK)
        reply = dict(wire.split(next(sock.messages())[1]))
    version = 3  # CTRL_ATTR_VERSION
    equal(struct.unpack("<I", reply[version])[0], 1, "version of the family")
