// SPDX-License-Identifier: Apache-2.0
// The host forwards over HTTP/2 to servers that others wrote: Node's own, and that of `@grpc/grpc-js`. What real peers
// make of its frames, windows, trailers and resets.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import { after, before, test } from 'node:test';

import grpc from '@grpc/grpc-js';

import { startEcho } from './grpc_echo.mjs';
import { api, startHost } from './host.mjs';

let backend;
let echo;
let host;
const seen = { sessions: 0, resets: [] };

before(async () => {
  backend = http2.createServer();
  backend.on('session', () => ++seen.sessions);
  backend.on('stream', (stream, headers) => {
    stream.on('close', () => seen.resets.push(stream.rstCode));
    stream.on('error', () => {});
    const path = headers[':path'];
    if (path === '/big') {
      stream.respond({ ':status': 200 });
      return stream.end(Buffer.alloc(3 << 20, 'b'));
    }
    if (path === '/trailers') {
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '5' }));
      return stream.end('hello');
    }
    if (path === '/hang') return stream.respond({ ':status': 200 }), stream.write('first');
    if (path.startsWith('/fields')) {
      stream.respond({ ':status': 200, 'content-type': 'application/json' });
      return stream.end(JSON.stringify(headers));
    }
    stream.respond({ ':status': 201, 'x-method': headers[':method'] });
    stream.pipe(stream);
  });
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
  echo = await startEcho();
  host = await startHost({
    ...api('node', `http://127.0.0.1:${backend.address().port}`, '<forward-request http-version="2" buffer-response="false" />'),
    ...api('test.Echo', `http://127.0.0.1:${echo.port}/test.Echo`, '<forward-request />', 'grpc'),
  });
});

after(async () => {
  backend.close();
  echo.stop();
  assert.equal(await host.stop(), 0);
});

/// One request over HTTP/1.1; its answer with its body and trailers.
async function call(path, { verb = 'GET', headers = {}, body } = {}) {
  const request = http.request({ host: '127.0.0.1', port: host.port, path, method: verb, headers });
  if (body !== undefined) request.write(body);
  request.end();
  const [answer] = await once(request, 'response');
  const pieces = [];
  for await (const piece of answer) pieces.push(piece);
  return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(pieces), trailers: answer.trailers };
}

/// A gRPC message with its frame.
function framed(message) {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
const grpcCall = (name, ...messages) => call(`/test.Echo/${name}`, {
  verb: 'POST', headers: { 'content-type': 'application/grpc', te: 'trailers' }, body: Buffer.concat(messages.map(framed)),
});

test('requests arrive, answers come back, over one connection', async () => {
  const before = seen.sessions;
  const answers = await Promise.all(Array.from({ length: 30 }, (_, i) =>
    call('/node/echo', { verb: 'POST', body: `body ${i}` })));
  answers.forEach((answer, i) => {
    assert.equal(answer.status, 201);
    assert.equal(answer.body.toString(), `body ${i}`);
  });
  assert.ok(seen.sessions - before <= 1);
});

test('the head is what HTTP/2 wants', async () => {
  const fields = JSON.parse((await call('/node/fields?a=b', { headers: { 'X-A': 'b', cookie: 'c=d; e=f' } })).body);
  assert.equal(fields[':path'], '/fields?a=b');
  assert.equal(fields[':authority'], `127.0.0.1:${backend.address().port}`);
  assert.equal(fields['x-a'], 'b');
  assert.equal(fields.cookie, 'c=d; e=f');
  assert.equal(fields.te, 'trailers');
  assert.equal(fields.host, undefined);
});

test('large bodies pass in both directions, within the windows', async () => {
  const body = Buffer.alloc(3 << 20, 'u');
  assert.deepEqual((await call('/node/echo', { verb: 'PUT', body })).body, body);
  assert.equal((await call('/node/big')).body.length, 3 << 20);
});

test('trailers reach a caller of HTTP/1.1', async () => {
  const answer = await call('/node/trailers');
  assert.equal(answer.body.toString(), 'hello');
  assert.equal(answer.trailers['x-sum'], '5');
});

test('a caller who leaves resets the stream', async () => {
  const before = seen.resets.length;
  const request = http.get({ host: '127.0.0.1', port: host.port, path: '/node/hang' });
  request.on('error', () => {});
  const [answer] = await once(request, 'response');
  answer.on('error', () => {});
  await once(answer, 'data');
  request.destroy();
  while (seen.resets.length === before) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(seen.resets.at(-1), http2.constants.NGHTTP2_CANCEL);
});

test('gRPC: a unary call, with its status behind the message', async () => {
  const answer = await grpcCall('Unary', Buffer.from('hello'));
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.body, framed(Buffer.from('hello')));
  assert.equal(answer.trailers['grpc-status'], '0');
});

test('gRPC: streams of messages in both directions', async () => {
  const collected = await grpcCall('Collect', Buffer.from('ab'), Buffer.from('cd'));
  assert.deepEqual(collected.body, framed(Buffer.from('abcd')));
  const split = await grpcCall('Split', Buffer.from('abc'));
  assert.deepEqual(split.body, Buffer.concat(['a', 'b', 'c'].map((text) => framed(Buffer.from(text)))));
  assert.equal(split.trailers['x-sum'], '3');
  const chat = await grpcCall('Chat', Buffer.from('x'), Buffer.from('y'));
  assert.deepEqual(chat.body, Buffer.concat([framed(Buffer.from('x')), framed(Buffer.from('y'))]));
});

test('gRPC: an error without a message', async () => {
  const answer = await grpcCall('Fail', Buffer.from('hello'));
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['grpc-status'] ?? answer.trailers['grpc-status'], String(grpc.status.NOT_FOUND));
});
