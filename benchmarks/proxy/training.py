# SPDX-License-Identifier: Apache-2.0
"""What a host that records is to run for `./dev profile`: requests over each kind of listener, policies, chats and
streamed chats, as the other benchmarks ask for them."""
import argparse
import pathlib
import tempfile

import measures
from asking import CHATS, WORK_REQUESTS
from gateways import LISTENERS, Contestant, Gateways
from processes import Processes, raise_descriptor_limit

SECONDS = 3
CONNECTIONS = 32


def ask(gateway):
    """Answers of 1 KiB."""
    if gateway.contestant.listener in ('h2', 'h2c'):
        measures.http2(gateway, '', CONNECTIONS, 4, 1024, SECONDS)
    else:
        measures.closed_loop(gateway, '', CONNECTIONS, '/bytes/1024', SECONDS)


def chat(gateway):
    request = WORK_REQUESTS['chat']
    measures.closed_loop(gateway, '', CONNECTIONS, request['rest'], SECONDS, request['body'])
    measures.load(gateway, 'events', '', rest='/stream/chat/completions', body=CHATS / 'stream.json',
                  connections=CONNECTIONS, events=50 * SECONDS, delay_us=20_000)


TRAINING = [(Contestant(f'plain, {listener}', 'sluice', listener=listener), ask) for listener in LISTENERS]
TRAINING += [(Contestant('policies', 'sluice', work='policies'), ask), (Contestant('chat', 'sluice', work='chat'), chat)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--host', type=pathlib.Path, required=True, help='the program that records')
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix='sluice-bench-') as folder, Processes(folder) as processes:
        gateways = Gateways(processes, raise_descriptor_limit(), host=options.host.resolve())
        for contestant, work in TRAINING:
            gateway = gateways.start(contestant)
            work(gateway)
            processes.stop(gateway.process)


if __name__ == '__main__':
    main()
