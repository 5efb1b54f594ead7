# SPDX-License-Identifier: GPL-2.0-only
"""Read and write BTF: cut a real blob down to some structs, or make one.

Documentation/bpf/btf.rst describes the format. This shares no code with
module/internals/btf.c, which it tests.
"""

import struct

(INT, PTR, ARRAY, STRUCT, UNION, ENUM, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT,
 FUNC, FUNC_PROTO, VAR, DATASEC, FLOAT, DECL_TAG, TYPE_TAG,
 ENUM64) = range(1, 20)

MAGIC = 0xeb9f
HEADER = struct.Struct("<HBBIIIII")
TYPE = struct.Struct("<III")
MEMBER = struct.Struct("<III")

# Bytes that follow a type, and those that follow it for each of its vlen.
FIXED = {INT: 4, VAR: 4, DECL_TAG: 4, ARRAY: 12}
EACH = {STRUCT: 12, UNION: 12, ENUM: 8, FUNC_PROTO: 8, DATASEC: 12, ENUM64: 12}

REFERENCES = (TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG)


class Writer:
    """Writes a blob. Types get the ids 1, 2, ... as they are added."""

    def __init__(self):
        self._strings = bytearray(1)
        self._offsets = {"": 0}
        self._types = bytearray()
        self._number = 0

    def name(self, text):
        """The offset of a name in the strings."""
        if text not in self._offsets:
            self._offsets[text] = len(self._strings)
            self._strings += text.encode() + b"\0"
        return self._offsets[text]

    def add(self, kind, name="", vlen=0, size=0, tail=b"", flag=0):
        """Add a type; return its id. The size may be the id of another type."""
        self._types += TYPE.pack(self.name(name), flag << 31 | kind << 24 |
                                 vlen, size) + tail
        self._number += 1
        return self._number

    def __len__(self):
        return self._number

    def raw(self, info, size, tail):
        """Add a type with this info word and tail; return its id."""
        self._types += TYPE.pack(0, info, size) + tail
        self._number += 1
        return self._number

    def number(self, size, name="int"):
        """Add an integer type of `size` bytes."""
        return self.add(INT, name, size=size,
                        tail=struct.pack("<I", min(8 * size, 255)))

    def array(self, element, length):
        """Add an array type."""
        return self.add(ARRAY, tail=struct.pack("<III", element, 0, length))

    def struct(self, name, members, kind=STRUCT, flag=0, size=4096):
        """Add a struct type: members are (name, type, bit offset)."""
        tail = b"".join(MEMBER.pack(self.name(member), of, offset)
                        for member, of, offset in members)
        return self.add(kind, name, len(members), size, tail, flag)

    def blob(self, types_last=False, more=0, **changes):
        """The blob.

        more: extra bytes at the end of the header. changes: values for fields
        of the header.
        """
        types, strings = bytes(self._types), bytes(self._strings)
        if types_last:
            # Align the types, which then end the blob.
            strings += bytes(-len(strings) % 4)
        fields = {
            "magic": MAGIC, "version": 1, "flags": 0,
            "hdr_len": HEADER.size + more,
            "type_off": len(strings) if types_last else 0,
            "type_len": len(types),
            "str_off": 0 if types_last else len(types),
            "str_len": len(strings), **changes}
        rest = strings + types if types_last else types + strings
        return HEADER.pack(*fields.values()) + bytes(more) + rest


class Reader:
    """Parses a blob into types, by id."""

    def __init__(self, blob):
        magic, _, _, length, *sections = HEADER.unpack_from(blob)
        assert magic == MAGIC, "no BTF"
        type_off, type_len, str_off, str_len = sections
        self._strings = blob[length + str_off:length + str_off + str_len]
        self._types = [None]
        data = blob[length + type_off:length + type_off + type_len]
        offset = 0
        while offset < len(data):
            name, info, size = TYPE.unpack_from(data, offset)
            kind, vlen = info >> 24 & 0x7f, info & 0xffffff
            offset += TYPE.size
            end = offset + FIXED.get(kind, 0) + EACH.get(kind, 0) * vlen
            self._types.append((kind, self._name(name), vlen, size,
                                data[offset:end], info >> 31))
            offset = end

    def _name(self, offset):
        return self._strings[offset:self._strings.index(b"\0", offset)].decode()

    def _members(self, tail):
        return [(self._name(name), of, offset)
                for name, of, offset in MEMBER.iter_unpack(tail)]

    def _uses(self, number):
        """The types that a type needs; a pointer needs none."""
        kind, _, _, size, tail, _ = self._types[number]
        if kind in REFERENCES:
            return [size]
        if kind == ARRAY:
            return [struct.unpack("<III", tail)[0]]
        if kind in (STRUCT, UNION):
            return [of for _, of, _ in self._members(tail)]
        return []

    def cut(self, names):
        """A Writer with the structs of these names, and the types they need."""
        waiting = [number for number, kind in enumerate(self._types)
                   if kind and kind[0] == STRUCT and kind[1] in names]
        new = {0: 0}
        while waiting:
            number = waiting.pop(0)
            if number not in new:
                new[number] = len(new)
                waiting += self._uses(number)
        writer = Writer()
        for number in list(new)[1:]:
            self._copy(number, new, writer)
        return writer

    def _copy(self, number, new, writer):
        kind, name, vlen, size, tail, flag = self._types[number]
        if kind in REFERENCES:
            writer.add(kind, name, vlen, new[size], tail, flag)
        elif kind == PTR:
            writer.add(kind)
        elif kind == ARRAY:
            element, _, length = struct.unpack("<III", tail)
            writer.array(new[element], length)
        elif kind in (STRUCT, UNION):
            tail = b"".join(MEMBER.pack(writer.name(member), new[of], offset)
                            for member, of, offset in self._members(tail))
            writer.add(kind, name, vlen, size, tail, flag)
        else:
            # Nothing looks up the values of an enum.
            writer.add(kind, name, vlen if kind == INT else 0, size,
                       tail if kind == INT else b"", flag)
