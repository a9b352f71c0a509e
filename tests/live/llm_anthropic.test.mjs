// SPDX-License-Identifier: Apache-2.0
// The client `@anthropic-ai/sdk`, unmodified, with the gateway for its base URL: messages, whole and streamed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import Anthropic, { AuthenticationError, RateLimitError } from '@anthropic-ai/sdk';

import { counts, key, oneInThreeSeconds, startGateway, weather, weatherArguments, weatherQuestion, words } from './llm_gateway.mjs';

let gateway;
const asked = { model: 'claude', max_tokens: 100, system: 'Be short.', messages: [{ role: 'user', content: 'Hello' }] };
const tools = [{ name: weather.name, description: weather.description, input_schema: weather.parameters }];
/// It sends its key as a bearer token, so that the gateway's goes beside it.
const client = (api, options = {}) => new Anthropic({
  baseURL: gateway.url(api), apiKey: 'of the service', defaultHeaders: { 'x-api-key': key }, ...options });
/// What came from the model's cache is told beside the input.
const usageOf = ({ usage }) => ({
  prompt: usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens,
  completion: usage.output_tokens });

before(async () => { gateway = await startGateway('x-api-key'); });
after(async () => { await gateway.stop(); });

test('a message', () => counts(gateway, 'pool', async () => {
  const message = await client('pool').messages.create(asked);
  assert.equal(message.content[0].text, words);
  assert.equal(message.stop_reason, 'end_turn');
  return usageOf(message);
}));

test('a streamed message says the same, and counts what came from the cache', async () => {
  await gateway.upstreams.set('first', { cachedTokens: 3 });
  await counts(gateway, 'pool', async () => {
    const stream = client('pool').messages.stream(asked);
    let text = '';
    stream.on('text', (piece) => { text += piece; });
    const message = await stream.finalMessage();
    assert.equal(text, words);
    assert.equal(message.usage.cache_read_input_tokens, 3);
    return usageOf(message);
  });
  await gateway.upstreams.set('first', { cachedTokens: 0 });
});

test('tools are called, whole and streamed alike', async () => {
  const question = { ...asked, tools, messages: [{ role: 'user', content: weatherQuestion }] };
  const check = (message) => {
    assert.equal(message.stop_reason, 'tool_use');
    assert.equal(message.content[0].name, weather.name);
    assert.deepEqual(message.content[0].input, weatherArguments);
    return usageOf(message);
  };
  await counts(gateway, 'pool', async () => check(await client('pool').messages.create(question)));
  await counts(gateway, 'pool', async () => {
    const stream = client('pool').messages.stream(question);
    let pieces = 0;
    stream.on('inputJson', () => { pieces += 1; });
    const message = await stream.finalMessage();
    assert.ok(pieces > 5, `${pieces} pieces`);
    return check(message);
  });
});

test('an answer that the bound cuts short says so', () => counts(gateway, 'pool', async () => {
  const message = await client('pool').messages.create({ ...asked, max_tokens: 2 });
  assert.equal(message.stop_reason, 'max_tokens');
  assert.equal(message.usage.output_tokens, 2);
  return usageOf(message);
}));

test('a 429 with Retry-After makes the client wait, and then succeed', async () => {
  const { upstreams } = gateway;
  await upstreams.set('alone', { deployments: { claude: oneInThreeSeconds } });
  await client('alone').messages.create(asked);
  const message = await client('alone').messages.create(asked);
  assert.equal(message.content[0].text, words);
  const { claude } = await upstreams.statistics('alone');
  assert.ok(claude.throttled >= 1);
  assert.equal(claude.earlyProbes, 0);
  await assert.rejects(client('alone', { maxRetries: 0 }).messages.create(asked), (error) => {
    assert.ok(error instanceof RateLimitError);
    assert.equal(error.error.error.type, 'rate_limit_error');
    return true;
  });
});

test('the key is needed', async () => {
  const stranger = client('pool', { defaultHeaders: { 'x-api-key': 'another' }, maxRetries: 0 });
  await assert.rejects(stranger.messages.create(asked), AuthenticationError);
});
