# SPDX-License-Identifier: GPL-2.0-only
"""Blobs that no compiler makes, and what must be said of each."""

import btf

UNKNOWN_FORM = "refused: Invalid argument"


def cache():
    """A Writer, and the members that a struct kmem_cache begins with.

    The first that are looked for are name, list and flags.
    """
    writer = btf.Writer()
    pointer = writer.add(btf.PTR)
    word = writer.number(8, "long")
    pair = writer.array(word, 2)
    return writer, [("name", pointer, 0), ("list", pair, 64)]


def with_flags(build):
    """A blob in which kmem_cache.flags has the type that build() adds."""
    writer, members = cache()
    members.append(("flags", build(writer), 192))
    writer.struct("kmem_cache", members)
    return writer.blob()


def chain(writer, length):
    """An int behind that many typedefs and qualifiers."""
    kinds = (btf.TYPEDEF, btf.CONST, btf.VOLATILE, btf.TYPE_TAG)
    number = writer.number(4)
    for i in range(length):
        number = writer.add(kinds[i % len(kinds)], size=number)
    return number


def circle(writer, kind, length):
    """Types that name each other in a circle."""
    first = len(writer) + 1
    for i in range(length):
        writer.add(kind, size=first + (i + 1) % length)
    return first


def self_array(writer):
    """An array of itself."""
    return writer.array(len(writer) + 1, 2)


def nested(times, named=False):
    """A struct kmem_cache that has itself as an unnamed member."""
    writer, members = cache()
    members += [("again" if named else "", len(writer) + 1, 0)] * times
    writer.struct("kmem_cache", members)
    return writer.blob()


def one_type(info, tail=b"", size=0):
    """A blob with just this type."""
    writer = btf.Writer()
    writer.raw(info, size, tail)
    return writer.blob()


def changed(**header):
    """A sound little blob with another header."""
    writer, members = cache()
    writer.struct("kmem_cache", members)
    return writer.blob(**header)


def whole():
    """How long that is."""
    return len(changed())


def types_length():
    """How much of it is types."""
    return btf.HEADER.unpack_from(changed())[5]


def missing(member):
    return "kmem_cache.%s: not in this kernel's BTF" % member


def corrupt(member):
    return "kmem_cache.%s: its BTF is corrupt" % member


FLAGS = corrupt("flags")
NO_FLAGS = missing("flags")
NO_SIZE = missing("size")


def types():
    """kmem_cache.flags of types that have no sensible size, and of some."""
    yield "flags are an int", with_flags(lambda w: w.number(4)), NO_SIZE
    yield ("a chain of 31 typedefs", with_flags(lambda w: chain(w, 31)),
           NO_SIZE)
    yield "a chain of 32 typedefs", with_flags(lambda w: chain(w, 32)), FLAGS
    yield ("a chain of 5000 typedefs", with_flags(lambda w: chain(w, 5000)),
           FLAGS)
    for length in (1, 2, 7):
        for kind in (btf.TYPEDEF, btf.CONST):
            yield ("a circle of %d of kind %d" % (length, kind),
                   with_flags(lambda w, k=kind, n=length: circle(w, k, n)),
                   FLAGS)
    yield "an array of itself", with_flags(self_array), FLAGS
    yield ("an array of too many", with_flags(
        lambda w: w.array(w.number(4), 1 << 31)), FLAGS)
    yield ("an array of arrays of too many", with_flags(
        lambda w: w.array(w.array(w.number(4), 1 << 16), 1 << 16)), FLAGS)
    yield ("an array so large that it seems empty", with_flags(
        lambda w: w.array(w.array(w.array(w.number(4), 1 << 31), 1 << 31), 4)),
        FLAGS)
    yield ("an int as large as it can say", with_flags(
        lambda w: w.number(0xffffffff)), FLAGS)
    yield ("two ints as large as fits", with_flags(
        lambda w: w.array(w.number(0x7fffffff), 2)), FLAGS)
    yield ("an int larger than any number", with_flags(
        lambda w: w.number(9)),
        "kmem_cache.flags: has another size than expected")
    yield ("an array of none", with_flags(
        lambda w: w.array(w.number(4), 0)),
        "kmem_cache.flags: has another size than expected")
    yield "a type that is not there", with_flags(lambda w: 4711), FLAGS
    yield "no type", with_flags(lambda w: 0), FLAGS
    yield "a type without a size", with_flags(lambda w: w.add(btf.FWD)), FLAGS
    yield "a function", with_flags(lambda w: w.add(btf.FUNC)), FLAGS


