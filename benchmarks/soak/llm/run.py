# SPDX-License-Identifier: Apache-2.0
"""Twice as many tokens as reserved capacity takes, for minutes: in front of a pool that spills, and in front of a queue.

The pool: reserved capacity is used, nobody is refused while the other member has room, nobody comes to a throttled
member too early. The queue: keys of a class get the same, the strict class hardly waits, nobody waits too long."""
import argparse
import asyncio
import collections
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(HERE.parent.parent / 'proxy'))
from load import Source, load  # noqa: E402
from processes import Processes, fail, free_port, raise_descriptor_limit  # noqa: E402

CAPACITY = 600_000  # tokens a minute, of the member `ptu` and behind the queue; the queue's policy says so too
TOKENS = (20, 120)  # bounds of answers
MEAN_COST = 70 + 27  # of a request: answer and prompt
WARM_UP_SHARE = 0.1
MAX_WAIT = 20  # seconds, of the queue
LEAST_USED, LEAST_JAIN = 0.97, 0.95
MODEL = {'tokensPerSecond': 400, 'firstTokenMs': 50, 'completionTokens': 200, 'paceWhole': True}
UPSTREAMS = {'ptu': {'capacity': 'ptu', 'tokensPerMinute': CAPACITY, 'windowMs': 10_000},
             'payg': {'tokensPerMinute': 1 << 40, 'requestsPerMinute': 1 << 40},
             'reserved': {'tokensPerMinute': 1 << 40, 'requestsPerMinute': 1 << 40}}
# Shares of the capacity that each key asks for: twice of it in all. Within a class all want more than they can get.
DEMANDS = [('critical', 'c1', 0.1), ('user-facing', 'u1', 0.6), ('user-facing', 'u2', 0.3), ('user-facing', 'u3', 0.25),
           ('user-facing', 'u4', 0.25), ('batch', 'b1', 0.35), ('batch', 'b2', 0.15)]


def read_options():
    parser = argparse.ArgumentParser(prog='./dev soak llm', description=__doc__)
    parser.add_argument('minutes', type=float, nargs='?', default=10)
    parser.add_argument('--seed', type=int, default=int(time.time()))
    parser.add_argument('--sluice', default=str(ROOT / 'build/bench/bin/sluice'))
    parser.add_argument('--upstreams', default=str(ROOT / 'build/bench/bin/simulated_upstreams'))
    parser.add_argument('--json', default='build/bench/soak_llm.json', help='where to write the figures')
    return parser.parse_args()


def start_upstreams(processes, options):
    command = [options.upstreams]
    for name, settings in UPSTREAMS.items():
        command += ['--openai', f'0:{name}', '--set', name, json.dumps(MODEL | settings)]
    upstreams = processes.start('upstreams', command, stdout=subprocess.PIPE, text=True)
    ports = {}
    while len(ports) < len(UPSTREAMS):
        line = upstreams.stdout.readline()
        if not line:
            fail(f"the simulated upstreams have ended:\n{processes.log_of('upstreams')}")
        name, _, address = line.strip().partition(' listening on ')
        ports[name] = int(address.rpartition(':')[2])
    return ports


def start_gateway(processes, options, ports):
    settings = pathlib.Path(processes.folder) / 'settings.json'
    settings.write_text(json.dumps({
        'limits': {'http': {'connections_per_client': 10_000, 'pool_connections_per_origin': 10_000}},
        'origins': {f'http://{name}.example': f'http://127.0.0.1:{port}' for name, port in ports.items()}}))
    port = free_port()
    gateway = processes.start('sluice', [options.sluice, 'run', str(HERE / 'artifacts'), '--settings', str(settings),
                                         '--listen', f'127.0.0.1:{port}', '--workers', '1'])
    processes.wait_for_port('sluice', gateway, port)
    return port


def control(port, method='GET'):
    """What a simulated service counts of its deployment; DELETE begins anew."""
    request = urllib.request.Request(f'http://127.0.0.1:{port}/_control/statistics', method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer).get('gpt-4o', {}) if method == 'GET' else None


def sources():
    spill = Source('spill', 'none', 'spill', 2 * CAPACITY / 60 / MEAN_COST, TOKENS)
    queue = [Source('queue', of_class, key, share * CAPACITY / 60 / MEAN_COST, TOKENS)
             for of_class, key, share in DEMANDS]
    return [spill, *queue]


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def jain(amounts):
    """Jain's index of fairness: 1 when all are equal."""
    squares = sum(amount ** 2 for amount in amounts)
    return sum(amounts) ** 2 / (len(amounts) * squares) if squares else 0.0


def longest_gap(times, begin, end):
    marks = [begin, *sorted(times), end]
    return max(later - earlier for earlier, later in zip(marks, marks[1:]))


