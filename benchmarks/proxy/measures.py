# SPDX-License-Identifier: Apache-2.0
"""One measurement of one running gateway: puts load before it and returns figures by name."""
import json
import re
import subprocess
import time

from asking import CHATS
from gateways import BINARIES
from processes import cpu_ns, fail, memory_bytes, pinned

MIB = 1024 * 1024
WARM_UP_REQUESTS = 2000


def run(command, cpus):
    finished = subprocess.run(pinned(command, cpus), capture_output=True, text=True)
    if finished.returncode != 0:
        fail(f'{" ".join(command)}: {finished.stderr or finished.stdout}')
    return finished.stdout


def header_options(option, headers):
    return [part for name, value in headers.items() for part in (option, f'{name}: {value}')]


def load_command(gateway, mode, rest='/bytes/1024', **options):
    """The command line of bench_load; `options` as it names them, with _ for -, and lists for what is said again."""
    command = [str(BINARIES / 'bench_load'), mode, '--port', str(gateway.port), '--path', gateway.path(rest)]
    for name, value in options.items():
        for one in value if isinstance(value, list) else [value]:
            command += [f'--{name.replace("_", "-")}', str(one)]
    return command + header_options('--header', gateway.headers)


def load(gateway, mode, cpus, **options):
    return json.loads(run(load_command(gateway, mode, **options), cpus))


def per_request(gateway, work):
    """Runs work() -> (requests, figures), and adds the time on a processor for each request."""
    before = cpu_ns(gateway.pid)
    requests, figures = work()
    return {'cpu_us': (cpu_ns(gateway.pid) - before) / 1e3 / max(requests, 1), **figures}


def microseconds(text):
    number, unit = re.fullmatch(r'([\d.]+)(us|ms|s|m)', text).groups()
    return float(number) * {'us': 1, 'ms': 1e3, 's': 1e6, 'm': 6e7}[unit]


def closed_loop(gateway, cpus, connections, rest, seconds, body=None):
    """wrk: each connection sends its next request when it has its answer; POST of the file `body` when there is one."""
    command = ['wrk', '--threads', '1', '--connections', str(connections), '--duration', f'{seconds}s', '--latency']
    command += ['--script', str(CHATS / 'post.lua')] if body else []
    command += header_options('--header', gateway.headers) + [gateway.url(rest)] + (['--', str(body)] if body else [])

    def work():
        text = run(command, cpus)
        if re.search('Non-2xx|Socket errors', text):
            fail(f'{gateway.label}: {text}')
        return int(re.search(r'(\d+) requests in', text)[1]), {
            'requests_per_s': float(re.search(r'Requests/sec:\s+([\d.]+)', text)[1]),
            'p50_us': microseconds(re.search(r'\s50%\s+(\S+)', text)[1]),
            'p99_us': microseconds(re.search(r'\s99%\s+(\S+)', text)[1])}

    return per_request(gateway, work) | {'memory_mib': memory_bytes(gateway.pid) / MIB}


def http2(gateway, cpus, connections, streams, size, seconds):
    """h2load: so many streams at once on each connection."""
    command = ['h2load', '--clients', str(connections), '--max-concurrent-streams', str(streams), '--duration',
               str(seconds)] + header_options('--header', gateway.headers) + [gateway.url(f'/bytes/{size}')]

    def work():
        text = run(command, cpus)
        done, failed = re.search(r'(\d+) succeeded, (\d+) failed', text).groups()
        if int(done) == 0 or int(failed) != 0:
            fail(f'{gateway.label}: {text}')
        return int(done), {'requests_per_s': float(re.search(r'([\d.]+) req/s', text)[1])}

    return per_request(gateway, work) | {'memory_mib': memory_bytes(gateway.pid) / MIB}


def latency(gateway, cpus, requests):
    """The median latency of one connection that asks again and again."""
    got = load(gateway, 'count', cpus, requests=requests)
    return {'p50_us': got['p50_us'], 'p99_us': got['p99_us']}


def fixed_rate(gateway, cpus, connections, rate, seconds):
    """Latencies below saturation, from the time at which each request was meant to be sent."""

    def work():
        got = load(gateway, 'rate', cpus, connections=connections, rate=rate, seconds=seconds)
        return got['done'], {name: got[name] for name in ('p50_us', 'p99_us')}

    return per_request(gateway, work)


def overload(gateway, cpus, connections, seconds):
    """Twice as many requests as the gateway can answer, at a fixed rate, for so long; it may answer some with 503."""
    capacity = closed_loop(gateway, cpus, 256, '/bytes/1024', seconds)['requests_per_s']
    got = load(gateway, 'overload', cpus, connections=connections, rate=2 * capacity, seconds=seconds)
    answered = got['done'] + got['refused']
    return {'goodput': got['done'] / got['seconds'], 'goodput_percent': 100 * got['done'] / got['seconds'] / capacity,
            'p99_us': got['p99_us'], 'refused_percent': 100 * got['refused'] / max(answered, 1)}


def events(gateway, cpus, streams, count, delay_us, rest='/stream', **options):
    """Server-sent events: from their sending by the origin to the client. `options` as bench_load has them."""

    def work():
        got = load(gateway, 'events', cpus, rest=rest, connections=streams, events=count, delay_us=delay_us, **options)
        return got['done'] + got['first_done'], got

    return per_request(gateway, work)


def delays(gateway, cpus, mode, **options):
    """bench_delays, which takes what bench_load takes."""
    command = load_command(gateway, mode, **options)
    return json.loads(run([str(BINARIES / 'bench_delays')] + command[1:], cpus))


def mixed(gateway, cpus, requests):
    got = delays(gateway, cpus, 'mixed', requests=requests)
    return {name: got[name] for name in ('p50_us', 'p99_us', 'max_us', 'slow')}


def leaving(gateway, cpus, origin_ports, rest, times, **options):
    """From the end of a client's connection to that of the origin's."""
    got = delays(gateway, cpus, 'leave', rest=rest, requests=times, origin=origin_ports, **options)
    return {name: got[name] for name in ('p50_us', 'p99_us', 'max_us')}


def idle(gateway, cpus, connections):
    """Memory for each connection that has had one answer and waits."""
    load(gateway, 'count', cpus, connections=32, requests=WARM_UP_REQUESTS)
    time.sleep(0.5)
    before = memory_bytes(gateway.pid)
    holder = subprocess.Popen(pinned(load_command(gateway, 'idle', connections=connections), cpus),
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    ready = holder.stdout.readline()
    time.sleep(1)
    during = memory_bytes(gateway.pid)
    holder.stdin.close()
    if holder.wait() != 0 or not ready:
        fail(f'{gateway.label} did not hold {connections} connections')
    return {'bytes_per_connection': (during - before) / connections, 'memory_mib': during / MIB}
