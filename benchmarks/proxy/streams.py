# SPDX-License-Identifier: Apache-2.0
"""`./dev bench streams`: how long a gateway that counts tokens holds the events of a streamed chat, how many streams it
carries on one processor, and how soon it ends them at the origin when their client has left."""
import measures
from asking import CHATS
from cases import LATENCY, LEAVING, Case
from gateways import Contestant
from report import Column, Target
from run import Suite, main

CONTESTANTS = [Contestant('nginx', 'nginx', work='chat'), Contestant('sluice', 'sluice', work='chat')]
STREAM, BODY = '/stream/chat/completions', CHATS / 'stream.json'
PACE_US = 20_000


def one_at_a_time(bench, gateway):
    """Short streams one after the other; what the gateway adds to the origin, which is measured right before."""
    options = {'rest': STREAM, 'body': BODY, 'events': 10, 'delay_us': 2_000, 'streams': 50 * bench.seconds}
    direct, through = (measures.load(one, 'events', bench.load_cpus, **options) for one in (bench.origin('chat'), gateway))
    return through | {f'added_{key}': through[key] - direct[key]
                      for key in ('first_p50_us', 'first_p99_us', 'p50_us', 'p99_us')}


def many(bench, gateway):
    """Each stream begins half a millisecond after the one before, and a little more: events are spread over all times."""
    got = measures.events(gateway, bench.load_cpus, 2000, 50 * (1 + bench.seconds), PACE_US, STREAM, body=BODY, apart_us=510)
    return got | {'gap_ms': got['gap_us'] / 1e3, 'sent_apart_ms': got['sent_apart_us'] / 1e3}


def leaving(bench, gateway):
    ports = [bench.gateways.origin_port, bench.gateways.second_port]
    return measures.leaving(gateway, bench.load_cpus, ports, f'{STREAM}?n=1000000&delay_us=1000000', 1000, body=BODY)


CASES = {
    'one': Case('Streamed chats, one at a time: from the origin to the client, and how much more that is than without gateway',
                CONTESTANTS,
                [Column('first_p50_us', 'first p50 us'), Column('added_first_p50_us', 'added'),
                 Column('first_p99_us', 'first p99 us'), Column('added_first_p99_us', 'added'),
                 Column('p50_us', 'further p50'), Column('added_p50_us', 'added'),
                 Column('p99_us', 'further p99'), Column('added_p99_us', 'added')], one_at_a_time, awake=True,
                targets=[Target('sluice', 'added_first_p99_us', 150, what='added to first events, p99 us'),
                         Target('sluice', 'added_p99_us', 50, what='added to further events, p99 us')]),
    'many': Case('2,000 streamed chats, each with an event every 20 ms', CONTESTANTS,
                 [Column('cpu_us', 'CPU us/event', 2, ratio=True), *LATENCY, Column('max_us', 'longest us', 0),
                  Column('gap_ms', 'longest gap ms'), Column('sent_apart_ms', 'gap sent ms')], many),
    'leaving': Case('A client leaves amid a streamed chat: until the origin knows, 1,000 times', CONTESTANTS, LEAVING, leaving,
                    once=True, targets=[Target('sluice', 'max_us', 5000)]),
}

if __name__ == '__main__':
    main(Suite('streams', 'nginx, which only forwards', CASES))
