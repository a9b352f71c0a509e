// SPDX-License-Identifier: Apache-2.0
// A service of gRPC that sends back what it gets, in each of the four kinds of calls. Messages are bytes as they are.
import { EventEmitter } from 'node:events';

import grpc from '@grpc/grpc-js';

const asIs = (bytes) => bytes;
const method = (name, requestStream, responseStream) => ({
  path: `/test.Echo/${name}`, requestStream, responseStream,
  requestSerialize: asIs, requestDeserialize: asIs, responseSerialize: asIs, responseDeserialize: asIs,
});

export const service = {
  Unary: method('Unary', false, false),
  Collect: method('Collect', true, false),
  Split: method('Split', false, true),
  Chat: method('Chat', true, true),
  Fail: method('Fail', false, false),
  FailLate: method('FailLate', false, true),
  Hang: method('Hang', false, true),
};

/// Metadata of which the trailing part says how it went.
function metadata(fields) {
  const made = new grpc.Metadata();
  for (const [name, value] of Object.entries(fields)) made.set(name, value);
  return made;
}

const implementation = (events) => ({
  Unary(call, done) {
    call.sendMetadata(metadata({ 'x-seen': call.metadata.get('x-mine').join() }));
    done(null, call.request, metadata({ 'x-raw-bin': Buffer.from(call.request.subarray(0, 16)).reverse() }));
  },
  Collect(call, done) {
    const pieces = [];
    call.on('data', (piece) => pieces.push(piece));
    call.on('end', () => done(null, Buffer.concat(pieces)));
  },
  Split(call) {
    for (const byte of call.request) call.write(Buffer.of(byte));
    call.end(metadata({ 'x-sum': String(call.request.length) }));
  },
  Chat(call) {
    call.on('data', (piece) => call.write(piece));
    call.on('end', () => call.end());
  },
  Fail: (call, done) => done({ code: grpc.status.NOT_FOUND, details: 'no such thing', metadata: metadata({ 'x-why': 'gone' }) }),
  FailLate(call) {
    call.write(call.request);
    call.emit('error', { code: grpc.status.RESOURCE_EXHAUSTED, details: 'änough', metadata: metadata({ 'x-why': 'full' }) });
  },
  Hang(call) {
    call.write(call.request);
    call.on('cancelled', () => events.emit('cancelled'));
  },
});

/// The service on a free port.
export async function startEcho() {
  const server = new grpc.Server();
  const events = new EventEmitter();  // `cancelled`: a call that hangs.
  server.addService(service, implementation(events));
  const port = await new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))));
  return { port, events, stop: () => server.forceShutdown() };
}
