# SPDX-License-Identifier: Apache-2.0
"""Minutes of mixed load with faults on both sides, while the artifacts are loaded anew every few seconds: nothing may
be answered wrongly, and memory and descriptors may not grow."""
import argparse
import collections
import contextlib
import json
import math
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'proxy'))
from load import MET_CLOSING  # noqa: E402
from processes import Processes, fail, free_port, memory_bytes, raise_descriptor_limit  # noqa: E402

KIB = 1024
WARM_UP_SHARE = 0.5     # of the time: pools and arenas fill
LEAST_GROWTH = 2 * KIB  # KiB over the fitted time; below, it is noise of the allocator
MET_CLOSING_SHARE = 0.01  # of all uploads at most: the origin rarely closes a connection in the moment that it is taken
LOADS = 2               # processes


def read_options():
    parser = argparse.ArgumentParser(prog='./dev soak', description=__doc__)
    parser.add_argument('minutes', type=float, nargs='?', default=30)
    parser.add_argument('--callers', type=int, default=60)
    parser.add_argument('--workers', type=int, default=2)
    parser.add_argument('--reload', type=float, default=5, help='seconds between reloads')
    parser.add_argument('--seed', type=int, default=int(time.time()))
    parser.add_argument('--sluice', default=str(HERE.parent.parent / 'build/bench/bin/sluice'))
    parser.add_argument('--json', default='build/bench/soak.json', help='where to write the figures')
    return parser.parse_args()


def descriptors(pid):
    return len(os.listdir(f'/proc/{pid}/fd'))


def start_origin(processes):
    origin = processes.start('origin', [sys.executable, '-B', str(HERE / 'origin.py')], stdout=subprocess.PIPE, text=True)
    return int(origin.stdout.readline())


def start_gateway(processes, options, origin):
    artifacts = pathlib.Path(processes.folder) / 'artifacts'
    shutil.copytree(HERE / 'artifacts', artifacts)
    for information in artifacts.glob('apis/*/apiInformation.json'):
        information.write_text(information.read_text().replace('127.0.0.1:9000', f'127.0.0.1:{origin}'))
    port = free_port()
    command = [options.sluice, 'run', str(artifacts), '--settings', str(HERE / 'settings.json'),
               '--listen', f'127.0.0.1:{port}', '--workers', str(options.workers)]
    gateway = processes.start('sluice', command)
    processes.wait_for_port('sluice', gateway, port)
    return gateway, port


def start_loads(processes, options, port):
    def command(number):
        return [sys.executable, '-B', str(HERE / 'load.py'), str(port), str(options.callers // LOADS),
                str(options.minutes * 60), str(options.seed + number)]
    return [processes.start('load', command(number), stdout=subprocess.PIPE, text=True) for number in range(LOADS)]


def watch(gateway, loads, options):
    """Samples of (seconds, KiB, descriptors), and how often the artifacts were loaded."""
    begin, samples, reloads = time.monotonic(), [], 0
    while any(load.poll() is None for load in loads):
        if gateway.poll() is not None:
            fail(f'the gateway has ended with {gateway.returncode}')
        now = time.monotonic() - begin
        samples.append((now, memory_bytes(gateway.pid) / KIB, descriptors(gateway.pid)))
        if now >= (reloads + 1) * options.reload:
            gateway.send_signal(signal.SIGHUP)
            reloads += 1
        time.sleep(1)
    return samples, reloads


def fit(points):
    """Slope, its standard error, and the time between first and last point."""
    count = len(points)
    mean_x, mean_y = (sum(point[axis] for point in points) / count for axis in (0, 1))
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    residual = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in points)
    return slope, math.sqrt(residual / max(count - 2, 1) / spread), points[-1][0] - points[0][0]


def at_rest(gateway):
    """Descriptors and KiB once every idle connection has got too old."""
    fewest = descriptors(gateway.pid)
    for _ in range(20):
        time.sleep(0.5)
        fewest = min(fewest, descriptors(gateway.pid))
    return fewest, memory_bytes(gateway.pid) / KIB


