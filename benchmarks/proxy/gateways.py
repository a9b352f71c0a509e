# SPDX-License-Identifier: Apache-2.0
"""How each gateway is configured, started, and asked. All of them listen on 127.0.0.1 and forward to one origin."""
import http.client
import json
import pathlib
import shutil
import ssl
import subprocess
from dataclasses import dataclass, field

from processes import fail, free_port

HERE = pathlib.Path(__file__).resolve().parent
PEERS = HERE.parent / 'peers'
BINARIES = HERE.parent.parent / 'build' / 'bench' / 'bin'

ORDINARY_HEADERS = {'User-Agent': 'bench/1', 'Accept': '*/*'}
POLICY_HEADERS = ORDINARY_HEADERS | {'Ocp-Apim-Subscription-Key': 'bench-primary-key', 'X-Tenant': 'alpha', 'X-Debug': '1'}

# What a listener may be: plain HTTP/1.1, that over TLS 1.3, HTTP/2 over TLS 1.3, HTTP/2 with prior knowledge.
LISTENERS = ('http', 'tls', 'h2', 'h2c')
NGINX_LISTENERS = {'http': '', 'tls': 'ssl', 'h2': 'ssl http2', 'h2c': 'http2'}
HAPROXY_LISTENERS = {'http': '', 'tls': 'ssl crt @FOLDER@/both.pem alpn http/1.1',
                     'h2': 'ssl crt @FOLDER@/both.pem alpn h2', 'h2c': 'proto h2'}


@dataclass
class Contestant:
    """A gateway in a case: which, and how it is set up."""
    label: str
    kind: str
    workers: int = 1
    listener: str = 'http'
    policies: bool = False
    buffer_bytes: int = 16 * 1024  # HAProxy's; it is best when an answer fits, and no larger.
    looks: bool = True             # Whether the host looks for events for a moment before it sleeps.

    @property
    def headers(self):
        return POLICY_HEADERS if self.policies else ORDINARY_HEADERS

    def path(self, rest):
        """How a client asks for what the origin calls `rest`."""
        return f'/api/items{rest}' if self.policies else rest


@dataclass
class Gateway:
    """One that runs."""
    contestant: Contestant
    port: int
    process: subprocess.Popen
    headers: dict = field(init=False)

    def __post_init__(self):
        self.headers = self.contestant.headers

    @property
    def label(self):
        return self.contestant.label

    @property
    def pid(self):
        return self.process.pid

    def path(self, rest):
        return self.contestant.path(rest)

    def url(self, rest):
        scheme = 'https' if self.contestant.listener in ('tls', 'h2') else 'http'
        return f'{scheme}://127.0.0.1:{self.port}{self.path(rest)}'


def fill(template, target, words):
    text = template.read_text()
    for _ in range(2):  # Words may hold words.
        for name, value in words.items():
            text = text.replace(f'@{name}@', str(value))
    target.write_text(text)


def make_certificate(folder):
    """A certificate of its own for 127.0.0.1, as nginx and HAProxy want it."""
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
                    '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2',
                    '-keyout', folder / 'key.pem', '-out', folder / 'certificate.pem'], check=True, capture_output=True)
    (folder / 'both.pem').write_text((folder / 'certificate.pem').read_text() + (folder / 'key.pem').read_text())


def nginx_command(folder, contestant, words):
    fill(PEERS / 'nginx/nginx.conf', folder / 'nginx.conf', words | {'LISTENER': NGINX_LISTENERS[contestant.listener]})
    return ['nginx', '-p', str(folder), '-c', str(folder / 'nginx.conf'), '-e', str(folder / 'error.log')]


def haproxy_command(folder, contestant, words):
    fill(PEERS / 'haproxy/haproxy.cfg', folder / 'haproxy.cfg',
         words | {'LISTENER': HAPROXY_LISTENERS[contestant.listener]})
    return ['haproxy', '-db', '-f', str(folder / 'haproxy.cfg')]


