// SPDX-License-Identifier: Apache-2.0
// Assistants, threads and runs with the clients of the package `openai`, unmodified; images and sounds in prompts. What
// a run has cost is counted once, however often it is polled and whoever asks again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import OpenAI, { APIError, AzureOpenAI, BadRequestError, NotFoundError } from 'openai';

import {
  counts, key, movedFrom, startGateway, weather, weatherArguments, weatherQuestion, words,
} from './llm_gateway.mjs';

let gateway;
const model = 'gpt-4o';
const clients = {
  AzureOpenAI: (options = {}) => new AzureOpenAI({
    baseURL: `${gateway.url('alone')}/openai`, apiKey: key, apiVersion: '2024-05-01-preview', ...options }),
  OpenAI: (options = {}) => new OpenAI({
    baseURL: `${gateway.url('alone')}/v1`, apiKey: 'of the service', defaultHeaders: { 'api-key': key }, ...options }),
};
const usageOf = ({ usage }) => ({ prompt: usage.prompt_tokens, completion: usage.completion_tokens });
const textOf = ({ content }) => content.map(({ text }) => text.value).join('');

before(async () => { gateway = await startGateway('api-key'); });
after(async () => { await gateway.stop(); });

for (const [name, make] of Object.entries(clients)) {
  test(`${name}: a run that is polled is counted once`, () => counts(gateway, 'alone', async () => {
    await gateway.upstreams.set('alone', { deployments: { [model]: { firstTokenMs: 700 } } });
    const { assistants, threads } = make().beta;
    const assistant = await assistants.create({ model, instructions: 'Be brief.', name: 'helper' });
    assert.equal((await assistants.retrieve(assistant.id)).instructions, 'Be brief.');
    const thread = await threads.create();
    await threads.messages.create(thread.id, { role: 'user', content: [{ type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url: 'https://pictures.test/a.png', detail: 'low' } }] });
    const started = await threads.runs.create(thread.id, { assistant_id: assistant.id });
    assert.equal(started.status, 'queued');
    assert.equal(started.usage, null);
    const run = await threads.runs.poll(started.id, { thread_id: thread.id }, { pollIntervalMs: 100 });
    assert.equal(run.status, 'completed');
    await gateway.upstreams.set('alone', { deployments: { [model]: { firstTokenMs: 0 } } });
    // Asked again, and by its steps: nothing more is counted.
    const again = await threads.runs.retrieve(run.id, { thread_id: thread.id });
    assert.deepEqual(again.usage, run.usage);
    const steps = await threads.runs.steps.list(run.id, { thread_id: thread.id });
    assert.equal(steps.data[0].usage.total_tokens, run.usage.total_tokens);
    const messages = await threads.messages.list(thread.id);
    assert.equal(textOf(messages.data[0]), words);
    assert.equal(messages.data[0].run_id, run.id);
    assert.equal((await assistants.delete(assistant.id)).deleted, true);
    return usageOf(run);
  }));

  test(`${name}: a streamed run tells at its end, and a poll counts nothing more`, () => counts(gateway, 'alone', async () => {
    const { assistants, threads } = make().beta;
    const assistant = await assistants.create({ model, instructions: 'Be brief.' });
    const stream = threads.createAndRunStream({
      assistant_id: assistant.id, thread: { messages: [{ role: 'user', content: 'Hello' }] } });
    let text = '';
    stream.on('textDelta', ({ value }) => { text += value; });
    const run = await stream.finalRun();
    assert.equal(text, words);
    assert.equal(textOf((await stream.finalMessages())[0]), words);
    const polled = await threads.runs.retrieve(run.id, { thread_id: run.thread_id });
    assert.deepEqual(polled.usage, run.usage);
    return usageOf(run);
  }));

  test(`${name}: a run that is bounded is incomplete`, () => counts(gateway, 'alone', async () => {
    const { assistants, threads } = make().beta;
    const assistant = await assistants.create({ model });
    const run = await threads.createAndRunPoll({ assistant_id: assistant.id, max_completion_tokens: 2,
      thread: { messages: [{ role: 'user', content: 'Hello' }] } }, { pollIntervalMs: 50 });
    assert.equal(run.status, 'incomplete');
    assert.equal(run.incomplete_details.reason, 'max_completion_tokens');
    assert.equal(run.usage.completion_tokens, 2);
    return usageOf(run);
  }));

  test(`${name}: a run that calls a function waits for what it gives, and is counted once`, () => counts(gateway, 'alone', async () => {
    const { assistants, threads } = make().beta;
    const assistant = await assistants.create({ model, tools: [{ type: 'function', function: weather }] });
    assert.equal(assistant.tools[0].function.name, weather.name);
    const thread = await threads.create({ messages: [{ role: 'user', content: weatherQuestion }] });
    const waiting = await threads.runs.createAndPoll(thread.id, { assistant_id: assistant.id }, { pollIntervalMs: 50 });
    assert.equal(waiting.status, 'requires_action');
    assert.equal(waiting.usage, null);
    const [call] = waiting.required_action.submit_tool_outputs.tool_calls;
    assert.equal(call.function.name, weather.name);
    assert.deepEqual(JSON.parse(call.function.arguments), weatherArguments);
    assert.equal((await threads.messages.list(thread.id)).data.length, 1);
    const run = await threads.runs.submitToolOutputsAndPoll(waiting.id, { thread_id: thread.id,
      tool_outputs: [{ tool_call_id: call.id, output: 'It rains.' }] }, { pollIntervalMs: 50 });
    assert.equal(run.status, 'completed');
    assert.equal(run.required_action, null);
    const steps = (await threads.runs.steps.list(run.id, { thread_id: thread.id })).data;
    assert.deepEqual(steps.map(({ type }) => type), ['message_creation', 'tool_calls']);
    assert.equal(steps[1].step_details.tool_calls[0].function.output, 'It rains.');
    assert.equal(steps[0].usage.total_tokens + steps[1].usage.total_tokens, run.usage.total_tokens);
    assert.equal(textOf((await threads.messages.list(thread.id)).data[0]), words);
    return usageOf(run);
  }));

  test(`${name}: a streamed run that calls a function goes on in another stream`, () => counts(gateway, 'alone', async () => {
    const { assistants, threads } = make().beta;
    const assistant = await assistants.create({ model, tools: [{ type: 'function', function: weather }] });
    const thread = await threads.create({ messages: [{ role: 'user', content: weatherQuestion }] });
    const first = threads.runs.stream(thread.id, { assistant_id: assistant.id });
    let pieces = 0;
    first.on('toolCallDelta', () => { pieces += 1; });
    const waiting = await first.finalRun();
    assert.equal(waiting.status, 'requires_action');
    assert.ok(pieces > 1);
    const [step] = await first.finalRunSteps();
    const [call] = step.step_details.tool_calls;
    assert.deepEqual(JSON.parse(call.function.arguments), weatherArguments);
    const second = threads.runs.submitToolOutputsStream(waiting.id, { thread_id: thread.id,
      tool_outputs: [{ tool_call_id: call.id, output: 'It rains.' }] });
    let text = '';
    second.on('textDelta', ({ value }) => { text += value; });
    const run = await second.finalRun();
    assert.equal(text, words);
    assert.equal(run.id, waiting.id);
    assert.equal(run.status, 'completed');
    return usageOf(run);
  }));

  test(`${name}: images and sounds in prompts are counted as the service counts them`, () => counts(gateway, 'alone', async () => {
    const data = Buffer.alloc(48_000).toString('base64');
    const completion = await make().chat.completions.create({ model, messages: [{ role: 'user', content: [
      { type: 'text', text: 'What do you see and hear?' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'high' } },
      { type: 'input_audio', input_audio: { data, format: 'wav' } }] }] });
    assert.equal(completion.choices[0].message.content, words);
    assert.equal(completion.usage.prompt_tokens_details.audio_tokens, 10);
    return usageOf(completion);
  }));
}