def report(figures):
    memory = figures['memory']
    print(f"{figures['exchanges']} exchanges in {figures['seconds']:.0f} s, {figures['reloads']} reloads, "
          f"seed {figures['seed']}")
    for name, count in sorted(figures['done'].items()):
        print(f'  {name:40} {count:9}')
    print(f"wrong answers: {figures['wrong_count']}")
    for reason in figures['wrong']:
        print(f'  {reason}')
    print(f"memory: {memory['first_kib']:.0f} KiB after the warm-up, {memory['last_kib']:.0f} at the end, "
          f"{memory['rest_kib']:.0f} at rest; slope {memory['slope_kib_per_minute']:+.1f} "
          f"± {memory['error_kib_per_minute']:.1f} KiB a minute")
    print(f"descriptors: {figures['descriptors']['before']} before, at most {figures['descriptors']['most']}, "
          f"{figures['descriptors']['rest']} at rest")


def judge(figures):
    """What is not as it must be."""
    memory, open_files = figures['memory'], figures['descriptors']
    growth = memory['slope_kib_per_minute'] * memory['fitted_minutes']
    noise = 3 * memory['error_kib_per_minute'] * memory['fitted_minutes']
    problems = []
    if figures['wrong_count']:
        problems.append(f"{figures['wrong_count']} wrong answers")
    done = figures['done']
    uploads = sum(done.get(name, 0) for name in ('upload', 'slow_upload', 'early', 'pipeline', MET_CLOSING))
    if done.get(MET_CLOSING, 0) > MET_CLOSING_SHARE * uploads:
        problems.append(f'{done[MET_CLOSING]} of {uploads} uploads met a closing connection')
    if growth > max(noise, LEAST_GROWTH):
        problems.append(f'memory has grown by {growth:.0f} KiB')
    if open_files['rest'] > open_files['before']:
        problems.append(f"{open_files['rest'] - open_files['before']} descriptors were left open")
    if figures['exit_code'] != 0:
        problems.append(f"the gateway ended with {figures['exit_code']}")
    return problems


def soak(options, processes):
    origin = start_origin(processes)
    gateway, port = start_gateway(processes, options, origin)
    time.sleep(0.5)
    before = descriptors(gateway.pid)
    loads = start_loads(processes, options, port)
    samples, reloads = watch(gateway, loads, options)
    results = []
    for load in loads:
        text = load.stdout.read()
        if load.wait() != 0 or not text:
            fail(f"a load has failed:\n{processes.log_of('load')}")
        results.append(json.loads(text))
    done = sum((collections.Counter(result['done']) for result in results), collections.Counter())
    fitted = [sample for sample in samples if sample[0] >= WARM_UP_SHARE * samples[-1][0]]
    if len(fitted) < 10:
        fail('too short to say anything of memory')
    slope, error, seconds = fit([(when, memory) for when, memory, _ in fitted])
    rest, rest_kib = at_rest(gateway)
    return {
        'seed': options.seed, 'seconds': samples[-1][0], 'reloads': reloads, 'exchanges': sum(done.values()),
        'done': done, 'wrong': [reason for result in results for reason in result['wrong']],
        'wrong_count': sum(result['wrong_count'] for result in results),
        'memory': {'first_kib': fitted[0][1], 'last_kib': fitted[-1][1], 'rest_kib': rest_kib,
                   'slope_kib_per_minute': slope * 60, 'error_kib_per_minute': error * 60,
                   'fitted_minutes': seconds / 60},
        'descriptors': {'before': before, 'most': max(sample[2] for sample in samples), 'rest': rest},
        'exit_code': processes.stop(gateway), 'samples': samples}


def main():
    options = read_options()
    raise_descriptor_limit()
    with tempfile.TemporaryDirectory(prefix='sluice-soak-') as folder, Processes(folder) as processes:
        figures = soak(options, processes)
    report(figures)
    output = pathlib.Path(options.json)
    with contextlib.suppress(FileExistsError):
        output.parent.mkdir(parents=True)
    output.write_text(json.dumps(figures) + '\n')
    if problems := judge(figures):
        fail('; '.join(problems))
    print('nothing was wrong')


if __name__ == '__main__':
    main()
