# SPDX-License-Identifier: Apache-2.0
"""What is measured: for each case who takes part, what load they get, and which figures count."""
from dataclasses import dataclass, field, replace
from typing import Callable

import measures
from gateways import Contestant, Gateway
from report import Column

KIB = 1024
CPU = Column('cpu_us', 'CPU us/request', 2, ratio=True)
RATE = Column('requests_per_s', 'requests/s', 0, ratio=True)
LATENCY = [Column('p50_us', 'p50 us'), Column('p99_us', 'p99 us')]
MEMORY = Column('memory_mib', 'memory MiB', ratio=True)
LEAVING = [*LATENCY, Column('max_us', 'longest us')]
LOAD = [CPU, RATE, *LATENCY, MEMORY]

PLAIN = [Contestant('nginx', 'nginx'), Contestant('haproxy', 'haproxy'), Contestant('sluice', 'sluice')]
POLICIES = Contestant('sluice, policies', 'sluice', work='policies')


@dataclass
class Bench:
    """How a run measures: for how long, and on which processors the load is."""
    gateways: object
    seconds: int
    load_cpus: str
    idle_connections: int
    mixed_requests: int = 100_000

    def origin(self, work='plain'):
        """The origin itself, asked without a gateway."""
        return Gateway(Contestant('origin', 'origin', work=work), self.gateways.origin_port, None)


@dataclass
class Case:
    """The first contestant is the one that the others are compared with."""
    title: str
    contestants: list
    columns: list
    measure: Callable
    spread: bool = False  # Gateways get two processors, which the load may have to share.
    once: bool = False    # Measured once, not in rounds.
    awake: bool = False   # No processor sleeps meanwhile.
    warm: bool = False    # Measured once before the rounds: who compiles while it runs has done so by then.
    targets: list = field(default_factory=list)


def over(listener):
    return [replace(one, listener=listener) for one in PLAIN]


def closed_loop(connections, size):
    return lambda bench, gateway: measures.closed_loop(gateway, bench.load_cpus, connections, f'/bytes/{size}', bench.seconds)


def http2(bench, gateway):
    return measures.http2(gateway, bench.load_cpus, 32, 10, KIB, bench.seconds)


def added_latency(bench, gateway):
    """What the gateway adds to the latency of the origin, which is measured right before."""
    requests = 5000 * bench.seconds
    direct = measures.latency(bench.origin(), bench.load_cpus, requests)
    through = measures.latency(gateway, bench.load_cpus, requests)
    return {'added_us': through['p50_us'] - direct['p50_us'], 'direct_us': direct['p50_us'], **through}


def fixed_rate(bench, gateway):
    return measures.fixed_rate(gateway, bench.load_cpus, 32, 2000, bench.seconds)


def overload(bench, gateway):
    return measures.overload(gateway, bench.load_cpus, 2000, bench.seconds)


def events(bench, gateway):
    return measures.events(gateway, bench.load_cpus, 400, 50 * bench.seconds, 20_000)


def nagle(bench, gateway):
    """Requests of mixed sizes and framings, one after the other: who waits for an acknowledgement shows at the end."""
    return measures.mixed(gateway, bench.load_cpus, bench.mixed_requests)


def leaving(rest):
    return lambda bench, gateway: measures.leaving(gateway, bench.load_cpus, [bench.gateways.origin_port], rest, 300)


def idle(bench, gateway):
    return measures.idle(gateway, bench.load_cpus, bench.idle_connections)


CASES = {
    'small-32': Case('1 KiB, 32 connections', PLAIN + [POLICIES], LOAD, closed_loop(32, KIB)),
    'small-256': Case('1 KiB, 256 connections', PLAIN + [POLICIES], LOAD, closed_loop(256, KIB)),
    'large': Case('64 KiB, 32 connections', [replace(one, buffer_bytes=72 * KIB) for one in PLAIN], LOAD, closed_loop(32, 64 * KIB)),
    'workers': Case(
        '1 KiB, 256 connections, 2 workers against 1 worker',
        [Contestant('sluice, 1 worker', 'sluice'), Contestant('sluice, 2 workers', 'sluice', workers=2),
         Contestant('nginx, 1 worker', 'nginx'), Contestant('nginx, 2 workers', 'nginx', workers=2)],
        LOAD, closed_loop(256, KIB), spread=True),
    'latency': Case('Added latency, 1 KiB, 1 connection', PLAIN + [POLICIES],
                    [Column('added_us', 'added p50 us', 2, ratio=True), Column('direct_us', 'direct p50 us'), *LATENCY],
                    added_latency),
    'rate': Case('1 KiB, 2,000 requests/s over 32 connections', PLAIN + [POLICIES], [CPU, *LATENCY], fixed_rate),
    'overload': Case('1 KiB, twice what the gateway can answer, over 2,000 connections', PLAIN + [POLICIES],
                     [Column('goodput', 'answered/s', 0, ratio=True), Column('goodput_percent', '% of capacity'),
                      Column('p99_us', 'their p99 us', 0), Column('refused_percent', '% refused')], overload),
    'events': Case('Server-sent events, 400 streams, one each 20 ms',
                   PLAIN, [Column('cpu_us', 'CPU us/event', 2, ratio=True), Column('p50_us', 'delivery p50'),
                           Column('p99_us', 'delivery p99', ratio=True)], events),
    'nagle': Case('Mixed sizes, 100,000 requests', PLAIN,
                  [Column('max_us', 'longest us', 0), Column('slow', 'above 30 ms', 0), *LATENCY], nagle, once=True),
    'leaving': Case('A client leaves before the answer: until the origin knows', PLAIN, LEAVING, leaving('/hold')),
    'leaving-stream': Case('A client leaves amid server-sent events: until the origin knows', PLAIN, LEAVING,
                           leaving('/stream?n=1000000&delay_us=1000000')),
    'idle': Case('Idle connections', PLAIN, [Column('bytes_per_connection', 'bytes each', 0, ratio=True), MEMORY],
                 idle, once=True),
}
TLS_CASES = {'tls': Case('TLS 1.3, 1 KiB, 32 connections', over('tls'), LOAD, closed_loop(32, KIB))}
H2_CASES = {
    'h2': Case('HTTP/2 over TLS 1.3, 1 KiB, 32 connections of 10 streams', over('h2'), [CPU, RATE, MEMORY], http2),
    'h2c': Case('HTTP/2 with prior knowledge, 1 KiB, 32 connections of 10 streams', over('h2c'), [CPU, RATE, MEMORY],
                http2),
}
