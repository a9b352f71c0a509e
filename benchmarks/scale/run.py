# SPDX-License-Identifier: Apache-2.0
"""How long the host takes until it serves a large service, how much memory for that, and routing among its APIs."""
import argparse
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'proxy'))
from processes import Processes, fail, free_port  # noqa: E402

BINARIES = HERE.parent.parent / 'build/bench/bin'
GLOBAL_POLICY = '''<policies>
  <inbound>
    <cors><allowed-origins><origin>*</origin></allowed-origins><allowed-headers><header>*</header></allowed-headers></cors>
  </inbound>
  <backend><forward-request /></backend>
  <outbound />
  <on-error />
</policies>'''
OWN_POLICY = '''<policies>
  <inbound>
    <base />
    <set-header name="X-Operation" exists-action="override"><value>@(context.Operation.Id)</value></set-header>
    <choose>
      <when condition="@(context.Request.Headers.GetValueOrDefault("X-Tenant", "") == "NAME")">
        <set-variable name="tenant" value="NAME" />
      </when>
    </choose>
  </inbound>
  <backend><base /></backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>'''


def read_options():
    parser = argparse.ArgumentParser(prog='./dev bench scale', description=__doc__)
    parser.add_argument('--apis', type=int, default=1000)
    parser.add_argument('--operations', type=int, default=10, help='of each API')
    parser.add_argument('--rounds', type=int, default=5)
    return parser.parse_args()


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))


def operation_of(number):
    parameters = [{'name': 'id', 'in': 'path', 'required': True, 'schema': {'type': 'string'}},
                  {'name': 'q', 'in': 'query', 'schema': {'type': 'integer'}}]
    schema = {'type': 'object', 'properties': {'id': {'type': 'string'}, 'n': {'type': 'integer'}}}
    answer = {'description': 'one', 'content': {'application/json': {'schema': schema}}}
    return {'operationId': f'operation-{number}', 'parameters': parameters, 'responses': {'200': answer}}


def write_api(folder, number, operations):
    write_json(folder / 'apiInformation.json', {'properties': {
        'displayName': f'API {number}', 'path': f'team-{number % 20}/api-{number}', 'protocols': ['https'],
        'serviceUrl': f'http://127.0.0.1:9/{number}', 'subscriptionRequired': False}})
    (folder / 'policy.xml').write_text(OWN_POLICY.replace('NAME', f'api-{number}'))
    paths = {}
    for o in range(operations):
        path = f'/resources-{o // 2}/{{id}}' + ('/details' if o % 3 == 0 else '')
        paths.setdefault(path, {})['get' if o % 2 == 0 else 'post'] = operation_of(o)
        own = folder / f'operations/operation-{o}'
        own.mkdir(parents=True)
        (own / 'policy.xml').write_text(OWN_POLICY.replace('NAME', f'operation-{o}'))
    write_json(folder / 'specification.json', {
        'openapi': '3.0.1', 'info': {'title': f'API {number}', 'version': '1'}, 'paths': paths})


def write_artifacts(folder, options):
    folder.mkdir()
    (folder / 'policy.xml').write_text(GLOBAL_POLICY)
    for number in range(options.apis):
        write_api(folder / f'apis/api-{number}', number, options.operations)


def most_memory_mb(pid):
    with open(f'/proc/{pid}/status') as status:
        return int(re.search(r'^VmHWM:\s+(\d+) kB', status.read(), re.MULTILINE)[1]) / 1024


def start_once(processes, artifacts):
    """Seconds until it listens, and the most memory that it has had by then."""
    port = free_port()
    begin = time.monotonic()
    host = processes.start('sluice', [str(BINARIES / 'sluice'), 'run', str(artifacts), '--listen', f'127.0.0.1:{port}'],
                           stdout=subprocess.PIPE, text=True)
    for line in host.stdout:
        if line.startswith('listening on '):
            break
    else:
        fail(f'the host has ended:\n{processes.log_of("sluice")}')
    seconds = time.monotonic() - begin
    memory = most_memory_mb(host.pid)
    if processes.stop(host) != 0:
        fail('the host did not end well')
    return seconds, memory


def main():
    options = read_options()
    with tempfile.TemporaryDirectory(prefix='sluice-scale-') as folder, Processes(folder) as processes:
        artifacts = pathlib.Path(folder) / 'artifacts'
        write_artifacts(artifacts, options)
        rounds = [start_once(processes, artifacts) for _ in range(options.rounds)]
    print(f'{options.apis} APIs, {options.apis * options.operations} operations, as many policy documents')
    print(f'until it listens: {statistics.median(seconds for seconds, _ in rounds):.2f} s (median of {options.rounds})')
    print(f'most memory:      {max(memory for _, memory in rounds):.0f} MB')
    print(subprocess.run([str(BINARIES / 'sluice_bench'), 'router.'], check=True, capture_output=True, text=True).stdout)


if __name__ == '__main__':
    main()
