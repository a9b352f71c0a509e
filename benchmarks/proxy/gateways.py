# SPDX-License-Identifier: Apache-2.0
"""How each gateway is configured and started. All of them listen on 127.0.0.1 and forward to one origin, or to a
pool of two."""
import json
import pathlib
import shutil
import subprocess
from dataclasses import dataclass, field

from asking import CHATS, WORK_HEADERS
from processes import free_port
from verification import VERIFICATIONS

HERE = pathlib.Path(__file__).resolve().parent
PEERS = HERE.parent / 'peers'
BUILD = HERE.parent.parent / 'build' / 'bench'
BINARIES = BUILD / 'bin'

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
    work: str = 'plain'            # One of WORK_HEADERS.
    buffer_bytes: int = 16 * 1024  # HAProxy's; it is best when an answer fits, and no larger.
    looks: bool = True             # Whether the host looks for events for a moment before it sleeps.

    def path(self, rest):
        """How a client asks for what the origin calls `rest`."""
        if self.kind == 'portkey':
            return f'/v1{rest}'
        return f'/api/items{rest}' if self.work == 'policies' else rest


@dataclass
class Gateway:
    """One that runs."""
    contestant: Contestant
    port: int
    process: subprocess.Popen
    admin_port: int = 0
    more_headers: dict = field(default_factory=dict)

    @property
    def headers(self):
        return WORK_HEADERS[self.contestant.work] | self.more_headers

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


def nginx_command(folder, contestant, words, peer='nginx'):
    fill(PEERS / 'nginx/tuning.conf', folder / 'tuning.conf', words)
    fill(PEERS / peer / 'nginx.conf', folder / 'nginx.conf', words | {'LISTENER': NGINX_LISTENERS[contestant.listener]})
    return ['nginx', '-p', str(folder), '-c', str(folder / 'nginx.conf'), '-e', str(folder / 'error.log')]


def lua_command(folder, contestant, words):
    shutil.copy(PEERS / 'lua/gateway.lua', folder)
    return nginx_command(folder, contestant, words, 'lua')


def portkey_command(folder, contestant, words):
    program = BUILD / 'portkey/node_modules/@portkey-ai/gateway/build/start-server.js'
    return ['env', 'NODE_ENV=production', 'node', '--require', str(PEERS / 'portkey/loopback.cjs'), str(program),
            f'--port={words["PORT"]}', '--headless']


def portkey_headers(words):
    """Its configuration comes with each request: two members that share the load."""
    members = [{'provider': 'openai', 'api_key': f'{name}-secret', 'weight': 0.5, 'custom_host': f'http://127.0.0.1:{words[port]}'}
               for name, port in (('first', 'ORIGIN'), ('second', 'SECOND'))]
    return {'x-portkey-config': json.dumps({'strategy': {'mode': 'loadbalance'}, 'targets': members})}


def haproxy_command(folder, contestant, words):
    fill(PEERS / 'haproxy/haproxy.cfg', folder / 'haproxy.cfg',
         words | {'LISTENER': HAPROXY_LISTENERS[contestant.listener]})
    return ['haproxy', '-db', '-f', str(folder / 'haproxy.cfg')]


def sluice_settings(folder, contestant, words):
    """The settings of the host, with the certificate that the folder holds when it is to listen with one."""
    settings = json.loads((HERE / 'settings.json').read_text())
    settings['http2PriorKnowledge'] = contestant.listener == 'h2c'
    if contestant.work == 'chat':
        settings['admin'] = f'127.0.0.1:{words["ADMIN"]}'
        settings['limits']['http']['queue_delay'] = '1m'  # Streams are to be late, where the machine is busy, not refused.
    if not contestant.looks:
        settings['pollMicroseconds'] = 0
    if contestant.listener in ('tls', 'h2'):
        certificate = {'certificateFile': str(folder / 'certificate.pem'), 'keyFile': str(folder / 'key.pem')}
        settings['listenTls'] = {'certificates': [certificate], 'http2': contestant.listener == 'h2'}
    (folder / 'settings.json').write_text(json.dumps(settings))
    return folder / 'settings.json'


def sluice_command(folder, contestant, words):
    artifacts = folder / 'artifacts'
    shutil.copytree(HERE / 'artifacts' / contestant.work, artifacts)
    for information in artifacts.glob('*/*/*Information.json'):
        text = information.read_text().replace('127.0.0.1:9000', f'127.0.0.1:{words["ORIGIN"]}')
        information.write_text(text.replace('127.0.0.1:9001', f'127.0.0.1:{words["SECOND"]}'))
    return [words['HOST'], 'run', str(artifacts), '--settings', str(sluice_settings(folder, contestant, words)),
            '--listen', f'127.0.0.1:{words["PORT"]}', '--workers', str(contestant.workers)]


COMMANDS = {'nginx': nginx_command, 'haproxy': haproxy_command, 'sluice': sluice_command, 'lua': lua_command,
            'portkey': portkey_command}


class Gateways:
    """Starts gateways before two origins, most before the first alone; `wrap` goes before their command (a tracer).
    `host`: the program that Sluice is."""

    def __init__(self, processes, descriptors, load_cpus='', host=BINARIES / 'sluice'):
        self.processes = processes
        self.descriptors = descriptors
        self.load_cpus = load_cpus
        self.host = str(host)
        self.started = 0
        self.origin_port, self.second_port = (self.start_origin(name) for name in ('origin', 'second'))

    def start_origin(self, name):
        origin = self.processes.start(name, [str(BINARIES / 'bench_origin'), str(CHATS / 'answer.json')], self.load_cpus,
                                      stdout=subprocess.PIPE, text=True)
        return int(origin.stdout.readline())

    def start(self, contestant, cpus='', wrap=()):
        self.started += 1
        folder = pathlib.Path(self.processes.folder) / f'{self.started}-{contestant.kind}'
        folder.mkdir()
        if contestant.kind != 'sluice' or contestant.listener != 'http':
            make_certificate(folder)
        port, admin_port = free_port(), free_port()
        # HAProxy needs two descriptors for each connection.
        words = {'PORT': port, 'ADMIN': admin_port, 'ORIGIN': self.origin_port, 'SECOND': self.second_port,
                 'HOST': self.host, 'WORKERS': contestant.workers, 'FOLDER': folder, 'BUFFER': contestant.buffer_bytes,
                 'DESCRIPTORS': self.descriptors, 'CONNECTIONS': (self.descriptors - 200) // 2}
        command = list(wrap) + COMMANDS[contestant.kind](folder, contestant, words)
        process = self.processes.start(folder.name, command, cpus)
        self.processes.wait_for_port(folder.name, process, port)
        gateway = Gateway(contestant, port, process, admin_port,
                          portkey_headers(words) if contestant.kind == 'portkey' else {})
        if contestant.listener in ('http', 'tls'):
            VERIFICATIONS[contestant.work](gateway)
        return gateway
