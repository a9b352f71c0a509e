# SPDX-License-Identifier: Apache-2.0
"""The origin of a soak: answers what the target asks for, faults included. Prints its port.

  /bytes/SEED/SIZE      a body with its length          /chunked/SEED/SIZE    the same in chunks
  /until/SEED/SIZE      the same until the close        /drip/SEED/SIZE       the same in many drops
  /events/SEED/N        N server-sent events            /interim/SEED/SIZE    two interim answers before
  /upload               what has been received          /early                403 before the body has been read
  /gone/SEED/SIZE       a body, then the idle connection is closed
  Faults: /truncate, /reset and /stall after half of a body, /cut amid chunks, /silent, /close, /nonsense, /extra"""
import asyncio
import socket
import struct

from content import body_of, chunked, summary_of

DROPS = 8


class Ends(Exception):
    """This connection is to end."""


def head(length=None, *, status=b'200 OK', more=b''):
    framing = b'' if length is None else b'Content-Length: %d\r\n' % length
    return b'HTTP/1.1 %s\r\nX-Backend: soak\r\n%s%s\r\n' % (status, more, framing)


async def read_body(reader, fields):
    if b'content-length' in fields:
        return await reader.readexactly(int(fields[b'content-length']))
    body = b''
    while fields.get(b'transfer-encoding') == b'chunked':
        size = int(await reader.readuntil(b'\r\n'), 16)
        body += (await reader.readexactly(size + 2))[:-2]
        if size == 0:
            break
    return body


async def until_gone(reader):
    while await reader.read(65536):
        pass
    raise Ends


def reset(writer):
    writer.get_extra_info('socket').setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    writer.transport.abort()
    raise Ends


async def answer(kind, seed, size, reader, writer):
    """Everything but uploads."""
    body = body_of(seed, size)
    half = body[:size // 2]
    in_chunks = head(more=b'Transfer-Encoding: chunked\r\n')
    if kind in (b'bytes', b'gone'):
        writer.write(head(size) + body)
        if kind == b'gone':
            raise Ends
    elif kind == b'interim':
        writer.write(b'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n' + head(size) + body)
    elif kind == b'chunked':
        writer.write(in_chunks + chunked(body, (1, 1000, 17, 9000)))
    elif kind == b'until':
        writer.write(head() + body)
        raise Ends
    elif kind == b'drip':
        writer.write(head(size))
        for drop in range(DROPS):
            await asyncio.sleep(0.005)
            writer.write(body[size * drop // DROPS:size * (drop + 1) // DROPS])
    elif kind == b'events':
        writer.write(head(more=b'Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n'))
        for number in range(size):
            event = b'data: %d %d\n\n' % (seed, number)
            writer.write(b'%x\r\n%s\r\n' % (len(event), event))
            await asyncio.sleep(0.002)
        writer.write(b'0\r\n\r\n')
    elif kind == b'extra':
        writer.write(head(size) + body + head(7) + b'planted')
    elif kind == b'nonsense':
        writer.write(b'HTTP/1.1 200 OK\r\nX : y\r\n\r\n')
        await until_gone(reader)
    elif kind in (b'truncate', b'reset', b'stall'):
        writer.write(head(size) + half)
        await writer.drain()
        if kind == b'stall':
            await until_gone(reader)
        if kind == b'reset':
            reset(writer)
        raise Ends
    elif kind == b'cut':
        writer.write(in_chunks + chunked(half, (1000,))[:-5])
        raise Ends
    elif kind == b'silent':
        await until_gone(reader)
    else:  # close
        raise Ends


async def serve_one(reader, writer):
    lines = (await reader.readuntil(b'\r\n\r\n')).split(b'\r\n')
    method, target, _ = lines[0].split(b' ')
    fields = dict(line.lower().split(b': ', 1) for line in lines[1:-2])
    parts = target.split(b'?')[0].split(b'/')[1:]
    if parts[0] == b'early':
        writer.write(head(2, status=b'403 Forbidden') + b'no')
        await writer.drain()
        await until_gone(reader)
    body = await read_body(reader, fields)
    if parts[0] == b'upload':
        summary = summary_of(method, body)
        writer.write(head(len(summary)) + summary)
    elif method == b'HEAD':
        writer.write(head(int(parts[2])))
    else:
        await answer(parts[0], int(parts[1]), int(parts[2]), reader, writer)
    await writer.drain()


async def serve(reader, writer):
    writer.get_extra_info('socket').setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        while True:
            await serve_one(reader, writer)
    except (Ends, asyncio.IncompleteReadError, ConnectionError):
        pass  # The other end has gone, or a fault was asked for.
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, '127.0.0.1', 0, limit=1 << 20, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == '__main__':
    asyncio.run(main())