test('an error in mid-stream reaches the client as what it is, and what came counts', async () => {
  const failing = `${model}-failing`;
  await gateway.upstreams.set('alone', { deployments: { [failing]: { errorAfterEvents: 4 } } });
  const before = await gateway.tokens('alone');
  const stream = await clients.OpenAI().chat.completions.create({
    model: failing, messages: [{ role: 'user', content: 'Hello' }], stream: true });
  let text = '';
  await assert.rejects(async () => {
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
  }, (error) => error instanceof APIError && error.type === 'server_error');
  assert.equal(text, words.split(' ').slice(0, 3).join(' '));
  const now = await movedFrom(gateway, 'alone', before);
  assert.equal(now.completion - before.completion, 3);
});

test('a run that waits for no function takes no output, and one that does takes all of them', async () => {
  const { assistants, threads } = clients.OpenAI().beta;
  const assistant = await assistants.create({ model, tools: [{ type: 'function', function: weather }] });
  const thread = { messages: [{ role: 'user', content: 'Hello' }] };
  const done = await threads.createAndRunPoll({ assistant_id: assistant.id, thread }, { pollIntervalMs: 50 });
  assert.equal(done.status, 'completed');
  await assert.rejects(threads.runs.submitToolOutputs(done.id, { thread_id: done.thread_id, tool_outputs: [] }),
    BadRequestError);
  const waiting = await threads.createAndRunPoll({ assistant_id: assistant.id, thread, tool_choice: 'required' },
    { pollIntervalMs: 50 });
  assert.equal(waiting.status, 'requires_action');
  await assert.rejects(threads.runs.submitToolOutputs(waiting.id, { thread_id: waiting.thread_id, tool_outputs: [] }),
    BadRequestError);
  const cancelled = await threads.runs.cancel(waiting.id, { thread_id: waiting.thread_id });
  assert.equal(cancelled.status, 'cancelled');
});

test('a run of an assistant that is not there is the error of the service', async () => {
  const { threads } = clients.OpenAI().beta;
  const thread = await threads.create();
  await assert.rejects(threads.runs.create(thread.id, { assistant_id: 'asst_none' }), NotFoundError);
});
