// SPDX-License-Identifier: Apache-2.0
// The client `@azure-rest/ai-inference` (Azure AI Model Inference), unmodified, with the gateway for its endpoint.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import ModelClient, { isUnexpected } from '@azure-rest/ai-inference';
import { AzureKeyCredential } from '@azure/core-auth';
import { createSseStream } from '@azure/core-sse';

import { counts, key, oneInThreeSeconds, startGateway, weather, weatherArguments, weatherQuestion, words } from './llm_gateway.mjs';

let gateway;
const messages = [{ role: 'user', content: 'Hello' }];
const client = (api, credential = key) =>
  ModelClient(`${gateway.url(api)}/models`, new AzureKeyCredential(credential), { allowInsecureConnection: true });
const usageOf = ({ usage }) => ({ prompt: usage.prompt_tokens, completion: usage.completion_tokens ?? 0 });

/// A successful answer's body.
async function post(path, body, api = 'pool') {
  const response = await client(api).path(path).post({ body });
  assert.ok(!isUnexpected(response), JSON.stringify(response.body));
  return response.body;
}

/// The events of a streamed answer.
async function streamed(body) {
  const response = await client('pool').path('/chat/completions').post({ body: { ...body, stream: true } }).asNodeStream();
  assert.equal(response.status, '200');
  const events = [];
  for await (const { data } of createSseStream(response.body)) {
    if (data !== '[DONE]') events.push(JSON.parse(data));
  }
  return events;
}

before(async () => { gateway = await startGateway('api-key'); });
after(async () => { await gateway.stop(); });

test('a chat completion', () => counts(gateway, 'pool', async () => {
  const body = await post('/chat/completions', { messages, model: 'mistral' });
  assert.equal(body.choices[0].message.content, words);
  return usageOf(body);
}));

test('a streamed chat completion', () => counts(gateway, 'pool', async () => {
  const events = await streamed({ messages, model: 'mistral' });
  assert.equal(events.map(({ choices }) => choices[0]?.delta?.content ?? '').join(''), words);
  return usageOf(events.at(-1));
}));

test('tools are called, with arguments split over events', () => counts(gateway, 'pool', async () => {
  const events = await streamed({ model: 'mistral', messages: [{ role: 'user', content: weatherQuestion }],
    tools: [{ type: 'function', function: weather }] });
  const pieces = events.flatMap(({ choices }) => choices[0]?.delta?.tool_calls ?? []);
  assert.deepEqual(JSON.parse(pieces.map((call) => call.function.arguments).join('')), weatherArguments);
  return usageOf(events.at(-1));
}));

test('embeddings', () => counts(gateway, 'pool', async () => {
  const body = await post('/embeddings', { input: ['hello there', 'an invoice'], model: 'e', dimensions: 64 });
  assert.deepEqual(body.data.map(({ embedding }) => embedding.length), [64, 64]);
  return usageOf(body);
}));

test('what the model is called', async () => {
  const response = await client('pool').path('/info').get();
  assert.equal(response.body.model_type, 'chat-completion');
});

test('a 429 with Retry-After makes the client wait, and then succeed', async () => {
  const { upstreams } = gateway;
  await upstreams.set('alone', { deployments: { slow: oneInThreeSeconds } });
  await post('/chat/completions', { messages, model: 'slow' }, 'alone');
  const body = await post('/chat/completions', { messages, model: 'slow' }, 'alone');
  assert.equal(body.choices[0].message.content, words);
  const { slow } = await upstreams.statistics('alone');
  assert.ok(slow.throttled >= 1);
  assert.equal(slow.earlyProbes, 0);
});

test('the key is needed', async () => {
  const response = await client('pool', 'another').path('/chat/completions').post({ body: { messages, model: 'x' } });
  assert.equal(response.status, '401');
  assert.ok(isUnexpected(response));
});
