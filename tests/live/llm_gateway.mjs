// SPDX-License-Identifier: Apache-2.0
// What stands between the clients of models and the simulated services: a gateway with a key for each caller, a limit
// and metrics of tokens, and a pool of two members that a circuit breaker leaves alone when they say so.
import assert from 'node:assert/strict';

import { startHost, startUpstreams } from './host.mjs';

export const key = 'the key of a caller';

const inbound = (backend) => `<set-backend-service backend-id="${backend}" />
  <llm-token-limit counter-key="@(context.Subscription.Id)" tokens-per-minute="1000000" estimate-prompt-tokens="true"
    tokens-consumed-header-name="x-tokens-consumed" remaining-tokens-header-name="x-tokens-remaining" />
  <llm-emit-token-metric namespace="live"><dimension name="API ID" /><dimension name="Subscription ID" />
  </llm-emit-token-metric>`;

/// Of a pool too: a request that its member throttles goes on to another.
const forward = '<forward-request timeout="30" buffer-response="false" />';

/// An API at `/name` that takes the key in the header which its clients send.
function api(name, backend, keyHeader) {
  const at = `artifacts/apis/${name}`;
  const paths = { '/*': Object.fromEntries(['get', 'post', 'delete'].map((verb) =>
    [verb, { operationId: verb, responses: { 200: { description: 'ok' } } }])) };
  return {
    [`${at}/apiInformation.json`]: JSON.stringify({ properties: {
      displayName: name, path: name, protocols: ['http'], subscriptionRequired: true,
      subscriptionKeyParameterNames: { header: keyHeader, query: 'subscription-key' } } }),
    [`${at}/policy.xml`]: `<policies><inbound><base />${inbound(backend)}</inbound>
      <backend>${forward}</backend><outbound><base /></outbound></policies>`,
    [`${at}/specification.json`]: JSON.stringify({ openapi: '3.0.1', info: { title: name, version: '1' }, paths }),
  };
}

function backend(name, properties) {
  return { [`artifacts/backends/${name}/backendInformation.json`]: JSON.stringify({ properties }) };
}

const breaker = { rules: [{ name: 'throttled', tripDuration: 'PT1S', acceptRetryAfter: true, failureCondition: {
  count: 1, interval: 'PT1M', statusCodeRanges: [{ min: 429, max: 429 }, { min: 500, max: 599 }] } }] };

/// Starts all: `first` and `second` are members of the pool, `alone` is behind the API `/alone`. An API is at `/pool`.
export async function startGateway(keyHeader) {
  const settings = { tokensPerSecond: 0, completionTokens: 7 };
  const upstreams = await startUpstreams({ first: settings, second: settings, alone: settings });
  const single = (name) => backend(name, { url: upstreams.url(name), protocol: 'http', circuitBreaker: breaker });
  const services = ['first', 'second'].map((name, i) => ({ id: `/backends/${name}`, priority: i + 1, weight: 1 }));
  const host = await startHost({
    'artifacts/policy.xml': '<policies><inbound /><backend><forward-request /></backend><outbound /></policies>',
    'artifacts/subscriptions/caller/subscriptionInformation.json':
      JSON.stringify({ properties: { displayName: 'caller', scope: '/apis', state: 'active' } }),
    ...single('first'), ...single('second'),
    ...backend('pool', { type: 'Pool', pool: { services } }),
    ...backend('alone', { url: upstreams.url('alone'), protocol: 'http' }),
    ...api('pool', 'pool', keyHeader), ...api('alone', 'alone', keyHeader),
  }, { admin: '127.0.0.1:0', subscriptionKeys: { caller: { primaryKey: key } } });
  return {
    upstreams,
    url: (api) => `http://127.0.0.1:${host.port}/${api}`,
    /// Tokens that the metrics have counted for an API so far.
    async tokens(api) {
      const text = await (await fetch(`http://127.0.0.1:${host.adminPort}/metrics`)).text();
      const counted = (kind) => text.split('\n')
        .filter((line) => line.startsWith(`sluice_llm_${kind}_total{`) && line.includes(`"${api}"`))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
      return { prompt: counted('prompt_tokens'), completion: counted('completion_tokens'), total: counted('tokens') };
    },
    async stop() {
      assert.equal(await host.stop(), 0);
      assert.equal(await upstreams.stop(), 0);
    },
  };
}

/// The tokens of an API as soon as they are no longer `before`, or at least `least`: metrics move once an answer has been
/// delivered, which its client may notice first. After five seconds what there is.
export async function movedFrom(gateway, api, before, least = before.total + 1) {
  const latest = Date.now() + 5_000;
  let now = await gateway.tokens(api);
  while (now.total < least && Date.now() < latest) now = await gateway.tokens(api);
  return now;
}

/// Runs `call`, which gives the usage that its client saw; the gateway must have counted the same for `api`.
export async function counts(gateway, api, call) {
  const before = await gateway.tokens(api);
  const seen = await call();
  assert.ok(seen.prompt > 0);
  const wanted = { prompt: before.prompt + seen.prompt, completion: before.completion + seen.completion,
    total: before.total + seen.prompt + seen.completion };
  assert.deepEqual(await movedFrom(gateway, api, before, wanted.total), wanted);
}

/// A function that models may call, and a question that makes the simulated ones do so.
export const weather = {
  name: 'get_weather', description: 'The weather of a city.',
  parameters: { type: 'object', required: ['city'], properties: {
    city: { type: 'string' }, days: { type: 'integer' }, unit: { type: 'string', enum: ['celsius', 'kelvin'] } } },
};
export const weatherQuestion = 'Please use get_weather.';
export const weatherArguments = { city: 'some city', days: 7, unit: 'celsius' };
/// A deployment that refuses a second request for up to three seconds, and counts those who do not wait for so long.
export const oneInThreeSeconds = { requestsPerMinute: 20, windowMs: 3000 };
export const words = 'The gateway lets every token through that';
