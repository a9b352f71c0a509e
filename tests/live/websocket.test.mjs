// SPDX-License-Identifier: Apache-2.0
// WebSockets of `ws` and of `undici` through the host to a server of `ws`: what real peers make of the handshake, of
// frames of all sizes, of Close and Ping, and of a peer that reads slowly.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { after, before, test } from 'node:test';

import * as undici from 'undici';
import { WebSocket, WebSocketServer } from 'ws';

import { startHost } from './host.mjs';

let backend;
let host;
let url;
const closes = new EventEmitter();  // Of the backend's sockets.
let pings = 0;

before(async () => {
  backend = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: true, handleProtocols: (offered) => [...offered].at(-1) });
  await once(backend, 'listening');
  backend.on('connection', (socket, request) => {
    socket.on('ping', () => ++pings);
    socket.on('close', (code, reason) => closes.emit('close', code, reason.toString()));
    socket.on('message', (data, binary) => {
      const text = binary ? '' : data.toString();
      if (text.startsWith('close ')) return socket.close(Number(text.slice(6)), 'as told');
      if (text.startsWith('flood ')) return flood(socket, Number(text.slice(6)));
      if (text === 'terminate') return socket.terminate();
      if (text === 'fields') return socket.send(JSON.stringify(request.headers));
      socket.send(data, { binary });
    });
  });
  host = await startHost({
    'artifacts/apis/live/apiInformation.json': JSON.stringify({
      properties: { displayName: 'Live', path: 'live', type: 'websocket', protocols: ['ws'], subscriptionRequired: false,
        serviceUrl: `ws://127.0.0.1:${backend.address().port}` },
    }),
    'artifacts/apis/live/operations/onHandshake/policy.xml': `<policies><inbound><base />
      <set-header name="X-Gateway" exists-action="override"><value>sluice</value></set-header></inbound>
      <backend><base /></backend><outbound><base /></outbound></policies>`,
  });
  url = `ws://127.0.0.1:${host.port}/live/chat`;
});

after(async () => {
  for (const socket of backend.clients) socket.terminate();
  backend.close();
  assert.equal(await host.stop(), 0);
});

function flood(socket, count) {
  const block = Buffer.alloc(64 * 1024, 'x');
  for (let i = 0; i < count; ++i) socket.send(block);
}

async function open(options, protocols = []) {
  const socket = new WebSocket(url, protocols, options);
  await once(socket, 'open');
  return socket;
}

async function echo(socket, data) {
  const answer = once(socket, 'message');
  socket.send(data);
  const [message, binary] = await answer;
  assert.equal(binary, Buffer.isBuffer(data));
  assert.ok(Buffer.from(data).equals(message));
}

test('messages of every size come back as they were sent, compressed or not', async () => {
  for (const perMessageDeflate of [false, true]) {
    const socket = await open({ perMessageDeflate });
    for (const size of [0, 1, 125, 126, 127, 1000, 65535, 65536, 65537, 1 << 20]) await echo(socket, randomBytes(size));
    await echo(socket, 'ä€😀 text');
    socket.close();
    await once(socket, 'close');
  }
});

test('the handshake carries its end-to-end fields, and policies run on it', async () => {
  const socket = await open({ headers: { 'X-Mine': '1' }, origin: 'http://example.com' }, ['chat', 'superchat']);
  assert.equal(socket.protocol, 'superchat');
  const answer = once(socket, 'message');
  socket.send('fields');
  const fields = JSON.parse((await answer)[0]);
  assert.equal(fields['x-mine'], '1');
  assert.equal(fields['x-gateway'], 'sluice');
  assert.equal(fields.origin, 'http://example.com');
  socket.close();
  await once(socket, 'close');
});

test('close codes reach the other end, in both directions', async () => {
  for (const code of [1000, 1001, 1008, 1011, 3000, 4999]) {
    const told = await open();
    const closed = once(told, 'close');
    told.send(`close ${code}`);
    const [got, reason] = await closed;
    assert.deepEqual([got, reason.toString()], [code, 'as told']);
  }
  for (const code of [1000, 3001, 4000]) {
    const socket = await open();
    const told = once(closes, 'close');
    socket.close(code, 'enough');
    await once(socket, 'close');
    assert.deepEqual(await told, [code, 'enough']);
  }
});

test('an end that is cut looks cut to the other', async () => {
  const socket = await open();
  socket.on('error', () => {});  // A reset is one.
  const closed = once(socket, 'close');
  socket.send('terminate');
  assert.equal((await closed)[0], 1006);
});

test('Ping and Pong pass', async () => {
  const socket = await open();
  const before = pings;
  const pong = once(socket, 'pong');
  socket.ping('are you there');
  assert.equal((await pong)[0].toString(), 'are you there');
  assert.equal(pings, before + 1);
  socket.close();
  await once(socket, 'close');
});

test('many connections at the same time', async () => {
  await Promise.all(Array.from({ length: 100 }, async () => {
    const socket = await open();
    for (let i = 0; i < 20; ++i) await echo(socket, randomBytes(i * 397));
    socket.close();
    await once(socket, 'close');
  }));
});

test('a peer that reads slowly gets everything, and the host does not grow', async () => {
  const socket = await open({ perMessageDeflate: false });
  const blocks = 1000;  // 62 MiB
  const before = host.residentKilobytes();
  let received = 0;
  let most = 0;
  const all = new Promise((resolve) => {
    socket.on('message', (data) => {
      received += data.length;
      if (received === blocks * 64 * 1024) return resolve();
      if (received % (100 * 64 * 1024) !== 0) return;
      socket.pause();
      most = Math.max(most, host.residentKilobytes() - before);
      setTimeout(() => socket.resume(), 20);
    });
  });
  socket.send(`flood ${blocks}`);
  await all;
  assert.ok(most < 8 * 1024, `grew by ${most} KiB`);
  socket.close();
  await once(socket, 'close');
});

test('the WebSocket of undici passes as well', async () => {
  const socket = new undici.WebSocket(url);
  socket.binaryType = 'arraybuffer';
  await once(socket, 'open');
  for (const size of [1, 126, 65536, 1 << 20]) {
    const data = randomBytes(size);
    const answer = once(socket, 'message');
    socket.send(data);
    assert.ok(data.equals(Buffer.from((await answer)[0].data)));
  }
  const closed = once(socket, 'close');
  socket.close(4001, 'done');
  const [event] = await closed;
  assert.equal(event.code, 4001);
  assert.equal(event.wasClean, true);
});

test('a request that is no handshake finds nothing', async () => {
  const answer = await undici.request(url.replace('ws:', 'http:'));
  assert.equal(answer.statusCode, 404);
  await answer.body.dump();
});