def sluice_settings(folder, contestant):
    """The settings of the host, with the certificate that the folder holds when it is to listen with one."""
    settings = json.loads((HERE / 'settings.json').read_text())
    settings['http2PriorKnowledge'] = contestant.listener == 'h2c'
    if not contestant.looks:
        settings['pollMicroseconds'] = 0
    if contestant.listener in ('tls', 'h2'):
        certificate = {'certificateFile': str(folder / 'certificate.pem'), 'keyFile': str(folder / 'key.pem')}
        settings['listenTls'] = {'certificates': [certificate], 'http2': contestant.listener == 'h2'}
    (folder / 'settings.json').write_text(json.dumps(settings))
    return folder / 'settings.json'


def sluice_command(folder, contestant, words):
    artifacts = folder / 'artifacts'
    shutil.copytree(HERE / 'artifacts' / ('policies' if contestant.policies else 'plain'), artifacts)
    information = artifacts / 'apis/bench/apiInformation.json'
    information.write_text(information.read_text().replace('127.0.0.1:9000', f'127.0.0.1:{words["ORIGIN"]}'))
    return [str(BINARIES / 'sluice'), 'run', str(artifacts), '--settings', str(sluice_settings(folder, contestant)),
            '--listen', f'127.0.0.1:{words["PORT"]}', '--workers', str(contestant.workers)]


COMMANDS = {'nginx': nginx_command, 'haproxy': haproxy_command, 'sluice': sluice_command}


class Gateways:
    """Starts gateways before one origin; `wrap` goes before their command (a tracer)."""

    def __init__(self, processes, descriptors, load_cpus=''):
        self.processes = processes
        self.descriptors = descriptors
        self.load_cpus = load_cpus
        self.started = 0
        origin = processes.start('origin', [str(BINARIES / 'bench_origin')], load_cpus, stdout=subprocess.PIPE, text=True)
        self.origin_port = int(origin.stdout.readline())

    def start(self, contestant, cpus='', wrap=()):
        self.started += 1
        folder = pathlib.Path(self.processes.folder) / f'{self.started}-{contestant.kind}'
        folder.mkdir()
        if contestant.kind != 'sluice' or contestant.listener != 'http':
            make_certificate(folder)
        port = free_port()
        # HAProxy needs two descriptors for each connection.
        words = {'PORT': port, 'ORIGIN': self.origin_port, 'WORKERS': contestant.workers, 'FOLDER': folder, 'BUFFER': contestant.buffer_bytes,
                 'DESCRIPTORS': self.descriptors, 'CONNECTIONS': (self.descriptors - 200) // 2}
        command = list(wrap) + COMMANDS[contestant.kind](folder, contestant, words)
        process = self.processes.start(folder.name, command, cpus)
        self.processes.wait_for_port(folder.name, process, port)
        gateway = Gateway(contestant, port, process)
        if contestant.listener in ('http', 'tls'):
            verify(gateway)
        return gateway


def ask(gateway, rest, headers):
    kind = http.client.HTTPConnection
    options = {}
    if gateway.contestant.listener == 'tls':
        kind = http.client.HTTPSConnection
        options = {'context': ssl._create_unverified_context()}
    connection = kind('127.0.0.1', gateway.port, timeout=30, **options)
    connection.request('GET', gateway.path(rest), headers=headers)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response, body


def verify(gateway):
    """Ends the run unless the gateway forwards, and does what its policies say."""
    response, body = ask(gateway, '/bytes/1024', gateway.headers)
    right = response.status == 200 and len(body) == 1024
    if right and gateway.contestant.policies:
        response, body = ask(gateway, '/echo/1', gateway.headers)
        sent_on = body.lower()
        refused, _ = ask(gateway, '/echo/1', ORDINARY_HEADERS)
        right = (body.startswith('GET /echo/1?tenant=alpha ') and 'x-gateway: sluice' in sent_on
                 and 'x-consumer: bench' in sent_on and 'x-debug' not in sent_on
                 and response.headers['X-Backend'] is None and refused.status == 401)
    if not right:
        fail(f'{gateway.label} does not do what it should: {response.status} {body[:1000]}')