def structs():
    """Members that are not where, or what, they seem."""
    yield "a struct in itself", nested(1), NO_FLAGS
    yield "a struct twice in itself", nested(2), FLAGS
    yield "a struct 70000 times in itself", nested(70000), FLAGS
    yield "a named struct in itself", nested(9, named=True), NO_FLAGS

    writer, members = cache()
    writer.struct("kmem_cache", members + [("", len(writer) + 2, 0xffffffc0)])
    writer.struct("", [("flags", 2, 0x40)])
    yield "an offset that wraps around", writer.blob(), FLAGS

    for offset in 8, 64, 128, 0x7fffffc0, 0xffffffc0:
        writer = btf.Writer()
        writer.struct("kmem_cache", [("name", writer.add(btf.PTR), offset)],
                      size=8)
        yield ("bits %#x to %#x of 64" % (offset, offset + 64), writer.blob(),
               corrupt("name"))

    writer = btf.Writer()
    writer.struct("kmem_cache", [("name", writer.add(btf.PTR), 8)])
    yield ("a pointer across two words", writer.blob(),
           "kmem_cache.name: has another size than expected")
    writer, members = cache()
    writer.struct("kmem_cache", members + [("flags", writer.number(4), 232)])
    yield ("a number across two words", writer.blob(),
           "kmem_cache.flags: has another size than expected")

    writer = btf.Writer()
    writer.struct("kmem_cache_node", [])
    yield "no struct kmem_cache", writer.blob(), missing("name")
    writer.struct("kmem_cache", [], kind=btf.UNION)
    yield "a union kmem_cache", writer.blob(), missing("name")
    writer.struct("kmem_cache", [])
    yield "a struct without members", writer.blob(), missing("name")
    yield "no types", btf.Writer().blob(), missing("name")


def kinds():
    """Types of kinds unknown, or without an end."""
    for kind in [0] + list(range(20, 128)):
        yield "kind %d" % kind, one_type(kind << 24), UNKNOWN_FORM
    for kind in btf.EACH:
        yield ("kind %d as long as it can say" % kind,
               one_type(kind << 24 | 0xffffff), UNKNOWN_FORM)
        yield ("kind %d one too long" % kind,
               one_type(kind << 24 | 3, bytes(2 * btf.EACH[kind])),
               UNKNOWN_FORM)
        yield ("kind %d one word short" % kind,
               one_type(kind << 24 | 3, bytes(3 * btf.EACH[kind] - 4)),
               UNKNOWN_FORM)
    for kind in btf.FIXED:
        yield ("kind %d without its end" % kind, one_type(kind << 24),
               UNKNOWN_FORM)


def headers():
    """Headers, sound and unsound."""
    yield "a sound header", changed(), NO_FLAGS
    yield "a header with flags", changed(flags=0xff), NO_FLAGS
    yield "a header with 8 more bytes", changed(more=8), NO_FLAGS
    for magic in (0, 0x9feb, 0xeb9e, 0xffff):
        yield "magic %#x" % magic, changed(magic=magic), UNKNOWN_FORM
    for version in (0, 2, 255):
        yield "version %d" % version, changed(version=version), UNKNOWN_FORM
    for length in (0, 20, 23, 25, whole() + 4, 0xfffffffc):
        yield "header of %d bytes" % length, changed(hdr_len=length), \
            UNKNOWN_FORM
    for length in (0, 4, 20):
        # The sections are where they were: it only says so in another way.
        yield ("header that ends after %d bytes" % length,
               changed(hdr_len=length, type_off=24 - length,
                       str_off=24 - length + types_length()), UNKNOWN_FORM)
    for field in "type_off", "type_len", "str_off", "str_len":
        for value in (whole() - 20, 0x7ffffffc, 0xfffffffc, 0xffffffe8):
            yield ("%s %#x" % (field, value), changed(**{field: value}),
                   UNKNOWN_FORM)
    yield "types at an odd address", changed(type_off=2), UNKNOWN_FORM
    yield "no strings", changed(str_len=0), UNKNOWN_FORM
    yield "strings without an end", changed(str_len=2), UNKNOWN_FORM


def blobs():
    """(name, blob, what is said of it)"""
    for some in types, structs, kinds, headers:
        yield from some()
