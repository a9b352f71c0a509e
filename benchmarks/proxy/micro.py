# SPDX-License-Identifier: Apache-2.0
"""What noise cannot move: user instructions, heap allocations and system calls for each request, memory for each idle
connection, and what Gateway::handle takes without sockets.

The host answers requests one after the other on one warm connection, under valgrind or strace; two runs with different
numbers of requests are made, so that whatever starting and ending costs falls out of their difference."""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import measures
from asking import WORK_REQUESTS
from gateways import BINARIES, Contestant, Gateways
from processes import Processes, fail, process_tree, raise_descriptor_limit

BASELINE = pathlib.Path(__file__).resolve().parent.parent / 'baseline.json'
ALLOWED_GROWTH = 1.05
# Figures that may not grow, with what may be added beyond the factor: tables that grow by and by allocate now and then.
GATED = {'instructions': 0, 'allocations': 0.01}
# How often the host would look while it waits depends on how slow the tracer makes the others: no work of a request's.
FOLDERS = {'plain': Contestant('plain', 'sluice', looks=False),
           'policies': Contestant('policies', 'sluice', work='policies', looks=False),
           'chat': Contestant('chat', 'sluice', work='chat', looks=False)}
HANDLED = ('plain', 'policies', 'llm')  # Stages of sluice_bench.


def number_in(path, pattern):
    found = re.findall(pattern, path.read_text(errors='replace'), re.MULTILINE)
    if not found:
        fail(f'nothing counted in {path}')
    return int(found[-1].replace(',', ''))


def total_under(gateways, contestant, requests, wrap, output, pattern):
    """What the tracer `wrap`, which writes to `output`, counts in a run with so many requests."""
    gateway = gateways.start(contestant, wrap=wrap)
    measures.load(gateway, 'count', '', requests=requests, **WORK_REQUESTS.get(contestant.work, {}))
    gateways.processes.stop(gateway.process, process_tree(gateway.pid)[-1])
    return number_in(output, pattern)


def per_request(gateways, contestant, counts, tool, output, pattern):
    few, many = (total_under(gateways, contestant, requests, tool, output, pattern) for requests in counts)
    return (many - few) / (counts[1] - counts[0])


def requests_of(gateways, contestant, counts, folder):
    profile, heap, calls = (folder / f'{contestant.label}.{name}' for name in ('callgrind', 'memcheck', 'strace'))
    callgrind = ['valgrind', '--tool=callgrind', f'--callgrind-out-file={profile}']
    memcheck = ['valgrind', '--undef-value-errors=no', '--leak-check=no', f'--log-file={heap}']
    strace = ['strace', '-f', '-c', '-o', str(calls)]
    return {
        'instructions': round(per_request(gateways, contestant, counts, callgrind, profile, r'^totals: (\d+)')),
        'allocations': round(per_request(gateways, contestant, counts, memcheck, heap, r'usage: ([\d,]+) allocs'), 2),
        'system_calls': round(per_request(gateways, contestant, counts, strace, calls, r'^100\.00 +\S+ +\d+ +(\d+)'), 2),
    }


def idle_bytes(gateways, contestant, connections):
    gateway = gateways.start(contestant)
    found = measures.idle(gateway, '', connections)
    gateways.processes.stop(gateway.process)
    return round(found['bytes_per_connection'])


def handle(name):
    """A request through Gateway::handle in process, the transport answering at once."""
    wanted = f'gateway.handle.{name}'
    rows = map(json.loads, measures.run([str(BINARIES / 'sluice_bench'), wanted], '').splitlines())
    stage = next(row for row in rows if row['name'] == wanted)  # Others may begin with its name.
    return {'allocations': stage['allocations_per_operation'], 'microseconds': round(stage['median_ns'] / 1e3, 2)}


def measure(counts, connections, folder):
    with tempfile.TemporaryDirectory(prefix='sluice-bench-') as temporary, Processes(temporary) as processes:
        gateways = Gateways(processes, raise_descriptor_limit())
        found = {label: requests_of(gateways, contestant, counts, folder) for label, contestant in FOLDERS.items()}
        found[f'idle {connections}'] = {'bytes_per_connection': idle_bytes(gateways, FOLDERS['plain'], connections)}
    for name in HANDLED:
        found[f'handle.{name}'] = handle(name)
    return found


def compare(found, baseline):
    """Prints the figures beside those committed; what has grown too much."""
    grown = []
    print(f'{"":30}{"now":>12}{"baseline":>12}{"ratio":>8}')
    for group, figures in found.items():
        for name, now in figures.items():
            then = baseline.get(group, {}).get(name)
            bad = name in GATED and then is not None and now > then * ALLOWED_GROWTH + GATED[name]
            ratio = f'{now / then:.2f}' if then else '-'
            print(f'{group + " " + name:30}{now:12,}{"-" if then is None else format(then, ","):>12}{ratio:>8}'
                  + ('  grown' if bad else ''))
            if bad:
                grown.append(f'{group} {name}')
    return grown


def main():
    parser = argparse.ArgumentParser(prog='./dev bench micro', description=__doc__)
    parser.add_argument('--short', action='store_true', help='fewer requests and idle connections; for CI')
    parser.add_argument('--update', nargs='*', metavar='GROUP', help='make the figures of these groups (of all) the baseline')
    parser.add_argument('--json', default='build/bench/micro/figures.json', help='where to write the figures')
    options = parser.parse_args()
    if options.short and options.update is not None:
        parser.error('the baseline comes from the long form')
    counts, connections = ((200, 1200), 1000) if options.short else ((1000, 11000), 9000)
    output = pathlib.Path(options.json)
    output.parent.mkdir(parents=True, exist_ok=True)
    found = measure(counts, connections, output.parent)
    output.write_text(json.dumps(found, indent=2) + '\n')
    baseline = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    grown = compare(found, baseline)
    print(f'{output} holds these; the profiles beside it are for callgrind_annotate')
    if options.update is not None:
        for group in options.update:
            if group not in found:
                fail(f'there is no group {group}; there are {", ".join(found)}')
        baseline |= {group: found[group] for group in options.update or found}
        BASELINE.write_text(json.dumps(baseline, indent=2) + '\n')
    elif grown:
        fail(f'more than {BASELINE.name} allows: {", ".join(grown)}')


if __name__ == '__main__':
    main()
