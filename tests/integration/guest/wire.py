# SPDX-License-Identifier: GPL-2.0-only
"""A generic netlink client of the tests' own.

It can send requests that no correct client sends. And it runs in the process of
the test: a reader that starts and ends would itself move the counts.
"""

import errno
import os
import socket
import struct
import time

import spec
import tape

NETLINK_GENERIC = 16
SOL_NETLINK = 270
NETLINK_CAP_ACK = 10
NETLINK_EXT_ACK = 11

NLMSG_NOOP = 1
NLMSG_ERROR = 2
NLMSG_DONE = 3

NLM_F_REQUEST = 1
NLM_F_ACK = 4
NLM_F_DUMP = 0x300
NLM_F_DUMP_INTR = 0x10
NLM_F_CAPPED = 0x100
NLM_F_ACK_TLVS = 0x200

NLMSGERR_ATTR_MSG = 1
NLMSGERR_ATTR_OFFS = 2

GENL_ID_CTRL = 16
CTRL_CMD_GETFAMILY = 3
CTRL_ATTR_FAMILY_ID = 1
CTRL_ATTR_FAMILY_NAME = 2

# Room for a message of the kernel's default size.  With more room the kernel
# makes larger messages, whose memory shows in the numbers.
RECEIVE_BYTES = 3776

# Offset of the first attribute in a message: netlink and genetlink header.
ATTRS_OFFSET = 20

_INTEGERS = {"u32": "<I", "u64": "<Q", "s64": "<q"}


def error_name(number):
    """The name of an errno; if it has two, the one that the kernel uses."""
    if number == errno.EOPNOTSUPP:
        return "EOPNOTSUPP"
    return errno.errorcode.get(number, str(number))


class Refused(Exception):
    """A refusal: the errno, the text, and the attribute that it names."""

    def __init__(self, number, text, offset):
        super().__init__(f"{error_name(number)}: {text}")
        self.errno = number
        self.text = text or ""
        self.offset = offset


def attribute(number, payload, length=None):
    """Encode one attribute; a length that is given replaces the true one."""
    size = 4 + len(payload)
    head = struct.pack("<HH", size if length is None else length, number)
    return head + payload + b"\0" * (-size % 4)


def attributes(kind, filters):
    """Encode the attributes of a request from field names and values."""
    out = b""
    for name, value in filters.items():
        number, form = kind.find(name)
        if form == "string":
            out += attribute(number, value.encode() + b"\0")
        elif form == "flag":
            out += attribute(number, b"") if value else b""
        else:
            out += attribute(number, struct.pack(_INTEGERS[form], value))
    return out


def split(data):
    """Yield (number, payload) for each attribute."""
    while len(data) >= 4:
        size, number = struct.unpack_from("<HH", data)
        if size < 4 or size > len(data):
            raise ValueError(f"an attribute of {size} bytes in {len(data)}")
        yield number & 0x3fff, data[4:size]
        data = data[(size + 3) & ~3:]
    if data.strip(b"\0"):
        raise ValueError(f"{len(data)} bytes behind the last attribute")


def decode(kind, data):
    """Decode the attributes of a message; an absent field stays absent."""
    record = {}
    for number, payload in split(data):
        if number not in kind.fields:
            # The pad attribute only aligns.
            if payload or number != 1:
                raise ValueError(f"{kind.name}: unknown attribute {number}")
            continue
        name, form = kind.fields[number]
        if name in record:
            raise ValueError(f"{kind.name}: {name} occurs twice")
        if form == "string":
            if payload[-1:] != b"\0":
                raise ValueError(f"{kind.name}: {name} has no end")
            record[name] = payload[:-1].decode("utf-8", "backslashreplace")
        else:
            record[name] = struct.unpack(_INTEGERS[form], payload)[0]
    return record


