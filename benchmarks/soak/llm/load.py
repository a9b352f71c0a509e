# SPDX-License-Identifier: Apache-2.0
"""Callers of models that come when they come, whether or not the last one has been answered."""
import asyncio
import contextlib
import dataclasses
import json
import time

PATIENCE = 60  # seconds; no wait of the queue is as long
IDLE_CONNECTIONS = 2_000
BROKEN = 0  # the status of what was never answered


@dataclasses.dataclass
class Source:
    """Who sends what: requests a second, answers of up to `tokens`."""
    api: str
    of_class: str
    key: str
    rate: float
    tokens: tuple


@dataclasses.dataclass
class Answer:
    source: Source
    began: float     # seconds since the load began
    seconds: float   # until the answer was there
    status: int
    waited: float    # seconds in the queue
    used: int        # tokens
    retry_after: int


class Connections:
    """Kept for the next request, as clients do."""

    def __init__(self, port):
        self.port, self.idle = port, []

    async def ask(self, request):
        """Again when a connection that had been used before ended meanwhile."""
        while self.idle:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                return await self.ask_on(self.idle.pop(), request)
        return await self.ask_on(await asyncio.open_connection('127.0.0.1', self.port), request)

    async def ask_on(self, connection, request):
        connection[1].write(request)
        answer = await asyncio.wait_for(read_answer(connection[0]), PATIENCE)
        self.give_back(connection)
        return answer

    def give_back(self, connection):
        if len(self.idle) < IDLE_CONNECTIONS:
            self.idle.append(connection)
        else:
            connection[1].close()


async def read_answer(reader):
    lines = (await reader.readuntil(b'\r\n\r\n')).decode().split('\r\n')
    fields = dict(line.lower().split(': ', 1) for line in lines[1:-2])
    status = int(lines[0].split(' ')[1])
    if 'content-length' in fields:
        return status, fields, await reader.readexactly(int(fields['content-length']))
    body = b''
    while size := int(await reader.readuntil(b'\r\n'), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readexactly(2)
    return status, fields, body


def request_of(source, chance):
    body = json.dumps({'messages': [{'role': 'user', 'content': 'word ' * chance.randint(5, 40)}],
                       'max_tokens': chance.randint(*source.tokens)}).encode()
    return (f'POST /{source.api}/chat/completions HTTP/1.1\r\nHost: soak\r\nX-Class: {source.of_class}\r\n'
            f'X-Key: {source.key}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n').encode() + body


async def exchange(connections, source, request, began):
    begin = time.monotonic()
    try:
        status, fields, body = await connections.ask(request)
    except (ConnectionError, asyncio.IncompleteReadError, asyncio.TimeoutError):
        status, fields, body = BROKEN, {}, b''
    seconds = time.monotonic() - begin
    used = json.loads(body)['usage']['total_tokens'] if status == 200 else 0
    return Answer(source, began, seconds, status, int(fields.get('x-waited', 0)) / 1000, used,
                  int(fields.get('retry-after', 0)))


async def send_all(connections, source, chance, seconds, begin, answers):
    """At random times, so many a second."""
    running, when = set(), 0.0
    while (when := when + chance.expovariate(source.rate)) < seconds:
        await asyncio.sleep(max(0.0, begin + when - time.monotonic()))
        task = asyncio.create_task(exchange(connections, source, request_of(source, chance), when))
        running.add(task)
        task.add_done_callback(lambda done: (running.discard(done), answers.append(done.result())))
    while running:
        await asyncio.wait(set(running))


async def load(port, sources, chances, seconds):
    connections, answers, begin = Connections(port), [], time.monotonic()
    await asyncio.gather(*(send_all(connections, source, chance, seconds, begin, answers)
                           for source, chance in zip(sources, chances)))
    return answers
