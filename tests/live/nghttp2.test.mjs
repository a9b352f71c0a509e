// SPDX-License-Identifier: Apache-2.0
// The programs of nghttp2 on both sides of the host: `nghttp` and `h2load` call, `nghttpd` answers. They share a library
// with the host, but not what the host decides around it: frames with padding, heads in CONTINUATION, small windows,
// few streams, trailers, many streams at a time.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { api, makeCertificate, makeFolder, portOf, startHost } from './host.mjs';

const run = promisify(execFile);
const sizes = [0, 1, 16_384, 65_535, 1 << 20];

let folder;
let hosts;  // Without TLS by prior knowledge, and over TLS by ALPN.
let told = '';  // What the backend of that name says it has seen.
const backends = [];

/// Runs `nghttpd` on the folder's files; its port. `tls`: files of key and certificate.
async function startBackend(options, tls = []) {
  const program = spawn(process.env.SLUICE_NGHTTPD, ['--address=127.0.0.1', `--htdocs=${folder.file('files')}`, '--echo-upload',
    ...options, ...(tls.length === 0 ? ['--no-tls'] : []), '0', ...tls], { stdio: ['ignore', 'pipe', 'inherit'] });
  backends.push(program);
  program.stdout.on('data', (text) => {
    if (options.includes('--verbose')) told += text;
  });
  await once(program, 'spawn');
  return portOf(program);
}

before(async () => {
  folder = makeFolder(Object.fromEntries(sizes.map((size) => [`files/${size}`, Buffer.alloc(size, 'f')])));
  const { certificateFile, keyFile } = makeCertificate(folder);
  const plain = await startBackend(['--trailer=x-sum: 1']);
  const strict = await startBackend(['--padding=200', '--max-concurrent-streams=3', '--window-bits=8']);
  const secure = await startBackend(['--no-content-length'], [keyFile, certificateFile]);
  const telling = await startBackend(['--verbose']);
  const policy = '<forward-request http-version="2" buffer-response="false" />';
  const files = {
    ...api('plain', `http://127.0.0.1:${plain}`, policy),
    ...api('strict', `http://127.0.0.1:${strict}`, policy),
    ...api('secure', `https://127.0.0.1:${secure}`, policy),
    ...api('telling', `http://127.0.0.1:${telling}`, policy),
  };
  const trust = { tls: { caFile: certificateFile } };
  hosts = [
    { ...await startHost(files, { http2PriorKnowledge: true, ...trust }), scheme: 'http' },
    { ...await startHost(files, { listenTls: { certificates: [{ certificateFile, keyFile }] }, ...trust }), scheme: 'https' },
  ];
});

after(async () => {
  for (const host of hosts ?? []) assert.equal(await host.stop(), 0);
  for (const backend of backends) backend.kill();
  folder.remove();
});

const urlOf = (host, path) => `${host.scheme}://127.0.0.1:${host.port}${path}`;

/// One call of nghttp; the bytes of the answer's body.
async function fetch(host, path, ...options) {
  const { stdout } = await run('nghttp', ['--no-verify-peer', ...options, urlOf(host, path)], { encoding: 'buffer', maxBuffer: 64 << 20 });
  return stdout;
}

/// One call of nghttp, as the frames that came: their lines.
async function frames(host, path, ...options) {
  const { stdout } = await run('nghttp', ['--no-verify-peer', '--null-out', '--verbose', ...options, urlOf(host, path)], { maxBuffer: 64 << 20 });
  return stdout;
}

for (const name of ['plain', 'strict', 'secure']) {
  test(`files of every size arrive whole from the ${name} backend`, async () => {
    for (const host of hosts) {
      for (const size of sizes) assert.equal((await fetch(host, `/${name}/${size}`)).length, size);
    }
  });

  test(`an upload comes back from the ${name} backend`, async () => {
    for (const host of hosts) {
      const body = await fetch(host, `/${name}/upload`, `--data=${folder.file(`files/${1 << 20}`)}`);
      assert.ok(body.equals(Buffer.alloc(1 << 20, 'f')));
    }
  });
}

test('trailers pass, and no push is offered', async () => {
  const seen = await frames(hosts[0], '/plain/1');
  assert.match(seen, /:status: 200/);
  assert.match(seen, /x-sum: 1/);
  assert.doesNotMatch(seen, /PUSH_PROMISE/);
});

test('trailers of a request pass', async () => {
  const body = await fetch(hosts[0], '/telling/upload', `--data=${folder.file('files/16384')}`, '--trailer=x-end: 2');
  assert.equal(body.length, 16_384);
  while (!/x-end: 2/.test(told)) await once(backends.at(-1).stdout, 'data');
});

test('a head in CONTINUATION, padded frames, small windows, a small table of fields', async () => {
  for (const host of hosts) {
    assert.equal((await fetch(host, '/plain/1', '--continuation')).length, 1);
    const upload = `--data=${folder.file('files/65535')}`;
    assert.equal((await fetch(host, '/strict/upload', upload, '--padding=255')).length, 65_535);
    assert.equal((await fetch(host, `/strict/${1 << 20}`, '--window-bits=10', '--connection-window-bits=12')).length, 1 << 20);
    assert.equal((await fetch(host, '/plain/16384', '--header-table-size=0', '--encoder-header-table-size=0')).length, 16_384);
  }
});

test('an expectation is answered once the body is wanted (R11)', async () => {
  const seen = await frames(hosts[0], '/plain/upload', '--expect-continue', `--data=${folder.file('files/16384')}`);
  assert.match(seen, /:status: 100/);
  assert.match(seen, /:status: 200/);
});

test('H6: no change to HTTP/2 by Upgrade', async () => {
  const { stdout, stderr } = await run('nghttp', ['--upgrade', '--verbose', '--null-out', urlOf(hosts[0], '/plain/1')]).catch((failed) => failed);
  assert.match(stdout + stderr, /HTTP Upgrade (failed|was not successful)/i);
  assert.match(stdout, /HTTP\/1\.1 200/);
});

for (const name of ['plain', 'strict', 'secure']) {
  test(`h2load: many streams of several connections at a time, to the ${name} backend`, async () => {
    for (const host of hosts) {
      const requests = 2_000;
      const { stdout } = await run('h2load', [`--requests=${requests}`, '--clients=4', '--max-concurrent-streams=50', urlOf(host, `/${name}/16384`)]);
      assert.match(stdout, new RegExp(`${requests} succeeded, 0 failed, 0 errored, 0 timeout`));
      assert.match(stdout, new RegExp(`status codes: ${requests} 2xx`));
    }
  });
}

test('h2load: uploads, many at a time', async () => {
  const options = ['--requests=500', '--clients=2', '--max-concurrent-streams=20', `--data=${folder.file('files/65535')}`];
  const { stdout } = await run('h2load', [...options, urlOf(hosts[0], '/strict/upload')]);
  assert.match(stdout, /500 succeeded, 0 failed, 0 errored, 0 timeout/);
  assert.match(stdout, /status codes: 500 2xx/);
});
