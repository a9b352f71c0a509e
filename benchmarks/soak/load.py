# SPDX-License-Identifier: Apache-2.0
"""load.py PORT CALLERS SECONDS SEED: callers that keep asking, in good and in bad ways, and check every byte they get.

Prints one JSON object: how often each kind of exchange was done, and what was wrong. Wrong is: a body that is not the
one asked for, a broken answer that looks whole, an answer out of turn, a refusal of what was in order, silence."""
import asyncio
import collections
import json
import random
import socket
import struct
import sys
import time

from content import body_of, chunked, summary_of

PATIENCE = 20  # seconds; every limit of the gateway is far below
APIS = (b'/plain', b'/policies')
# The origin closed a connection as the gateway took it: what may have been taken, or streams, is never sent twice (U4).
MET_CLOSING = 'upload that met a closing connection'


class Wrong(Exception):
    pass


class Broken(Exception):
    """The answer ended before its end, visibly."""


class Connection:
    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.ends = False

    @classmethod
    async def open(cls, port, receive_buffer=None):
        plain = socket.socket()
        plain.setblocking(False)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_buffer:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        await asyncio.get_running_loop().sock_connect(plain, ('127.0.0.1', port))
        return cls(*await asyncio.open_connection(sock=plain, limit=1 << 16))

    def send(self, data):
        self.writer.write(data)

    async def read(self, to_head=False):
        """The next final answer: status and body."""
        try:
            return await asyncio.wait_for(self._read(to_head), PATIENCE)
        except asyncio.TimeoutError:
            raise Wrong('silence') from None
        except (asyncio.IncompleteReadError, ConnectionError):
            self.ends = True
            raise Broken from None

    async def _read(self, to_head):
        while True:
            lines = (await self.reader.readuntil(b'\r\n\r\n')).split(b'\r\n')
            status = int(lines[0].split(b' ')[1])
            if status >= 200:
                break
        fields = dict(line.lower().split(b': ', 1) for line in lines[1:-2])
        if b'x-backend' in fields and b'x-seen' in fields:
            raise Wrong('a field that a policy deletes')
        self.ends = fields.get(b'connection') == b'close'
        if to_head or status in (204, 304):
            return status, b''
        if b'content-length' in fields:
            return status, await self.reader.readexactly(int(fields[b'content-length']))
        if fields.get(b'transfer-encoding') != b'chunked':
            raise Wrong('an answer without framing')
        body = b''
        while True:
            size = int(await self.reader.readuntil(b'\r\n'), 16)
            body += (await self.reader.readexactly(size + 2))[:-2]
            if size == 0:
                return status, body

    def close(self):
        self.writer.close()

    def reset(self):
        self.writer.get_extra_info('socket').setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.writer.transport.abort()
        self.ends = True


def request(method, target, fields=b''):
    return b'%s %s HTTP/1.1\r\nHost: soak\r\nX-Debug: 1\r\n%s\r\n' % (method, target, fields)


def expect(got, status, body):
    if got != (status, body):
        raise Wrong(f'{got[0]} {got[1][:80]!r} in place of {status} {body[:80]!r}')