def queue_figures(answers, begin, end):
    by_class = collections.defaultdict(list)
    for answer in answers:
        by_class[answer.source.of_class].append(answer)
    figures = {}
    for name, all_of_it in by_class.items():
        served = [answer for answer in all_of_it if answer.status == 200]
        tokens = collections.Counter()
        for answer in served:
            tokens[answer.source.key] += answer.used
        ended = collections.defaultdict(list)
        for answer in served:
            ended[answer.source.key].append(answer.began + answer.seconds)
        figures[name] = {
            'served': len(served), 'refused': len(all_of_it) - len(served),
            'tokens': dict(sorted(tokens.items())), 'jain': jain(list(tokens.values())),
            'wait_p50': percentile([answer.waited for answer in served], 0.5),
            'wait_p99': percentile([answer.waited for answer in served], 0.99),
            'wait_max': max((answer.waited for answer in served), default=0.0),
            'service': sum(answer.seconds - answer.waited for answer in served) / max(len(served), 1),
            'longest_gap': max((longest_gap(times, begin, end) for times in ended.values()), default=end - begin)}
    return figures


async def used_share(port, begin, seconds):
    """Of the capacity of the member that comes first, between two times of the load."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(begin)
    await loop.run_in_executor(None, control, port, 'DELETE')
    started = time.monotonic()
    await asyncio.sleep(seconds - begin)
    counted = await loop.run_in_executor(None, control, port)
    tokens = counted['promptTokens'] + counted['completionTokens']
    return tokens / (CAPACITY / 60 * (time.monotonic() - started))


async def run_load(port, ports, seed, begin, seconds):
    wanted = sources()
    chances = [random.Random(seed + number) for number in range(len(wanted))]
    return await asyncio.gather(load(port, wanted, chances, seconds), used_share(ports['ptu'], begin, seconds))


def statuses(answers, api):
    return dict(collections.Counter(answer.status for answer in answers if answer.source.api == api))


def measure(options, processes):
    ports = start_upstreams(processes, options)
    port = start_gateway(processes, options, ports)
    seconds = options.minutes * 60
    begin = WARM_UP_SHARE * seconds
    answers, used = asyncio.run(run_load(port, ports, options.seed, begin, seconds))
    ptu = control(ports['ptu'])
    steady = [answer for answer in answers if answer.source.api == 'queue' and answer.began >= begin]
    return {'seed': options.seed, 'minutes': options.minutes,
            'spill': {'statuses': statuses(answers, 'spill'), 'used': used, 'throttled': ptu['throttled'],
                      'early_probes': ptu['earlyProbes']},
            'queue': {'statuses': statuses(answers, 'queue'),
                      'hurried': sum(answer.status == 429 and answer.retry_after < 1 for answer in answers),
                      'classes': queue_figures(steady, begin, seconds)}}


def report(figures):
    spill, queue = figures['spill'], figures['queue']
    print(f"{figures['minutes']} minutes, seed {figures['seed']}")
    print(f"pool: answers {spill['statuses']}; {spill['used']:.1%} of the reserved capacity used, "
          f"{spill['throttled']} throttled, {spill['early_probes']} came too early")
    print(f"queue: answers {queue['statuses']}")
    print(f"  {'class':12} {'served':>7} {'refused':>7} {'Jain':>6} {'wait p50':>9} {'p99':>6} {'max':>6} {'service':>8} "
          f"{'longest gap':>12}   tokens of each key")
    for name, of in sorted(queue['classes'].items()):
        tokens = ', '.join(f'{key} {count}' for key, count in of['tokens'].items())
        print(f"  {name:12} {of['served']:7} {of['refused']:7} {of['jain']:6.3f} {of['wait_p50']:9.2f} {of['wait_p99']:6.2f} "
              f"{of['wait_max']:6.2f} {of['service']:8.3f} {of['longest_gap']:12.2f}   {tokens}")


def judge(figures):
    """What is not as it must be."""
    spill, queue = figures['spill'], figures['queue']
    problems = []
    if set(spill['statuses']) != {200}:
        problems.append(f"callers of the pool saw {spill['statuses']}")
    if spill['used'] < LEAST_USED:
        problems.append(f"{spill['used']:.1%} of the reserved capacity was used")
    if spill['early_probes']:
        problems.append(f"{spill['early_probes']} requests came to a throttled member too early")
    if not set(queue['statuses']) <= {200, 429}:
        problems.append(f"callers of the queue saw {queue['statuses']}")
    if queue['hurried']:
        problems.append(f"{queue['hurried']} refusals did not say when to come again")
    for name, of in queue['classes'].items():
        if of['jain'] < LEAST_JAIN:
            problems.append(f"Jain's index of {name} is {of['jain']:.3f}")
        if max(of['wait_max'], of['longest_gap']) > MAX_WAIT + 1:
            problems.append(f"{name} waited {of['wait_max']:.1f} s, and got nothing for {of['longest_gap']:.1f} s")
    first = queue['classes']['critical']
    if first['wait_p99'] > 2 * first['service']:
        problems.append(f"critical requests waited {first['wait_p99']:.2f} s of {first['service']:.2f} s service")
    return problems


def main():
    options = read_options()
    raise_descriptor_limit()
    with tempfile.TemporaryDirectory(prefix='sluice-soak-') as folder, Processes(folder) as processes:
        figures = measure(options, processes)
    report(figures)
    output = pathlib.Path(options.json)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(figures, indent=1) + '\n')
    if problems := judge(figures):
        fail('; '.join(problems))
    print('nothing was wrong')


if __name__ == '__main__':
    main()
