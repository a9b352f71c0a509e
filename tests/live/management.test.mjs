// SPDX-License-Identifier: Apache-2.0
// The management interface with the client that others wrote for the service's own (`@azure/arm-apimanagement`): it
// configures a running host over TLS, calls through it, and takes everything away again.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { ApiManagementClient } from '@azure/arm-apimanagement';

import { makeCertificate, makeFolder, startHost } from './host.mjs';

const token = 'a token that nobody guesses';
const at = ['group', 'service'];
let certificates;
let host;
let client;

function clientWith(bearer) {
  const credential = { getToken: async () => ({ token: bearer, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  return new ApiManagementClient(credential, '00000000-0000-0000-0000-000000000000', {
    endpoint: `https://127.0.0.1:${host.managementPort}`,
    tlsOptions: { ca: readFileSync(certificates.file('tls.pem')) },
    retryOptions: { maxRetries: 0 },
  });
}

/// Calls the gateway: status and text.
async function call(path, key) {
  const answer = await fetch(`http://127.0.0.1:${host.port}${path}`, {
    headers: key === undefined ? {} : { 'Ocp-Apim-Subscription-Key': key },
  });
  return `${answer.status} ${answer.status < 400 ? await answer.text() : ''}`;
}

function answering(text) {
  return {
    format: 'rawxml',
    value: `<policies><inbound><return-response><set-body>${text}</set-body></return-response></inbound></policies>`,
  };
}

/// That a call of the client fails with this status and code; the error.
async function refused(promise, status, code) {
  let error;
  await assert.rejects(promise, (caught) => { error = caught; return true; });
  assert.equal(error.statusCode, status, error.message);
  assert.equal(error.code, code);
  return error;
}

async function listed(pages) {
  const names = [];
  for await (const item of pages) names.push(item.name);
  return names;
}

before(async () => {
  certificates = makeFolder();
  const { keyFile, certificateFile } = makeCertificate(certificates);
  host = await startHost({ 'artifacts/policy.xml': '<policies><inbound /></policies>' }, {
    management: { listen: '127.0.0.1:0', token, writeBack: true, listenTls: { certificates: [{ certificateFile, keyFile }] } },
  });
  client = clientWith(token);
});

after(async () => {
  assert.equal(await host.stop(), 0);
  certificates.remove();
});

test('a gateway is configured, called and emptied again', async () => {
  assert.equal(await call('/orders/list'), '404 ');
  const api = await client.api.beginCreateOrUpdateAndWait(...at, 'orders', {
    displayName: 'Orders', path: 'orders', protocols: ['https'], subscriptionRequired: true,
  });
  assert.equal(api.name, 'orders');
  assert.equal(api.path, 'orders');
  await client.apiOperation.createOrUpdate(...at, 'orders', 'list', { displayName: 'List', method: 'GET', urlTemplate: '/list' });
  await client.apiPolicy.createOrUpdate(...at, 'orders', 'policy', answering('all orders'));
  assert.equal(await call('/orders/list'), '401 ');

  await client.product.createOrUpdate(...at, 'starter', { displayName: 'Starter', subscriptionRequired: true, state: 'published' });
  await client.productApi.createOrUpdate(...at, 'starter', 'orders');
  assert.equal((await client.productApi.checkEntityExists(...at, 'starter', 'orders')).body, true);
  await client.subscription.createOrUpdate(...at, 'mine', { scope: '/products/starter', displayName: 'Mine', state: 'active' });
  const shown = await client.subscription.get(...at, 'mine');
  assert.equal(shown.state, 'active');
  assert.equal(shown.primaryKey, undefined);
  const { primaryKey, secondaryKey } = await client.subscription.listSecrets(...at, 'mine');
  assert.equal(await call('/orders/list', primaryKey), '200 all orders');
  assert.equal(await call('/orders/list', secondaryKey), '200 all orders');

  await client.subscription.regeneratePrimaryKey(...at, 'mine');
  assert.equal(await call('/orders/list', primaryKey), '401 ');
  await client.apiOperationPolicy.createOrUpdate(...at, 'orders', 'list', 'policy', answering('few orders'));
  assert.equal(await call('/orders/list', secondaryKey), '200 few orders');

  assert.deepEqual(await listed(client.api.listByService(...at)), ['orders']);
  assert.deepEqual(await listed(client.apiOperation.listByApi(...at, 'orders')), ['list']);
  assert.deepEqual(await listed(client.productApi.listByProduct(...at, 'starter')), ['orders']);
  assert.deepEqual(await listed(client.productSubscriptions.list(...at, 'starter')), ['mine']);

  await client.subscription.delete(...at, 'mine', '*');
  assert.equal(await call('/orders/list', secondaryKey), '401 ');
  await client.product.delete(...at, 'starter', '*');
  await client.api.beginDeleteAndWait(...at, 'orders', '*');
  assert.equal(await call('/orders/list', secondaryKey), '404 ');
  assert.deepEqual(await listed(client.api.listByService(...at)), []);
});

test('two who change the same resource find out', async () => {
  await client.backend.createOrUpdate(...at, 'store', { url: 'https://store.test', protocol: 'http' });
  const { eTag } = await client.backend.getEntityTag(...at, 'store');
  await client.backend.update(...at, 'store', eTag, { title: 'first' });
  await refused(client.backend.update(...at, 'store', eTag, { title: 'second' }), 412, 'PreconditionFailed');
  await refused(client.backend.delete(...at, 'store', eTag), 412, 'PreconditionFailed');
  const now = await client.backend.get(...at, 'store');
  assert.equal(now.title, 'first');
  await client.backend.delete(...at, 'store', now.eTag);
  await refused(client.backend.get(...at, 'store'), 404, 'ResourceNotFound');
});

test('a specification is imported, and its revision tried beside it', async () => {
  const specification = {
    openapi: '3.0.1', info: { title: 'Weather', version: '1' },
    paths: { '/today': { get: { operationId: 'today', responses: { 200: { description: 'ok' } } } } },
  };
  await client.api.beginCreateOrUpdateAndWait(...at, 'weather', {
    path: 'weather', subscriptionRequired: false, format: 'openapi+json', value: JSON.stringify(specification),
  });
  assert.equal((await client.api.get(...at, 'weather')).displayName, 'Weather');
  assert.equal((await client.apiOperation.get(...at, 'weather', 'today')).urlTemplate, '/today');
  await client.apiPolicy.createOrUpdate(...at, 'weather', 'policy', answering('sunny'));
  await client.api.beginCreateOrUpdateAndWait(...at, 'weather;rev=2', { path: 'weather', sourceApiId: '/apis/weather' });
  await client.apiPolicy.createOrUpdate(...at, 'weather;rev=2', 'policy', answering('rainy'));
  assert.equal(await call('/weather/today'), '200 sunny');
  assert.equal(await call('/weather;rev=2/today'), '200 rainy');
  const revisions = [];
  for await (const revision of client.apiRevision.listByService(...at, 'weather')) revisions.push(revision.apiRevision);
  assert.deepEqual(revisions, ['1', '2']);
  await refused(client.api.beginCreateOrUpdateAndWait(...at, 'linked', {
    path: 'linked', format: 'openapi-link', value: 'https://example.test/openapi.yaml',
  }), 400, 'ValidationError');
  await client.api.beginDeleteAndWait(...at, 'weather', '*', { deleteRevisions: true });
  assert.equal(await call('/weather/today'), '404 ');
});

test('named values, fragments and policies hang together', async () => {
  await client.api.beginCreateOrUpdateAndWait(...at, 'notes', { displayName: 'Notes', path: 'notes', subscriptionRequired: false });
  await client.apiOperation.createOrUpdate(...at, 'notes', 'all', { displayName: 'All', method: 'GET', urlTemplate: '/' });
  const made = await client.namedValue.beginCreateOrUpdateAndWait(...at, 'word', { displayName: 'word', value: 'hush', secret: true });
  assert.equal(made.value, undefined);
  assert.equal((await client.namedValue.listValue(...at, 'word')).value, 'hush');
  await client.policyFragment.beginCreateOrUpdateAndWait(...at, 'say', {
    format: 'rawxml', value: '<fragment><return-response><set-body>{{word}}</set-body></return-response></fragment>',
  });
  await client.apiPolicy.createOrUpdate(...at, 'notes', 'policy', {
    format: 'xml', value: '<policies><inbound><include-fragment fragment-id="say" /></inbound></policies>',
  });
  assert.equal(await call('/notes/'), '200 hush');
  await client.namedValue.beginUpdateAndWait(...at, 'word', '*', { value: 'louder' });
  assert.equal(await call('/notes/'), '200 louder');
  await refused(client.namedValue.delete(...at, 'word', '*'), 400, 'ValidationError');
  assert.equal(await call('/notes/'), '200 louder');
  await client.api.beginDeleteAndWait(...at, 'notes', '*');
  await client.policyFragment.delete(...at, 'say', '*');
  await client.namedValue.delete(...at, 'word', '*');
});

test('a policy that does not compile is refused with its place', async () => {
  const error = await refused(client.policy.createOrUpdate(...at, 'policy', {
    format: 'rawxml', value: '<policies>\n  <inbound>\n    <no-such-policy />\n  </inbound>\n</policies>',
  }), 400, 'ValidationError');
  assert.match(error.details.error.details[0].message, /^Line 3, column \d+: /);
  assert.equal(error.details.error.details[0].target, 'policy.xml');
});

test('long collections come in pages', async () => {
  const names = Array.from({ length: 7 }, (_, i) => `group-${i}`);
  for (const name of names) await client.group.createOrUpdate(...at, name, { displayName: name });
  assert.deepEqual(await listed(client.group.listByService(...at, { top: 3 })), names);
  for (const name of names) await client.group.delete(...at, name, '*');
});

test('nobody gets in without the token', async () => {
  await refused(listed(clientWith('another token').api.listByService(...at)), 401, 'AuthenticationFailed');
});