class Caller:
    def __init__(self, port, chance):
        self.port, self.chance = port, chance
        self.connection = None

    def seed(self):
        return self.chance.randrange(10**9)

    def size(self):
        return self.chance.choice((0, 1, 100, 1024, 1024, 5000, 16384, 70_000, 200_000))

    def target(self, kind, *numbers):
        return self.chance.choice(APIS) + b'/' + b'/'.join([kind] + [b'%d' % number for number in numbers])

    async def use(self, **options):
        """The connection of this caller, mostly one that has been used."""
        if self.connection is None or self.connection.ends or options:
            self.leave()
            self.connection = await Connection.open(self.port, **options)
        return self.connection

    def leave(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    async def exchange(self, data, to_head=False):
        """Sends a request that is in order; again when a connection had ended before it was sent."""
        was_used = self.connection is not None and not self.connection.ends
        connection = await self.use()
        connection.send(data)
        try:
            return await connection.read(to_head)
        except Broken:
            if not was_used:
                raise
        self.leave()
        connection = await self.use()
        connection.send(data)
        return await connection.read(to_head)

    # ---- in order

    async def good(self):
        kind = self.chance.choice((b'bytes', b'bytes', b'bytes', b'chunked', b'until', b'drip', b'interim', b'gone', b'extra'))
        seed, size = self.seed(), self.size()
        expect(await self.exchange(request(b'GET', self.target(kind, seed, size))), 200, body_of(seed, size))

    async def head(self):
        got = await self.exchange(request(b'HEAD', self.target(b'bytes', 1, self.size())), to_head=True)
        expect(got, 200, b'')

    async def events(self):
        seed, count = self.seed(), self.chance.randrange(1, 30)
        whole = b''.join(b'data: %d %d\n\n' % (seed, number) for number in range(count))
        expect(await self.exchange(request(b'GET', self.target(b'events', seed, count))), 200, whole)

    def upload_parts(self):
        method, body = self.chance.choice((b'POST', b'PUT')), body_of(self.seed(), self.size())
        fields = self.chance.choice((b'', b'X-Read-Body: yes\r\n')) if body else b''
        if self.chance.random() < 0.5:
            return method, body, fields + b'Content-Length: %d\r\n' % len(body), body
        sizes = [self.chance.randrange(1, 20_000) for _ in range(5)]
        return method, body, fields + b'Transfer-Encoding: chunked\r\n', chunked(body, sizes)

    async def upload(self):
        method, body, fields, coded = self.upload_parts()
        got = await self.exchange(request(method, self.target(b'upload'), fields) + coded)
        if got[0] == 502:
            return MET_CLOSING
        expect(got, 200, summary_of(method, body))

    async def slow_upload(self):
        method, body, fields, coded = self.upload_parts()
        self.leave()
        connection = await self.use()
        connection.send(request(method, self.target(b'upload'), fields + b'Expect: 100-continue\r\n'))
        for part in range(4):
            await asyncio.sleep(0.005)
            connection.send(coded[len(coded) * part // 4:len(coded) * (part + 1) // 4])
        got = await connection.read()
        if got[0] == 502:
            return MET_CLOSING
        expect(got, 200, summary_of(method, body))

    async def pipeline(self):
        self.leave()
        connection = await self.use()
        wanted, data = [], b''
        for _ in range(self.chance.randrange(2, 20)):
            seed, size = self.seed(), self.chance.choice((0, 1, 1024, 9000))
            if self.chance.random() < 0.7:
                data += request(b'GET', self.target(self.chance.choice((b'bytes', b'chunked')), seed, size))
                wanted.append((b'GET', body_of(seed, size)))
            else:
                body = body_of(seed, size)
                data += request(b'PUT', self.target(b'upload'), b'Content-Length: %d\r\n' % size) + body
                wanted.append((b'PUT', summary_of(b'PUT', body)))
        connection.send(data)
        for method, body in wanted:
            got = await connection.read()
            if method == b'PUT' and got[0] == 502:
                self.leave()
                return MET_CLOSING
            expect(got, 200, body)

    async def slow_reader(self):
        seed, size = self.seed(), 2_000_000
        connection = await self.use(receive_buffer=4096)
        connection.send(request(b'GET', self.target(b'bytes', seed, size)))
        await asyncio.sleep(self.chance.random() * 0.5)
        expect(await connection.read(), 200, body_of(seed, size))
        self.leave()

    # ---- faults of the origin

    async def broken(self):
        """Half a body never looks whole."""
        kind = self.chance.choice((b'truncate', b'reset', b'cut', b'stall'))
        try:
            got = await self.exchange(request(b'GET', self.target(kind, self.seed(), self.chance.choice((3000, 200_000)))))
        except Broken:
            return None
        if got[0] not in (502, 504, 500):
            raise Wrong(f'a broken answer that looks whole: {got[0]}, {len(got[1])} bytes')

    async def failing(self):
        kind = self.chance.choice((b'silent', b'close', b'nonsense'))
        got = await self.exchange(request(b'GET', self.target(kind, 1, 1)))
        if got[0] not in (500, 502, 504):
            raise Wrong(f'{got[0]} in place of a failure')

    async def early(self):
        self.leave()
        connection = await self.use()
        connection.send(request(b'POST', self.target(b'early'), b'Content-Length: 1000000\r\n') + b'x' * 1000)
        got = await connection.read()
        self.leave()
        if got[0] == 502:
            return MET_CLOSING
        expect(got, 403, b'no')

    # ---- faults of the caller

    async def aborted(self):
        self.leave()
        connection = await self.use()
        data = self.chance.choice((
            request(b'GET', self.target(b'drip', self.seed(), 5000)),
            request(b'GET', self.target(b'bytes', self.seed(), 2_000_000)),
            request(b'GET', self.target(b'events', self.seed(), 50)),
            request(b'GET', self.target(b'silent', 1, 1)),
            request(b'POST', self.target(b'upload'), b'Content-Length: 1000\r\n') + b'x' * 500,
            request(b'POST', self.target(b'upload'), b'Transfer-Encoding: chunked\r\n') + b'5\r\nhello\r\n',
            request(b'GET', self.target(b'bytes', 1, 1))[:self.chance.randrange(1, 40)]))
        connection.send(data)
        await asyncio.sleep(self.chance.choice((0, 0, 0.001, 0.01, 0.05)))
        if self.chance.random() < 0.5:
            connection.reset()
        self.leave()

    async def malformed(self):
        self.leave()
        connection = await self.use()
        connection.send(self.chance.choice((
            b'GET / HTTP/1.1\r\n\r\n', b'hello\r\n\r\n', b'GET /../a HTTP/1.1\r\nHost: h\r\n\r\n',
            b'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
            b'POST /plain/upload HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n')))
        if (await connection.read())[0] != 400:
            raise Wrong('a malformed request that is not refused')
        self.leave()

    async def idle(self):
        await self.use()
        await asyncio.sleep(self.chance.random())


KINDS = {Caller.good: 50, Caller.head: 4, Caller.events: 4, Caller.upload: 14, Caller.slow_upload: 3, Caller.pipeline: 5,
         Caller.slow_reader: 1, Caller.broken: 4, Caller.failing: 2, Caller.early: 2, Caller.aborted: 6,
         Caller.malformed: 2, Caller.idle: 2}


async def keep_asking(caller, until, done, wrong):
    while time.monotonic() < until:
        kind = caller.chance.choices(list(KINDS), list(KINDS.values()))[0]
        name = kind.__name__
        try:
            done[await kind(caller) or name] += 1
        except Wrong as reason:
            wrong.append(f'{name}: {reason}')
            caller.leave()
        except Broken:
            wrong.append(f'{name}: an answer that broke')
            caller.leave()
        except OSError as reason:
            wrong.append(f'{name}: {reason}')
            caller.leave()
    caller.leave()


async def main(port, callers, seconds, seed):
    done, wrong = collections.Counter(), []
    until = time.monotonic() + seconds
    await asyncio.gather(*(keep_asking(Caller(port, random.Random(seed * 1000 + number)), until, done, wrong)
                           for number in range(callers)))
    print(json.dumps({'done': done, 'wrong': wrong[:50], 'wrong_count': len(wrong)}))


if __name__ == '__main__':
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])))
