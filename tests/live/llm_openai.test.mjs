// SPDX-License-Identifier: Apache-2.0
// The clients `AzureOpenAI` and `OpenAI` of the package `openai`, unmodified, with the gateway for their base URL.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import OpenAI, { AuthenticationError, AzureOpenAI, BadRequestError, RateLimitError } from 'openai';

import { counts, key, movedFrom, oneInThreeSeconds, startGateway, weather, weatherArguments, weatherQuestion, words } from './llm_gateway.mjs';

let gateway;
const messages = [{ role: 'user', content: 'Hello' }];
const model = 'gpt-4o';

const azure = (api, options = {}) => new AzureOpenAI({
  baseURL: `${gateway.url(api)}/openai`, apiKey: key, apiVersion: '2024-10-21', ...options });
/// It sends its key as a bearer token, so that the gateway's goes beside it.
const plain = (api, options = {}) => new OpenAI({
  baseURL: `${gateway.url(api)}/v1`, apiKey: 'of the service', defaultHeaders: { 'api-key': key }, ...options });
const clients = { AzureOpenAI: azure, OpenAI: plain };
const usageOf = ({ usage }) => ({ prompt: usage.prompt_tokens, completion: usage.completion_tokens ?? 0 });

before(async () => { gateway = await startGateway('api-key'); });
after(async () => { await gateway.stop(); });

for (const [name, client] of Object.entries(clients)) {
  test(`${name}: a chat completion`, () => counts(gateway, 'pool', async () => {
    const { data, response } = await client('pool').chat.completions.create({ model, messages, n: 2 }).withResponse();
    assert.deepEqual(data.choices.map(({ message }) => message.content), [words, words]);
    assert.equal(data.choices[0].finish_reason, 'stop');
    assert.equal(response.headers.get('x-tokens-consumed'), String(data.usage.total_tokens));
    return usageOf(data);
  }));

  test(`${name}: a streamed chat completion`, () => counts(gateway, 'pool', async () => {
    const stream = await client('pool').chat.completions.create({
      model, messages, stream: true, stream_options: { include_usage: true } });
    let text = '';
    let last;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta?.content ?? '';
      last = chunk;
    }
    assert.equal(text, words);
    return usageOf(last);
  }));

  test(`${name}: tools are called, whole and streamed alike`, async () => {
    const asked = { model, messages: [{ role: 'user', content: weatherQuestion }], tools: [{ type: 'function', function: weather }] };
    let calls;
    await counts(gateway, 'pool', async () => {
      const completion = await client('pool').chat.completions.create(asked);
      calls = completion.choices[0].message.tool_calls.map((call) => call.function);
      assert.equal(completion.choices[0].finish_reason, 'tool_calls');
      assert.deepEqual(JSON.parse(calls[0].arguments), weatherArguments);
      return usageOf(completion);
    });
    await counts(gateway, 'pool', async () => {
      const runner = client('pool').chat.completions.stream({ ...asked, stream_options: { include_usage: true } });
      let pieces = 0;
      runner.on('tool_calls.function.arguments.delta', () => { pieces += 1; });
      const completion = await runner.finalChatCompletion();
      const [call] = completion.choices[0].message.tool_calls;
      assert.equal(call.function.name, calls[0].name);
      assert.equal(call.function.arguments, calls[0].arguments);
      assert.ok(pieces > 5, `${pieces} pieces`);
      return usageOf(completion);
    });
  });

  test(`${name}: embeddings, as the client wants them and as numbers`, () => counts(gateway, 'pool', async () => {
    const input = ['hello there', 'hi there, hello', 'an invoice is wrong'];
    // Base64 on the wire, unless a format is named.
    const packed = await client('pool').embeddings.create({ model: 'e', input, dimensions: 512 });
    const numbers = await client('pool').embeddings.create({ model: 'e', input, dimensions: 512, encoding_format: 'float' });
    const [a, b, c] = packed.data.map(({ embedding }) => embedding);
    assert.equal(a.length, 512);
    const cosine = (x, y) => x.reduce((sum, value, i) => sum + value * y[i], 0);
    assert.ok(cosine(a, b) > 0.95 && cosine(a, c) < 0.3);
    numbers.data[2].embedding.forEach((value, i) => assert.ok(Math.abs(value - c[i]) < 1e-6));
    return { prompt: packed.usage.prompt_tokens + numbers.usage.prompt_tokens, completion: 0 };
  }));

  test(`${name}: a response, whole and streamed`, async () => {
    const responseUsage = ({ usage }) => ({ prompt: usage.input_tokens, completion: usage.output_tokens });
    const asked = { model, input: weatherQuestion, tools: [{ type: 'function', ...weather, strict: false }] };
    await counts(gateway, 'pool', async () => {
      const response = await client('pool').responses.create({ model, input: 'Hello', instructions: 'Be short.' });
      assert.equal(response.output_text, words);
      assert.equal(response.status, 'completed');
      return responseUsage(response);
    });
    await counts(gateway, 'pool', async () => {
      const runner = client('pool').responses.stream(asked);
      let next = 0;
      for await (const event of runner) assert.equal(event.sequence_number, next++);
      const response = await runner.finalResponse();
      assert.deepEqual(JSON.parse(response.output[0].arguments), weatherArguments);
      return responseUsage(response);
    });
    await counts(gateway, 'pool', async () => {
      const response = await client('pool').responses.create({ model, input: 'Hello', max_output_tokens: 2 });
      assert.equal(response.incomplete_details.reason, 'max_output_tokens');
      return responseUsage(response);
    });
  });

  test(`${name}: a 429 with Retry-After makes the client wait, and then succeed`, async () => {
    const { upstreams } = gateway;
    const alone = `alone-${name.toLowerCase()}`;
    await upstreams.set('alone', { deployments: { [alone]: oneInThreeSeconds } });
    const ask = (options) => client('alone', options).chat.completions.create({ model: alone, messages });
    await ask();
    const completion = await ask();
    assert.equal(completion.choices[0].message.content, words);
    const { [alone]: told } = await upstreams.statistics('alone');
    assert.ok(told.throttled >= 1);
    assert.equal(told.answered, 2);
    assert.equal(told.earlyProbes, 0);
    let error;
    await assert.rejects(ask({ maxRetries: 0 }), (caught) => { error = caught; return true; });
    assert.ok(error instanceof RateLimitError, String(error));
    const [seconds, milliseconds] = ['retry-after', 'retry-after-ms'].map((field) => Number(error.headers.get(field)));
    assert.ok(seconds >= 1 && seconds <= 3 && milliseconds <= 3000, `${seconds} s, ${milliseconds} ms`);
  });
}

