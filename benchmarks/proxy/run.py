# SPDX-License-Identifier: Apache-2.0
"""Sluice beside others, in rounds; `./dev bench proxy` is the one with nginx and HAProxy."""
import argparse
import json
import os
import pathlib
import tempfile
from dataclasses import dataclass, field

import report
from cases import CASES, H2_CASES, TLS_CASES, Bench
from gateways import BINARIES, Gateways
from processes import Processes, fail, raise_descriptor_limit, wait_until_quiet

IDLE_CONNECTIONS = 9000
DESCRIPTION = """Sluice beside {peers}, on this machine and in the same minutes.

The gateway has one processor, origin and load the others. Contestants of a case take turns, in rounds that begin with
another one each time; each begins when the one before has done what it still had to do. Figures are medians, ratios are
those to the first contestant in the same round. CPU is the time on a processor of all threads of a gateway, by the
scheduler's own account. Quote ratios: times depend on the machine and on whoever shares it.

Added latency is mostly that of waking another processor; with --gateway-cpus and --load-cpus the same one, it is the
work of the gateway."""


@dataclass
class Suite:
    """What one command measures; `more` are cases that an option adds."""
    command: str
    peers: str
    cases: dict
    more: dict = field(default_factory=dict)


def read_options(suite):
    parser = argparse.ArgumentParser(prog=f'./dev bench {suite.command}', description=DESCRIPTION.format(peers=suite.peers),
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--seconds', type=int, default=2, help='of each measurement')
    parser.add_argument('--short', action='store_true', help='three rounds of one second')
    parser.add_argument('--cases', help=f'some of: {",".join(suite.cases)}')
    for name in suite.more:
        parser.add_argument(f'--{name}', action='store_true', help=f'also {name}')
    parser.add_argument('--gateway-cpus', help='processors of the gateway (the first one)')
    parser.add_argument('--load-cpus', help='processors of load and origin (the others)')
    parser.add_argument('--host', type=pathlib.Path, default=BINARIES / 'sluice', help='the program that Sluice is')
    parser.add_argument('--json', default=f'build/bench/{suite.command}.json', help='where to write the figures')
    options = parser.parse_args()
    if options.short:
        options.rounds, options.seconds = 3, 1
    cpus = [str(cpu) for cpu in sorted(os.sched_getaffinity(0))]
    options.gateway_cpus = options.gateway_cpus or cpus[0]
    options.load_cpus = options.load_cpus or ','.join(cpus[1:] or cpus)
    options.two_cpus = ','.join(cpus[:2])
    options.cpus_beside_two = ','.join(cpus[2:] or cpus)
    return options


def chosen_cases(suite, options):
    known = suite.cases | {name: case for cases in suite.more.values() for name, case in cases.items()}
    names = options.cases.split(',') if options.cases else list(suite.cases)
    for option, cases in suite.more.items():
        names += list(cases) if getattr(options, option) else []
    for name in names:
        if name not in known:
            fail(f'there is no case {name}; there are {", ".join(known)}')
    return {name: known[name] for name in dict.fromkeys(names)}


def run_case(case, bench, options):
    cpus = options.two_cpus if case.spread else options.gateway_cpus
    started = [bench.gateways.start(contestant, cpus) for contestant in case.contestants]
    results = {gateway.label: [] for gateway in started}
    spinning = bench.gateways.processes.keep_awake() if case.awake else []
    def measure(gateway):
        figures = case.measure(bench, gateway)
        wait_until_quiet(gateway.label, gateway.pid)
        return figures

    for gateway in started if case.warm else []:
        measure(gateway)
    for number in range(1 if case.once else options.rounds):
        first = number % len(started)
        for gateway in started[first:] + started[:first]:
            results[gateway.label].append(measure(gateway))
    for process in spinning + [gateway.process for gateway in started]:
        bench.gateways.processes.stop(process)
    summary = report.summarise(results, case.columns)
    report.print_table(case.title, summary, case.columns)
    report.print_targets(case.targets, results, case.columns)
    return summary


def run_cases(options, cases):
    descriptors = raise_descriptor_limit()
    idle = min(IDLE_CONNECTIONS, (descriptors - 400) // 2)
    found = {}
    for name, case in cases.items():
        with tempfile.TemporaryDirectory(prefix='sluice-bench-') as folder, Processes(folder) as processes:
            os.chmod(folder, 0o755)  # The workers of nginx may run as another user.
            load_cpus = options.cpus_beside_two if case.spread else options.load_cpus
            bench = Bench(Gateways(processes, descriptors, load_cpus, options.host), options.seconds, load_cpus, idle)
            found[name] = run_case(case, bench, options)
    return found


def main(suite):
    options = read_options(suite)
    cases = chosen_cases(suite, options)
    print(f'{options.rounds} rounds of {options.seconds} s; gateway on processor {options.gateway_cpus}, '
          f'origin and load on {options.load_cpus}; sluice is {options.host}', flush=True)
    found = run_cases(options, cases)
    output = pathlib.Path(options.json)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(found, indent=2) + '\n')
    print(f'\n{output} holds these')


if __name__ == '__main__':
    main(Suite('proxy', 'nginx and HAProxy', CASES, {'tls': TLS_CASES, 'h2': H2_CASES}))
