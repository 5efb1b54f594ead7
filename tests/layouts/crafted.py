# SPDX-License-Identifier: GPL-2.0-only
"""BTF blobs that no compiler makes, and what the resolver must say of each."""

import btf

UNKNOWN_FORM = "refused: Invalid argument"


def cache():
    """A Writer, and the first members of its struct kmem_cache.

    The resolver looks for name, list and flags first.
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
    """An int behind `length` typedefs and qualifiers."""
    kinds = (btf.TYPEDEF, btf.CONST, btf.VOLATILE, btf.TYPE_TAG)
    number = writer.number(4)
    for i in range(length):
        number = writer.add(kinds[i % len(kinds)], size=number)
    return number


def circle(writer, kind, length):
    """`length` types that refer to each other in a circle."""
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
    """A blob with this type alone."""
    writer = btf.Writer()
    writer.raw(info, size, tail)
    return writer.blob()


def changed(**header):
    """A small valid blob, with these fields of its header changed."""
    writer, members = cache()
    writer.struct("kmem_cache", members)
    return writer.blob(**header)


def whole_length():
    """Bytes of that small blob."""
    return len(changed())


def types_length():
    """Bytes of its types."""
    return btf.HEADER.unpack_from(changed())[5]


def missing(member):
    """What the resolver says of a member that is not there."""
    return f"kmem_cache.{member}: not in this kernel's BTF"


def corrupt(member):
    """What the resolver says of a member with a bad type."""
    return f"kmem_cache.{member}: its BTF is corrupt"


FLAGS = corrupt("flags")
NO_FLAGS = missing("flags")
NO_SIZE = missing("size")


def types():
    """kmem_cache.flags of types with and without a usable size."""
    yield "flags are an int", with_flags(lambda w: w.number(4)), NO_SIZE
    yield ("a chain of 31 typedefs", with_flags(lambda w: chain(w, 31)),
           NO_SIZE)
    yield "a chain of 32 typedefs", with_flags(lambda w: chain(w, 32)), FLAGS
    yield ("a chain of 5000 typedefs", with_flags(lambda w: chain(w, 5000)),
           FLAGS)
    for length in (1, 2, 7):
        for kind in (btf.TYPEDEF, btf.CONST):
            yield (f"a circle of {length} of kind {kind}",
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
    yield ("an int of the largest size", with_flags(
        lambda w: w.number(0xffffffff)), FLAGS)
    yield ("two ints of half the largest size", with_flags(
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
    """Members at bad offsets or of bad types, and structs in themselves."""
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
        yield (f"bits {offset:#x} to {offset + 64:#x} of 64", writer.blob(),
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
    """Types of unknown kinds, and types that are cut off."""
    for kind in [0] + list(range(20, 128)):
        yield f"kind {kind}", one_type(kind << 24), UNKNOWN_FORM
    for kind in btf.EACH:
        yield (f"kind {kind}, as long as possible",
               one_type(kind << 24 | 0xffffff), UNKNOWN_FORM)
        yield (f"kind {kind}, one too long",
               one_type(kind << 24 | 3, bytes(2 * btf.EACH[kind])),
               UNKNOWN_FORM)
        yield (f"kind {kind}, one word short",
               one_type(kind << 24 | 3, bytes(3 * btf.EACH[kind] - 4)),
               UNKNOWN_FORM)
    for kind in btf.FIXED:
        yield (f"kind {kind} without its end", one_type(kind << 24),
               UNKNOWN_FORM)


def headers():
    """Valid and invalid headers."""
    yield "a valid header", changed(), NO_FLAGS
    yield "a header with flags", changed(flags=0xff), NO_FLAGS
    yield "a header with 8 more bytes", changed(more=8), NO_FLAGS
    for magic in (0, 0x9feb, 0xeb9e, 0xffff):
        yield f"magic {magic:#x}", changed(magic=magic), UNKNOWN_FORM
    for version in (0, 2, 255):
        yield f"version {version}", changed(version=version), UNKNOWN_FORM
    for length in (0, 20, 23, 25, whole_length() + 4, 0xfffffffc):
        yield f"header of {length} bytes", changed(hdr_len=length), \
            UNKNOWN_FORM
    for length in (0, 4, 20):
        # The sections stay where they are; the offsets start elsewhere.
        yield (f"header that ends after {length} bytes",
               changed(hdr_len=length, type_off=24 - length,
                       str_off=24 - length + types_length()), UNKNOWN_FORM)
    for field in "type_off", "type_len", "str_off", "str_len":
        for value in (whole_length() - 20, 0x7ffffffc, 0xfffffffc, 0xffffffe8):
            yield (f"{field} {value:#x}", changed(**{field: value}),
                   UNKNOWN_FORM)
    yield "types at an odd address", changed(type_off=2), UNKNOWN_FORM
    yield "no strings", changed(str_len=0), UNKNOWN_FORM
    yield "strings without an end", changed(str_len=2), UNKNOWN_FORM


def blobs():
    """All of them: (name, blob, what the resolver says)."""
    for some in types, structs, kinds, headers:
        yield from some()