test('the key is needed, and a wrong one tells so', async () => {
  for (const client of [azure('pool', { apiKey: 'another', maxRetries: 0 }),
    plain('pool', { defaultHeaders: { 'api-key': 'another' }, maxRetries: 0 })]) {
    await assert.rejects(client.chat.completions.create({ model, messages }), AuthenticationError);
  }
});

test('errors of the service reach the client as they are', async () => {
  await assert.rejects(plain('alone').chat.completions.create({ model, messages: [] }), (error) => {
    assert.ok(error instanceof BadRequestError);
    assert.equal(error.param, 'messages');
    assert.equal(error.type, 'invalid_request_error');
    return true;
  });
});

test('a stream whose client asks for no usage has none, and its words are counted exactly', async () => {
  const before = await gateway.tokens('pool');
  const stream = await plain('pool').chat.completions.create({ model, messages, stream: true });
  for await (const chunk of stream) assert.equal(chunk.usage ?? null, null);
  const now = await movedFrom(gateway, 'pool', before);
  assert.equal(now.completion - before.completion, words.split(' ').length);
  assert.ok(now.prompt > before.prompt);
});

test('a stream that breaks is an error of the client, and what came counts', async () => {
  await gateway.upstreams.set('alone', { deployments: { [`${model}-broken`]: { cutAfterEvents: 4 } } });
  const before = await gateway.tokens('alone');
  const stream = await plain('alone').chat.completions.create({ model: `${model}-broken`, messages, stream: true });
  let text = '';
  await assert.rejects(async () => {
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
  });
  assert.equal(text, words.split(' ').slice(0, 3).join(' '));
  const now = await movedFrom(gateway, 'alone', before);
  assert.equal(now.completion - before.completion, 3);
});

test('a caller who leaves ends the stream of the service', async () => {
  const { upstreams } = gateway;
  await upstreams.set('alone', { deployments: { long: { completionTokens: 20_000, tokensPerSecond: 50 } } });
  const stream = await plain('alone').chat.completions.create({ model: 'long', messages, stream: true });
  let events = 0;
  for await (const chunk of stream) {
    events += chunk.choices.length;
    if (events === 5) break;
  }
  const latest = Date.now() + 5_000;
  let told = (await upstreams.statistics('alone')).long;
  while (told.broken === 0 && Date.now() < latest) told = (await upstreams.statistics('alone')).long;
  assert.equal(told.broken, 1);
  assert.ok(told.completionTokens < 100, `${told.completionTokens} tokens`);
});

// Last: the breaker of `first` stays open for as long as the service has said.
test('a member of the pool that is full is left alone, and no caller sees a 429', async () => {
  const { upstreams } = gateway;
  // One request fills it for about twelve seconds.
  await upstreams.set('first', { deployments: { full: { capacity: 'ptu', tokensPerMinute: 60, windowMs: 1000 } } });
  const client = azure('pool', { maxRetries: 0 });
  const served = [];
  for (let i = 0; i < 6; i += 1) {
    const { response } = await client.chat.completions.create({ model: 'full', messages }).withResponse();
    served.push(response.headers.get('x-upstream'));
  }
  assert.deepEqual(served, ['first', 'second', 'second', 'second', 'second', 'second']);
  const { full } = await upstreams.statistics('first');
  assert.equal(full.throttled, 1);
  assert.equal(full.earlyProbes, 0);
  assert.ok(full.highestUtilization > 1);
});
