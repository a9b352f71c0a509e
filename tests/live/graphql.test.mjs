// SPDX-License-Identifier: Apache-2.0
// The client of `graphql-ws` (over `ws` and over the WebSocket of `undici`) as a subscriber of a GraphQL API whose
// mutations publish, and `graphql` as the judge of what the schema says of itself.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { buildClientSchema, getIntrospectionQuery, parse, validate } from 'graphql';
import { createClient } from 'graphql-ws';
import * as undici from 'undici';
import { WebSocket } from 'ws';

import { startHost } from './host.mjs';

let service;
let host;

/// Orders: a POST adds one, /customers/<id> knows names.
async function startService() {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (data) => (body += data));
    request.on('end', () => {
      response.setHeader('Content-Type', 'application/json');
      if (request.method === 'POST') return response.end(JSON.stringify({ id: 7, customerId: 2, ...JSON.parse(body) }));
      const id = request.url.split('/').at(-1);
      response.end(JSON.stringify({ id, name: `customer ${id}` }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function resolver(field, method, url, body = '', response = '') {
  const folder = `artifacts/apis/shop/resolvers/${field.replace('/', '-')}`;
  return {
    [`${folder}/resolverInformation.json`]: JSON.stringify({ properties: { path: field } }),
    [`${folder}/policy.xml`]: `<http-data-source><http-request><set-method>${method}</set-method><set-url>${url}</set-url>${body}
      </http-request>${response}</http-data-source>`,
  };
}

before(async () => {
  service = await startService();
  const base = `http://127.0.0.1:${service.address().port}`;
  host = await startHost({
    'artifacts/apis/shop/apiInformation.json': JSON.stringify({
      properties: { displayName: 'Shop', path: 'shop', type: 'graphql', subscriptionRequired: false },
    }),
    'artifacts/apis/shop/specification.graphql': `
      type Query { order(id: ID!): Order }
      type Mutation { addOrder(name: String!): Order }
      type Subscription { orderAdded(from: ID): Order }
      type Order { id: ID! name: String! customer: Customer }
      type Customer { id: ID! name: String! }`,
    ...resolver('Mutation/addOrder', 'POST', `${base}/orders`,
      '<set-body template="liquid">{"name": "{{body.arguments.name}}"}</set-body>',
      '<http-response><publish-event><targets><graphql-subscription id="orderAdded" /></targets></publish-event></http-response>'),
    ...resolver('Order/customer', 'GET', `@($"${base}/customers/{context.GraphQL.Parent["customerId"]}")`),
    ...resolver('Query/order', 'GET', `@($"${base}/orders/{context.GraphQL.Arguments["id"]}")`),
    'artifacts/apis/shop/policy.xml': `<policies><inbound><base />
      <check-header name="Origin" failed-check-httpcode="403" failed-check-error-message="no" ignore-case="true">
        <value>http://shop.example</value></check-header></inbound></policies>`,
  }, { limits: { graphql_sockets: { init_timeout: '500ms', ping_interval: '200ms', operations: 50 } } });
});

after(async () => {
  service.close();
  service.closeAllConnections();
  assert.equal(await host.stop(), 0);
});

class WithOrigin extends WebSocket {
  constructor(url, protocols) {
    super(url, protocols, { origin: 'http://shop.example' });
  }
}
class UndiciWithOrigin extends undici.WebSocket {
  constructor(url, protocols) {
    super(url, { protocols, headers: { Origin: 'http://shop.example' } });
  }
}

const url = () => `ws://127.0.0.1:${host.port}/shop`;
const connect = (options = {}) => createClient({ url: url(), webSocketImpl: WithOrigin, lazy: false, retryAttempts: 0, ...options });

async function addOrder(name) {
  const answer = await undici.request(`http://127.0.0.1:${host.port}/shop`, {
    method: 'POST', headers: { 'Content-Type': 'application/json', Origin: 'http://shop.example' },
    body: JSON.stringify({ query: 'mutation($n: String!) { addOrder(name: $n) { id name } }', variables: { n: name } }),
  });
  return answer.body.json();
}

/// Results as they come. The gateway knows of the subscription: a query behind it has been answered.
async function follow(client, query, variables) {
  const results = client.iterate({ query, variables });
  await client.iterate({ query: '{ __typename }' }).next();
  return results;
}

test('a subscriber hears of what mutations publish, and completes', async () => {
  for (const webSocketImpl of [WithOrigin, UndiciWithOrigin]) {
    const client = connect({ webSocketImpl });
    const orders = await follow(client, 'subscription($f: ID) { orderAdded(from: $f) { name customer { name } } }', { f: 1 });
    for (const name of ['one', 'two', 'drei€😀']) {
      assert.deepEqual(await addOrder(name), { data: { addOrder: { id: '7', name } } });
      const { value, done } = await orders.next();
      assert.equal(done, false);
      assert.deepEqual(value, { data: { orderAdded: { name, customer: { name: 'customer 2' } } } });
    }
    await orders.return();
    await client.dispose();
  }
});

test('many subscribers hear of one event, each with its selection', async () => {
  const clients = Array.from({ length: 20 }, () => connect());
  const all = await Promise.all(clients.flatMap((client) => ['{ id }', '{ name }'].map((selection) =>
    follow(client, `subscription { orderAdded ${selection} }`))));
  await addOrder('all');
  const values = await Promise.all(all.map(async (each) => (await each.next()).value.data.orderAdded));
  assert.deepEqual(values.slice(0, 2), [{ id: '7' }, { name: 'all' }]);
  assert.equal(values.length, 40);
  await Promise.all(clients.map((client) => client.dispose()));
});

test('queries, mutations and mistakes over the WebSocket', async () => {
  const client = connect();
  const query = client.iterate({ query: 'query Q($id: ID!) { order(id: $id) { id } }', variables: { id: 5 } });
  assert.deepEqual((await query.next()).value, { data: { order: { id: '5' } } });
  assert.equal((await query.next()).done, true);
  const mutation = client.iterate({ query: 'mutation { addOrder(name: "x") { customer { id } } }' });
  assert.deepEqual((await mutation.next()).value, { data: { addOrder: { customer: { id: '2' } } } });
  await assert.rejects(client.iterate({ query: 'subscription { nothing }' }).next(),
    (errors) => errors[0].message.includes("has no field 'nothing'") && errors[0].locations[0].column === 16);
  await client.dispose();
});

test('the schema of a gateway is one that others can validate with', async () => {
  const client = connect();
  const { value } = await client.iterate({ query: getIntrospectionQuery() }).next();
  const schema = buildClientSchema(value.data);
  assert.equal(schema.getSubscriptionType().name, 'Subscription');
  assert.deepEqual(validate(schema, parse('subscription { orderAdded(from: 1) { name } }')), []);
  await client.dispose();
});

test('Pings of both protocols are answered and keep the connection', async () => {
  let pongs = 0;
  let heardEnough;
  const enough = new Promise((resolve) => (heardEnough = resolve));
  const client = connect({ keepAlive: 100, on: { pong: () => ++pongs === 10 && heardEnough() } });
  const orders = await follow(client, 'subscription { orderAdded { name } }');
  await enough;  // the gateway has sent five of its own meanwhile, and would have cut who does not answer
  await addOrder('late');
  assert.equal((await orders.next()).value.data.orderAdded.name, 'late');
  await client.dispose();
});

async function closed(socket) {
  const [code, reason] = await once(socket, 'close');
  return [code, reason.toString()];
}

test('codes to close with are those of the protocol', async () => {
  const open = async () => {
    const socket = new WithOrigin(url(), 'graphql-transport-ws');
    await once(socket, 'open');
    return socket;
  };
  const say = (socket, message) => socket.send(JSON.stringify(message));
  const init = { type: 'connection_init' };
  const subscribe = { type: 'subscribe', id: '1', payload: { query: 'subscription { orderAdded { id } }' } };
  assert.deepEqual(await closed(await open()), [4408, 'Connection initialisation timeout']);
  for (const [messages, code] of [[[subscribe], 4401], [[init, init], 4429], [[init, subscribe, subscribe], 4409], [[{}], 4400]]) {
    const socket = await open();
    const end = closed(socket);
    for (const message of messages) say(socket, message);
    assert.equal((await end)[0], code);
  }
});

test('handshakes that policies or the protocol refuse', async () => {
  const refused = async (socket) => {
    const [, response] = await once(socket, 'unexpected-response');
    response.resume();
    socket.on('error', () => {});
    socket.terminate();
    return response.statusCode;
  };
  assert.equal(await refused(new WebSocket(url(), 'graphql-transport-ws')), 403);
  assert.equal(await refused(new WithOrigin(url(), 'graphql-ws')), 400);
});
