// SPDX-License-Identifier: Apache-2.0
// gRPC from end to end: a client of `@grpc/grpc-js` calls a server of the same through the host, over HTTP/2 on both
// sides. What a call means to the client must be what it means without a host between them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import grpc from '@grpc/grpc-js';

import { service, startEcho } from './grpc_echo.mjs';
import { api, makeCertificate, makeFolder, startHost } from './host.mjs';

const Echo = grpc.makeGenericClientConstructor(service, 'Echo');

let echo;
let folder;
let hosts;
let clients;  // Without TLS by prior knowledge, and over TLS by ALPN.

before(async () => {
  echo = await startEcho();
  folder = makeFolder();
  const certificate = makeCertificate(folder);
  const files = api('test.Echo', `http://127.0.0.1:${echo.port}/test.Echo`, '<forward-request />', 'grpc');
  hosts = [await startHost(files, { http2PriorKnowledge: true }), await startHost(files, { listenTls: { certificates: [certificate] } })];
  const trusted = grpc.credentials.createSsl(readFileSync(certificate.certificateFile));
  clients = [grpc.credentials.createInsecure(), trusted].map((credentials, i) => new Echo(`127.0.0.1:${hosts[i].port}`, credentials));
});

after(async () => {
  for (const client of clients) client.close();
  echo.stop();
  for (const host of hosts) assert.equal(await host.stop(), 0);
  folder.remove();
});

/// A call with one answer: its message, or its error, and the metadata around it.
function unary(client, name, message, fields = {}) {
  const metadata = new grpc.Metadata();
  for (const [key, value] of Object.entries(fields)) metadata.set(key, value);
  return new Promise((resolve) => {
    const got = {};
    const call = client[name](message, metadata, (error, answer) => Object.assign(got, { error, answer }));
    call.on('metadata', (leading) => Object.assign(got, { leading }));
    call.on('status', (status) => resolve(Object.assign(got, { status })));
  });
}

/// Everything of a call with a stream of answers. `status` is the last thing a call tells, after its error.
function collect(call) {
  return new Promise((resolve) => {
    const got = { messages: [] };
    call.on('data', (message) => got.messages.push(message.toString()));
    call.on('error', (error) => Object.assign(got, { error }));
    call.on('status', (status) => resolve(Object.assign(got, { status })));
  });
}

test('a unary call, with metadata in front of the message and behind it', async () => {
  for (const client of clients) {
    const got = await unary(client, 'Unary', Buffer.from('hello'), { 'x-mine': 'one' });
    assert.equal(got.answer.toString(), 'hello');
    assert.equal(got.status.code, grpc.status.OK);
    assert.deepEqual(got.leading.get('x-seen'), ['one']);
    assert.deepEqual(got.status.metadata.get('x-raw-bin'), [Buffer.from('olleh')]);
  }
});

test('messages of every size', async () => {
  for (const size of [0, 1, 16_384, 65_535, 65_536, 3 << 20]) {
    const message = Buffer.alloc(size, 'm');
    assert.ok((await unary(clients[0], 'Unary', message)).answer.equals(message));
  }
});

test('a stream of answers', async () => {
  for (const client of clients) {
    const { messages, status } = await collect(client.Split(Buffer.from('abc')));
    assert.deepEqual(messages, ['a', 'b', 'c']);
    assert.equal(status.code, grpc.status.OK);
    assert.deepEqual(status.metadata.get('x-sum'), ['3']);
  }
});

test('a stream of requests', async () => {
  const answer = new Promise((resolve, reject) => {
    const call = clients[0].Collect((error, message) => (error ? reject(error) : resolve(message)));
    for (const text of ['ab', 'cd', 'ef']) call.write(Buffer.from(text));
    call.end();
  });
  assert.equal((await answer).toString(), 'abcdef');
});

test('both at the same time: each message is answered before the next is sent', async () => {
  for (const client of clients) {
    const call = client.Chat();
    for (let i = 0; i < 20; ++i) {
      const answer = once(call, 'data');
      call.write(Buffer.from(`message ${i}`));
      assert.equal((await answer)[0].toString(), `message ${i}`);
    }
    call.end();
    const [status] = await once(call, 'status');
    assert.equal(status.code, grpc.status.OK);
  }
});

test('an error without a message', async () => {
  for (const client of clients) {
    const { error } = await unary(client, 'Fail', Buffer.from('x'));
    assert.equal(error.code, grpc.status.NOT_FOUND);
    assert.equal(error.details, 'no such thing');
    assert.deepEqual(error.metadata.get('x-why'), ['gone']);
  }
});

test('an error in the trailers, behind messages', async () => {
  for (const client of clients) {
    const { messages, error, status } = await collect(client.FailLate(Buffer.from('first')));
    assert.deepEqual(messages, ['first']);
    assert.equal(error.code, grpc.status.RESOURCE_EXHAUSTED);
    assert.equal(status.details, 'änough');
    assert.deepEqual(status.metadata.get('x-why'), ['full']);
  }
});

test('a method that is not there', async () => {
  const client = new grpc.Client(`127.0.0.1:${hosts[0].port}`, grpc.credentials.createInsecure());
  const asIs = (bytes) => bytes;
  const error = await new Promise((resolve) =>
    client.makeUnaryRequest('/test.Echo/Nothing', asIs, asIs, Buffer.from('x'), (failed) => resolve(failed)));
  assert.equal(error.code, grpc.status.UNIMPLEMENTED);
  client.close();
});

test('a client that cancels, and one that waits no longer, end the call at the server', async () => {
  for (const how of ['cancel', 'deadline']) {
    const cancelled = once(echo.events, 'cancelled');
    const options = how === 'deadline' ? { deadline: Date.now() + 200 } : {};
    const call = clients[0].Hang(Buffer.from('first'), new grpc.Metadata(), options);
    const ended = collect(call);
    await once(call, 'data');
    if (how === 'cancel') call.cancel();
    const { messages, error } = await ended;
    assert.deepEqual(messages, ['first']);
    assert.equal(error.code, how === 'cancel' ? grpc.status.CANCELLED : grpc.status.DEADLINE_EXCEEDED);
    await cancelled;
  }
});

test('many calls at the same time over one connection', async () => {
  await Promise.all(Array.from({ length: 300 }, async (_, i) => {
    const { messages } = await collect(clients[i % 2].Split(Buffer.from(String(i).padStart(3, '0'))));
    assert.equal(messages.join(''), String(i).padStart(3, '0'));
  }));
});
