# SPDX-License-Identifier: GPL-2.0-only
"""Extract the BTF of a compressed x86 kernel image.

The setup header of the image has the offset of the compressed kernel, an ELF
file with a section .BTF.
"""

import lzma
import struct
import subprocess
import zlib

# Offsets of the x86 boot protocol's setup header, in the file.
SETUP_SECTS = 0x1f1
HEADER_MAGIC = 0x202
PAYLOAD = 0x248

SECTOR = 512


def unzstd(data):
    """Decompress by the zstd program: Python has no zstd of its own yet."""
    done = subprocess.run(["zstd", "-dcq"], input=data, check=True,
                          stdout=subprocess.PIPE)
    return done.stdout


# The first bytes of a payload, and how to decompress it.
METHODS = (
    (b"\xfd7zXZ\0", lambda data: lzma.LZMADecompressor().decompress(data)),
    (b"\x28\xb5\x2f\xfd", unzstd),
    (b"\x1f\x8b", lambda data: zlib.decompressobj(31).decompress(data)),
)


class ImageError(Exception):
    """A file that is no kernel image, or one of an unknown form."""


def kernel(image):
    """The ELF file in a kernel image."""
    if image[HEADER_MAGIC:HEADER_MAGIC + 4] != b"HdrS":
        raise ImageError("no x86 kernel image")
    start, length = struct.unpack_from("<II", image, PAYLOAD)
    start += (image[SETUP_SECTS] + 1) * SECTOR
    # The last word of the payload is its uncompressed size.
    payload = image[start:start + length - 4]
    for magic, unpack in METHODS:
        if payload.startswith(magic):
            return unpack(payload)
    raise ImageError("unknown compression: " + payload[:4].hex())


def section(elf, wanted):
    """A section of a 64-bit little-endian ELF file, by name."""
    if elf[:6] != b"\x7fELF\2\1":
        raise ImageError("no 64-bit ELF file in it")
    table, = struct.unpack_from("<Q", elf, 40)
    size, number, names = struct.unpack_from("<HHH", elf, 58)

    def header(index):
        """(offset of the name, offset of the data, bytes of data)"""
        return struct.unpack_from("<I20xQQ", elf, table + index * size)

    strings = header(names)[1]
    for index in range(number):
        name, offset, length = header(index)
        end = elf.index(b"\0", strings + name)
        if elf[strings + name:end] == wanted:
            return elf[offset:offset + length]
    raise ImageError("its kernel has no section " + wanted.decode())


def btf(path):
    """The BTF of a kernel image file."""
    with open(path, "rb") as file:
        return section(kernel(file.read()), b".BTF")
