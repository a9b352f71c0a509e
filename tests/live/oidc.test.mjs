// SPDX-License-Identifier: Apache-2.0
// The host beside an OpenID provider that others wrote (`oidc-provider`): it believes the provider's tokens, follows it
// when its keys change, and gets tokens of its own from it.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import Provider from 'oidc-provider';

import { api, startHost } from './host.mjs';

let backend;
let server;
let provider;
let host;
let issuer;
const asked = { discovery: 0, keys: 0, tokens: 0 };

/// A private signing key, as the provider takes it.
function signingKey(kid, type = 'rsa', options = { modulusLength: 2048 }, alg = 'RS256') {
  return { ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
}

/// Puts a provider with these keys behind the issuer's address. Its tokens are signed with `alg`.
function publish(keys, alg = 'RS256') {
  provider = new Provider(issuer, {
    jwks: { keys },
    clients: [{
      client_id: 'app', client_secret: 'a secret of the app', grant_types: ['client_credentials'], redirect_uris: [], response_types: [],
      token_endpoint_auth_method: 'client_secret_post',
    }],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, resource) => ({
          scope: 'read write', audience: resource, accessTokenFormat: 'jwt', accessTokenTTL: 600, jwt: { sign: { alg } },
        }),
        defaultResource: () => 'urn:orders',
        useGrantedResource: () => true,
      },
    },
  }).callback();
}

async function token(resource = 'urn:orders', scope = 'read') {
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials', client_id: 'app', client_secret: 'a secret of the app', resource, scope,
    }),
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  return (await answer.json()).access_token;
}

async function call(path, bearer) {
  const headers = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  const answer = await fetch(`http://127.0.0.1:${host.port}${path}`, { headers });
  return { status: answer.status, body: await answer.text() };
}

before(async () => {
  backend = http.createServer((request, response) => response.end(request.headers.authorization ?? 'nobody'));
  backend.listen(0, '127.0.0.1');
  server = http.createServer((request, response) => {
    if (request.url === '/.well-known/openid-configuration') ++asked.discovery;
    if (request.url === '/jwks') ++asked.keys;
    if (request.url === '/token') ++asked.tokens;
    provider(request, response);
  });
  server.listen(0, '127.0.0.1');
  await Promise.all([once(backend, 'listening'), once(server, 'listening')]);
  issuer = `http://127.0.0.1:${server.address().port}`;
  publish([signingKey('first')]);

  const to = `http://127.0.0.1:${backend.address().port}`;
  const files = { ...api('orders', to, '<forward-request />'), ...api('own', to, '<forward-request />'), ...api('linked', to, '<forward-request />') };
  files['artifacts/apis/orders/policy.xml'] = `<policies><inbound><base />
    <validate-jwt header-name="Authorization" require-scheme="Bearer" output-token-variable-name="jwt">
      <openid-config url="${issuer}/.well-known/openid-configuration" />
      <audiences><audience>urn:orders</audience></audiences>
      <required-claims><claim name="scope" separator=" "><value>read</value></claim></required-claims>
    </validate-jwt>
    <set-header name="Authorization"><value>@(((Jwt)context.Variables["jwt"]).Claims.GetValueOrDefault("client_id"))</value></set-header>
  </inbound></policies>`;
  files['artifacts/apis/own/policy.xml'] = `<policies><inbound><base />
    <authentication-managed-identity resource="urn:orders" />
  </inbound></policies>`;
  files['artifacts/apis/linked/policy.xml'] = `<policies><inbound><base />
    <get-authorization-context provider-id="oidc" authorization-id="app" context-variable-name="auth" />
    <set-header name="Authorization"><value>@("Bearer " + ((Authorization)context.Variables["auth"]).AccessToken)</value></set-header>
  </inbound></policies>`;
  const credentials = { tokenUrl: `${issuer}/token`, clientId: 'app', clientSecret: 'a secret of the app', scope: 'read' };
  host = await startHost(files, {
    identity: { clientCredentials: credentials, connections: [{ providerId: 'oidc', authorizationId: 'app', ...credentials }] },
  });
});

after(async () => {
  assert.equal(await host.stop(), 0);
  backend.close();
  server.close();
});

test('many requests at once cost one look at the provider', async () => {
  const bearer = await token();
  const answers = await Promise.all(Array.from({ length: 50 }, () => call('/orders/x', bearer)));
  assert.deepEqual(new Set(answers.map((answer) => `${answer.status} ${answer.body}`)), new Set(['200 app']));
  assert.equal(asked.discovery, 1);
  assert.equal(asked.keys, 1);
});

test('tokens that are not for us, lack what is wanted, or are changed are refused', async () => {
  assert.equal((await call('/orders/x')).status, 401);
  assert.equal((await call('/orders/x', await token('urn:other'))).status, 401);
  assert.equal((await call('/orders/x', await token('urn:orders', 'write'))).status, 401);
  const [header, payload, signature] = (await token()).split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url'));
  const forged = Buffer.from(JSON.stringify({ ...claims, scope: 'read admin' })).toString('base64url');
  assert.equal((await call('/orders/x', `${header}.${forged}.${signature}`)).status, 401);
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  assert.equal((await call('/orders/x', `${none}.${payload}.`)).status, 401);
});

test('when the keys change, the unknown one is looked for once', async () => {
  const old = await token();
  await pause(1_100);  // keys that were fetched within the last second are not looked for again
  publish([signingKey('second')]);
  const fresh = await token();
  const before = asked.keys;
  const answers = await Promise.all(Array.from({ length: 20 }, () => call('/orders/x', fresh)));
  assert.deepEqual(new Set(answers.map((answer) => answer.status)), new Set([200]));
  assert.equal(asked.keys, before + 1);
  assert.equal((await call('/orders/x', old)).status, 401);
  assert.equal((await call('/orders/x', old)).status, 401);
  assert.equal(asked.keys, before + 1);
});

test('the gateway shows tokens of its own, and keeps them', async () => {
  const before = asked.tokens;
  const first = await call('/own/x');
  assert.equal(first.status, 200);
  assert.match(first.body, /^Bearer ey[\w-]+\.[\w-]+\.[\w-]+$/);
  assert.equal((await call('/own/x')).body, first.body);
  assert.equal(asked.tokens, before + 1);
  assert.equal((await call('/orders/x', first.body.slice('Bearer '.length))).body, 'app');
});

test('a connection hands out tokens of its provider', async () => {
  const before = asked.tokens;
  const first = await call('/linked/x');
  assert.match(first.body, /^Bearer ey/);
  assert.equal((await call('/linked/x')).body, first.body);
  assert.equal(asked.tokens, before + 1);
});
