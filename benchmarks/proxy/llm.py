# SPDX-License-Identifier: Apache-2.0
"""`./dev bench llm`: chats with a model through the whole chain, key, token limit, pool and metrics, beside gateways that
do that work in Lua and in JavaScript, and beside nginx, which only forwards the same bytes."""
import json
import pathlib

import measures
from asking import WORK_REQUESTS
from cases import CPU, LATENCY, LOAD, Case
from gateways import BUILD, Contestant
from report import Column, Target
from run import Suite, main

NGINX = Contestant('nginx', 'nginx', work='chat')
LUA = Contestant('nginx with Lua', 'lua', work='chat')
PORTKEY = Contestant('Portkey', 'portkey', work='chat')
SLUICE = Contestant('sluice', 'sluice', work='chat')

CHAT, SMALL = WORK_REQUESTS['chat'].values()
LARGE_BYTES = 300 * 1024
SOURCES = pathlib.Path(__file__).resolve().parents[2]


def large_chat():
    """A file with a chat of LARGE_BYTES: what a user has to say are the documents of this project, again and again."""
    chat = json.loads(SMALL.read_text())
    text = 'Request 00000000. ' + ''.join(path.read_text() for path in sorted((SOURCES / 'docs').glob('*.md')))
    text *= LARGE_BYTES // len(text) + 1
    too_many = len(json.dumps(chat | {'messages': [{'role': 'user', 'content': text}]})) - LARGE_BYTES
    chat['messages'] = [{'role': 'user', 'content': text[:len(text) - too_many]}]
    file = BUILD / 'large.json'
    file.write_text(json.dumps(chat))
    return file


def chats(connections):
    return lambda bench, gateway: measures.closed_loop(gateway, bench.load_cpus, connections, CHAT, bench.seconds, SMALL)


def beside_large(bench, gateway):
    """Small chats at a rate, and what large ones beside them add to the latency of those that are under way."""
    got = measures.load(gateway, 'beside', bench.load_cpus, rest=CHAT, connections=32, rate=2000, large_rate=10,
                        seconds=3 * bench.seconds, body=SMALL, large=large_chat())
    return got | {'added_us': got['beside_p99_us'] - got['p99_us']}


CASES = {
    'chat': Case('Chats of 1 KiB, 32 connections', [NGINX, LUA, PORTKEY, SLUICE], LOAD, chats(32), warm=True,
                 targets=[Target('sluice', 'cpu_us', 0.40, 'nginx with Lua'), Target('sluice', 'cpu_us', 1 / 60, 'Portkey'),
                          Target('sluice', 'cpu_us', 1.1, 'nginx')]),
    'large': Case('Chats of 1 KiB, 2,000/s; those beside one of 300 KiB', [NGINX, LUA, SLUICE],
                  [*LATENCY, Column('beside_done', 'beside', 0), Column('beside_p50_us', 'their p50 us'),
                   Column('beside_p99_us', 'their p99 us'), Column('added_us', 'added p99 us'),
                   Column('large_p50_us', 'large p50 us', 0)], beside_large, targets=[Target('sluice', 'added_us', 1000)]),
}

if __name__ == '__main__':
    main(Suite('llm', 'nginx, the same with Lua, and Portkey', CASES))
