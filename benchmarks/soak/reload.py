# SPDX-License-Identifier: Apache-2.0
"""Load on a host whose artifacts change all the time: no request may fail, none may see two configurations, and memory
returns. Inbound notes the generation that it was compiled with; outbound answers 500 when its own is another one."""
import argparse
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'proxy'))
import measures  # noqa: E402
from asking import POLICY_HEADERS, ask  # noqa: E402
from gateways import Contestant, Gateways  # noqa: E402
from processes import Processes, fail, memory_bytes, pinned, raise_descriptor_limit  # noqa: E402

KIB = 1024
MOST_GROWTH = 2 * KIB  # KiB; below, it is noise of the allocator
NOTE = '<set-variable name="generation" value="{{generation}}" />'
COMPARE = '''<choose>
      <when condition="@((string)context.Variables["generation"] != "{{generation}}")">
        <return-response><set-status code="500" reason="Two configurations" /></return-response>
      </when>
    </choose>
    <set-header name="X-Generation" exists-action="override"><value>{{generation}}</value></set-header>'''


def read_options():
    parser = argparse.ArgumentParser(prog='./dev soak reload', description=__doc__)
    parser.add_argument('--seconds', type=float, default=30)
    parser.add_argument('--rate', type=int, default=10_000, help='requests a second')
    parser.add_argument('--every', type=float, default=0.1, help='seconds between changes')
    parser.add_argument('--connections', type=int, default=32)
    parser.add_argument('--gateway-cpus', default='0')
    parser.add_argument('--load-cpus', default='1')
    return parser.parse_args()


class Artifacts:
    """The folder of the running gateway."""

    def __init__(self, folder):
        self.generation = 0
        self.value = folder / 'named values/generation/namedValueInformation.json'
        self.value.parent.mkdir(parents=True)
        self.change()
        policy = folder / 'apis/bench/policy.xml'
        text = policy.read_text()
        inbound, outbound = '<inbound>', '</outbound>'
        policy.write_text(text.replace(inbound, inbound + NOTE).replace(outbound, COMPARE + outbound))

    def change(self):
        """A reader sees the old file or the new one."""
        self.generation += 1
        written = self.value.with_name('.written')
        written.write_text(json.dumps({'properties': {'displayName': 'generation', 'value': str(self.generation)}}))
        written.rename(self.value)


def generation_of(gateway):
    response, _ = ask(gateway, '/bytes/16', POLICY_HEADERS)
    return int(response.headers['X-Generation'] or 0)


def reach(gateway, artifacts):
    """Waits until requests see the newest generation."""
    deadline = time.monotonic() + 10
    while generation_of(gateway) != artifacts.generation:
        if time.monotonic() > deadline:
            fail(f'generation {artifacts.generation} is not served')
        time.sleep(0.02)


def load_command(gateway, options, seconds):
    command = measures.load_command(gateway, 'rate', rate=options.rate, seconds=seconds, connections=options.connections)
    return pinned(command, options.load_cpus)


def change_under_load(gateway, artifacts, options):
    """The figures of the load, and how many generations a probe has met."""
    load = subprocess.Popen(load_command(gateway, options, options.seconds), stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)
    begin, seen = time.monotonic(), set()
    while load.poll() is None:
        artifacts.change()
        gateway.process.send_signal(signal.SIGHUP)
        seen.add(generation_of(gateway))
        time.sleep(max(0.0, begin + artifacts.generation * options.every - time.monotonic()))
    text = load.stdout.read()
    if load.returncode != 0:
        fail(f'a request has failed: {text}')
    return json.loads(text), len(seen)


def main():
    options = read_options()
    descriptors = raise_descriptor_limit()
    with tempfile.TemporaryDirectory(prefix='sluice-reload-') as folder, Processes(folder) as processes:
        gateways = Gateways(processes, descriptors, options.load_cpus)
        gateway = gateways.start(Contestant('sluice', 'sluice', work='policies'), options.gateway_cpus)
        artifacts = Artifacts(pathlib.Path(folder) / '1-sluice/artifacts')
        gateway.process.send_signal(signal.SIGHUP)
        reach(gateway, artifacts)
        subprocess.run(load_command(gateway, options, 2), check=True, stdout=subprocess.DEVNULL)
        before = memory_bytes(gateway.pid) / KIB
        figures, seen = change_under_load(gateway, artifacts, options)
        reach(gateway, artifacts)
        after = memory_bytes(gateway.pid) / KIB
        code = processes.stop(gateway.process)
    print(f"{figures['done']} requests in {figures['seconds']:.1f} s, all answered 200; p50 {figures['p50_us']:.0f} us, "
          f"p99 {figures['p99_us']:.0f} us, longest {figures['max_us'] / 1e3:.1f} ms")
    print(f'{artifacts.generation} changes, {seen} generations met by a probe; memory {before:.0f} KiB before, '
          f'{after:.0f} after')
    if after > before + MOST_GROWTH:
        fail(f'memory has grown by {after - before:.0f} KiB')
    if code != 0:
        fail(f'the gateway ended with {code}')


if __name__ == '__main__':
    main()
