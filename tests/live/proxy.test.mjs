// SPDX-License-Identifier: Apache-2.0
// The host behind Tinyproxy: http as whole URLs, https through tunnels, over HTTP/1.1 and HTTP/2, with user and password.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createPlain } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createListener } from 'node:net';
import { after, before, test } from 'node:test';

import { api, makeCertificate, makeFolder, portOf, startHost } from './host.mjs';

let folder;
let host;
let proxy;
const backends = [];

/// Tinyproxy takes no port 0.
async function freePort() {
  const listener = createListener().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address();
  listener.close();
  await once(listener, 'close');
  return port;
}

async function startProxy() {
  const port = await freePort();
  const config = makeFolder({ 'tinyproxy.conf': `Port ${port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 50\nAllow 127.0.0.1\n` +
    `BasicAuth anna wort\nLogLevel Info\nLogFile "${folder.file('proxy.log')}"\nViaProxyName "tinyproxy"\n` });
  proxy = spawn(process.env.SLUICE_TINYPROXY, ['-d', '-c', config.file('tinyproxy.conf')], { stdio: ['ignore', 'ignore', 'inherit'] });
  await once(proxy, 'spawn');
  assert.equal(await portOf(proxy), port);
  config.remove();
  return port;
}

async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  backends.push(server);
  return server.address().port;
}

/// Says how it was called.
const tell = (request, response) =>
  response.end(JSON.stringify({ version: request.httpVersion, url: request.url, via: request.headers.via,
    proxy: request.headers['proxy-authorization'] ?? null }));

before(async () => {
  folder = makeFolder();
  const { certificateFile, keyFile } = makeCertificate(folder);
  const by = await startProxy();
  const plain = await listen(createPlain(tell));
  const secure = await listen(createSecureServer({ cert: readFileSync(certificateFile), key: readFileSync(keyFile), allowHTTP1: true }, tell));
  const through = (user) => `<proxy url="http://127.0.0.1:${by}" ${user} />`;
  const known = through('username="anna" password="wort"');
  const files = { };
  const add = (name, url, proxyPolicy, version = '1') => {
    Object.assign(files, api(name, url, `<forward-request http-version="${version}" />`));
    const policy = `artifacts/apis/${name}/policy.xml`;
    files[policy] = files[policy].replace('<inbound>', `<inbound>${proxyPolicy}`);
  };
  add('plain', `http://127.0.0.1:${plain}`, known);
  add('secure', `https://127.0.0.1:${secure}`, known);
  add('h2', `https://127.0.0.1:${secure}`, known, '2or1');
  add('stranger', `https://127.0.0.1:${secure}`, through('username="anna" password="falsch"'));
  add('nobody', `http://127.0.0.1:${plain}`, through(''));
  host = await startHost(files, { tls: { caFile: certificateFile } });
});

after(async () => {
  assert.equal(await host?.stop(), 0);
  proxy?.kill();
  for (const backend of backends) backend.close();
  folder.remove();
});

const get = (path) => fetch(`http://127.0.0.1:${host.port}${path}`);

for (const [name, version] of [['plain', '1.1'], ['secure', '1.1'], ['h2', '2.0']]) {
  test(`${name}: requests reach the backend, their proxy's credentials do not`, async () => {
    for (let i = 0; i < 5; i += 1) {
      const answer = await get(`/${name}/x?y=${i}`);
      assert.equal(answer.status, 200);
      const told = await answer.json();
      assert.equal(told.version, version);
      assert.equal(told.url, `/x?y=${i}`);
      assert.equal(told.proxy, null);
      assert.equal(/tinyproxy/.test(told.via), name === 'plain');
    }
  });
}

for (const name of ['stranger', 'nobody']) {
  test(`${name}: a user that the proxy does not know gets nowhere`, async () => {
    const answer = await get(`/${name}/x`);
    assert.equal(answer.status, 500);
    assert.equal((await get(`/${name}/x`)).status, 500);
  });
}

test('tunnels are used again', () => {
  const connects = readFileSync(folder.file('proxy.log'), 'utf8').match(/CONNECT 127\.0\.0\.1:\d+ HTTP\/1\.1/g);
  // One each of `secure` and `h2`, and two that were refused: they may be logged more than once each.
  assert.ok(connects.length >= 2 && connects.length <= 8, `${connects.length} tunnels`);
});
