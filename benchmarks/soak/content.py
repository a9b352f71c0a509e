# SPDX-License-Identifier: Apache-2.0
"""What both ends of a soak agree on: bodies that follow from a seed, and how an upload is summed up."""
import zlib


def body_of(seed, size):
    """`size` bytes that no other seed has, so that bytes of another answer never pass for right ones."""
    word = b'%010d;' % seed
    return (word * (size // len(word) + 1))[:size]


def summary_of(method, body):
    """What the origin says of an upload."""
    return b'%s %d %08x' % (method, len(body), zlib.crc32(body))


def chunked(body, sizes):
    """`body` in the chunked coding, cut into pieces of the given sizes in turn."""
    pieces, at, turn = [], 0, 0
    while at < len(body):
        piece = body[at:at + sizes[turn % len(sizes)]]
        pieces.append(b'%x\r\n%s\r\n' % (len(piece), piece))
        at += len(piece)
        turn += 1
    return b''.join(pieces) + b'0\r\n\r\n'