class Socket:
    """A generic netlink socket that knows kmemscope's family."""

    def __init__(self, family=True, receive_bytes=None):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                  NETLINK_GENERIC)
        self.sock.bind((0, 0))
        self.sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
        if receive_bytes:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF,
                                 receive_bytes)
        self.sock.settimeout(30)
        self.sequence = 0
        self.keep = False
        self.received = []
        # Messages of dumps that wait for a lock.
        self.waits = 0
        self.buffer = bytearray(RECEIVE_BYTES)
        self.family = self.find_family() if family else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Close the socket; a running dump ends with it."""
        self.sock.close()

    def send(self, message_type, command, data=b"", flags=0):
        """Send one request."""
        self.sequence += 1
        size = ATTRS_OFFSET + len(data)
        self.sock.send(struct.pack("<IHHIIBBH", size, message_type,
                                   NLM_F_REQUEST | flags, self.sequence, 0,
                                   command, 1, 0) + data)

    def messages(self):
        """Yield (flags, attributes) of each reply of the whole answer."""
        while True:
            size, _, flags, _ = self.sock.recvmsg_into([self.buffer])
            if flags & socket.MSG_TRUNC:
                raise ValueError(f"a message of more than {size} bytes")
            data = bytes(self.buffer[:size])
            if self.keep:
                self.received.append(data)
            while data:
                size, kind, flags, sequence, _ = struct.unpack_from("<IHHII",
                                                                    data)
                body, data = data[16:size], data[(size + 3) & ~3:]
                if sequence != self.sequence:
                    continue
                if kind == NLMSG_NOOP:
                    self.waits += 1
                    continue
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    self._raise(kind, flags, body)
                    return
                yield flags, body[4:]

    @staticmethod
    def _raise(kind, flags, body):
        """Raise the error that a message reports, if it reports one."""
        number = -struct.unpack_from("<i", body)[0] if len(body) >= 4 else 0
        if not number:
            return
        text = offset = None
        if flags & NLM_F_ACK_TLVS:
            tail = body[4:] if kind == NLMSG_DONE else body[20:]
            for attr, payload in split(tail):
                if attr == NLMSGERR_ATTR_MSG:
                    text = payload.rstrip(b"\0").decode()
                elif attr == NLMSGERR_ATTR_OFFS:
                    offset = struct.unpack("<I", payload)[0]
        raise Refused(number, text, offset)

    def find_family(self, name=spec.FAMILY):
        """The number of a family."""
        name = attribute(CTRL_ATTR_FAMILY_NAME, name.encode() + b"\0")
        self.send(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, name, NLM_F_ACK)
        family = None
        for _, body in self.messages():
            family = dict(split(body)).get(CTRL_ATTR_FAMILY_ID, family)
        return struct.unpack("<H", family)[0]

    def do(self, command, data=b""):
        """Send a request that is not a dump; the bodies of its replies."""
        self.send(self.family, command, data, NLM_F_ACK)
        return [body for _, body in self.messages()]

    def dump_once(self, command, data=b""):
        """Send a dump request; (bodies, whether the dump was interrupted)."""
        self.send(self.family, command, data, NLM_F_DUMP)
        bodies, changed = [], False
        for flags, body in self.messages():
            bodies.append(body)
            changed = changed or bool(flags & NLM_F_DUMP_INTR)
        return bodies, changed

    def dump_consistent(self, command, data=b""):
        """The bodies of a dump that was not interrupted."""
        for _ in range(10):
            bodies, changed = self.dump_once(command, data)
            if not changed:
                return bodies
        raise Refused(errno.EINTR, "ten dumps were interrupted", None)

    def dump(self, kind_name, **filters):
        """The records of a type, from one consistent dump."""
        kind = spec.KINDS[kind_name]
        bodies = self.dump_consistent(kind.command, attributes(kind, filters))
        return [decode(kind, body) for body in bodies]

    def start_job(self, kind_name, **request):
        """Start a job; its record."""
        kind = spec.KINDS["job"]
        replies = self.do(spec.COMMANDS["job-start"],
                          attributes(kind, {"kind": kind_name, **request}))
        if len(replies) != 1:
            raise ValueError(f"job-start has {len(replies)} replies")
        return decode(kind, replies[0])

    def start_job_soon(self, kind_name, **request):
        """As start_job, but wait until jobs of closed sockets are gone."""
        deadline = time.monotonic() + 20
        while True:
            try:
                return self.start_job(kind_name, **request)
            except Refused as refused:
                if (refused.errno, refused.text) != (
                        errno.EBUSY, "there are too many jobs") or \
                        time.monotonic() > deadline:
                    raise
            time.sleep(0.01)

    def wait_job(self, number, reached=lambda job: False):
        """Wait until a job ends, or reached(its record); its record."""
        deadline = time.monotonic() + 60
        while True:
            job, = self.dump("job", id=number)
            if job["state"] != "running" or reached(job):
                return job
            if time.monotonic() > deadline:
                raise TimeoutError(f"{job}")
            time.sleep(0.01)

    def start_trace(self, **request):
        """Start a trace, and wait until it counts; its number."""
        number = self.start_job("trace", **request)["id"]
        self.wait_job(number, lambda job: job["progress_permille"] > 0)
        return number

    def stop_job(self, number):
        """Stop a job; its answer is lost."""
        self.do(spec.COMMANDS["job-stop"],
                attributes(spec.KINDS["job"], {"id": number}))

    def finish_job(self, number):
        """Finish a job early, with the answer so far."""
        self.do(spec.COMMANDS["job-finish"],
                attributes(spec.KINDS["job"], {"id": number}))

    def status(self):
        """The single record of status-get."""
        kind = spec.KINDS["status"]
        replies = self.do(kind.command)
        if len(replies) != 1:
            raise ValueError(f"status-get has {len(replies)} replies")
        return decode(kind, replies[0])

    def set_enabled(self, value):
        """Switch collecting off (0) or on (1)."""
        kind = spec.KINDS["status"]
        self.do(spec.COMMANDS["status-set"],
                attributes(kind, {"enabled": value}))


_SHARED = {}


def shared():
    """One socket for the whole process; a new one after a reload."""
    if _SHARED.get("pid") != os.getpid() or "socket" not in _SHARED:
        _SHARED.update(pid=os.getpid(), socket=Socket())
    return _SHARED["socket"]


def forget():
    """Close the shared socket, because the module will be unloaded."""
    if "socket" in _SHARED:
        _SHARED.pop("socket").close()


def _bodies(command, data):
    """The bodies of a dump through the shared socket."""
    return shared().dump_consistent(command, data)


def by_job(*kind_names, **request):
    """Run one job; the records of each of these types."""
    sock = shared()
    request = {**spec.KINDS[kind_names[0]].request, **request}
    job = sock.start_job(kind_names[0], **request)["id"]
    sock.wait_job(job)
    answers = [sock.dump(name, job=job) for name in kind_names]
    # Answers that were not taken would stay as long as the socket.
    refused(sock.stop_job, job)
    return answers


def records(kind_name, **filters):
    """The records of a type: through the shared socket, or by a job."""
    kind = spec.KINDS[kind_name]
    if kind.by_job:
        return by_job(kind_name, **filters)[0]
    bodies = tape.through(_bodies, kind.command, attributes(kind, filters))
    return [decode(kind, body) for body in bodies]


def refused(function, *args, **kwargs):
    """Call a function that must be refused; the refusal, or None."""
    try:
        function(*args, **kwargs)
    except Refused as refusal:
        return refusal
    return None
