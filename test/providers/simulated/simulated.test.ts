import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { Tool } from '../../../src/core/generation.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { estimateInputTokens } from '../../../src/core/token-estimate.ts';
import { createSimulatedProvider } from '../../../src/providers/simulated/simulated.ts';
import {
  collect,
  embedding,
  failureOf,
  generation,
  providerCall,
  streamOf,
  wholeOf,
} from '../../support/model-requests.ts';

const provider = createSimulatedProvider();
const WEATHER: Tool = {
  name: 'get_weather',
  parameters: { properties: { city: { type: 'string' } }, required: ['city'] },
};
const CLOCK: Tool = { name: 'readClock', parameters: { type: 'object', properties: {} } };

test('it answers with what was asked, the same way every time', async () => {
  const call = providerCall({ request: generation({ prompt: 'How are you?' }) });
  const first = wholeOf(await provider.send(call), 'generation');
  const second = wholeOf(await provider.send(call), 'generation');
  assert.deepEqual(first.content, [{ kind: 'text', text: 'The simulated model-1 heard: How are you?' }]);
  assert.deepEqual(second.content, first.content);
  assert.equal(first.finish, 'stop');
  const input = estimateInputTokens(call.request);
  assert.deepEqual(first.usage, { kind: 'exact', tokens: { input, output: 7 } });
});

test('a stream says the same word by word, with usage and its end', async () => {
  const whole = wholeOf(await provider.send(providerCall()), 'generation');
  const request = generation({ stream: true });
  const { events, text, failure } = await collect(streamOf(await provider.send(providerCall({ request }))));
  assert.equal(failure, undefined);
  assert.deepEqual(whole.content, [{ kind: 'text', text }]);
  assert.ok(events.filter(({ kind }) => kind === 'text').length > 3);
  assert.deepEqual(
    events.filter(({ kind }) => kind !== 'text').map(({ kind }) => kind),
    ['start', 'finish', 'usage', 'end'],
  );
});

const TOOLS = [
  { name: 'tools that nobody speaks of are not called', said: { prompt: 'hi', tools: [WEATHER] }, calls: [] },
  {
    name: 'a tool is called by a word of its name',
    said: { prompt: 'Weather?', tools: [WEATHER] },
    calls: ['get_weather'],
  },
  {
    name: 'several tools are called together',
    said: { prompt: 'weather and clock', tools: [WEATHER, CLOCK] },
    calls: ['get_weather', 'readClock'],
  },
  {
    name: 'one at a time where that is asked',
    said: { prompt: 'weather and clock', tools: [WEATHER, CLOCK], parallelToolCalls: false },
    calls: ['get_weather'],
  },
  {
    name: 'a call is forced',
    said: { prompt: 'hi', tools: [WEATHER], toolChoice: { kind: 'required' } },
    calls: ['get_weather'],
  },
  {
    name: 'a named call is forced',
    said: { prompt: 'weather', tools: [WEATHER, CLOCK], toolChoice: { kind: 'tool', name: 'readClock' } },
    calls: ['readClock'],
  },
  {
    name: 'no call where none may be',
    said: { prompt: 'weather', tools: [WEATHER], toolChoice: { kind: 'none' } },
    calls: [],
  },
] as const;

for (const { name, said, calls } of TOOLS) {
  test(`tools: ${name}`, async () => {
    const reply = wholeOf(await provider.send(providerCall({ request: generation(said) })), 'generation');
    const called = reply.content.filter((part) => part.kind === 'tool_call');
    assert.deepEqual(
      called.map((part) => part.name),
      calls,
    );
    assert.equal(reply.finish, calls.length > 0 ? 'tool_calls' : 'stop');
  });
}

test('a result of a tool is answered in words', async () => {
  const request = generation({
    tools: [WEATHER],
    messages: [
      { role: 'user', content: [{ kind: 'text', text: 'weather?' }] },
      { role: 'assistant', content: [{ kind: 'tool_call', id: 'c', name: 'get_weather', arguments: '{}' }] },
      { role: 'tool', results: [{ callId: 'c', content: [{ kind: 'text', text: 'sunny' }] }] },
    ],
  });
  const reply = wholeOf(await provider.send(providerCall({ request })), 'generation');
  assert.deepEqual(reply.content, [{ kind: 'text', text: 'The simulated model-1 has read 1 tool results.' }]);
});

test('arguments of a tool fit its schema, streamed and not', async () => {
  const request = generation({ prompt: 'weather', tools: [WEATHER] });
  const reply = wholeOf(await provider.send(providerCall({ request })), 'generation');
  assert.deepEqual(
    reply.content.map((part) => part.kind === 'tool_call' && JSON.parse(part.arguments)),
    [{ city: 'example' }],
  );
  const streamed = await provider.send(providerCall({ request: { ...request, stream: true } }));
  const { events } = await collect(streamOf(streamed));
  const text = events.map((event) => (event.kind === 'tool_arguments' ? event.text : '')).join('');
  assert.deepEqual(JSON.parse(text), { city: 'example' });
});

const SCHEMAS: readonly JsonObject[] = [
  {
    type: 'object',
    properties: { a: { type: 'string' }, b: { type: 'integer' } },
    required: ['a', 'b'],
    additionalProperties: false,
  },
  {
    type: 'object',
    properties: { level: { enum: ['low', 'high'] }, sure: { type: 'boolean' }, none: { type: 'null' } },
  },
  { type: 'array', items: { type: 'number', minimum: 3, maximum: 4 }, minItems: 3, maxItems: 5 },
  { type: 'integer', exclusiveMinimum: 10, multipleOf: 7 },
  { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
  { type: 'integer', maximum: -5 },
  { type: 'string', minLength: 20, maxLength: 30 },
  { type: 'string', maxLength: 3 },
  { anyOf: [{ type: 'object', properties: { kind: { const: 'a' } }, required: ['kind'] }, { type: 'null' }] },
  { type: ['string', 'null'] },
  {
    allOf: [
      { properties: { a: { type: 'string' } }, required: ['a'] },
      { properties: { b: { type: 'number' } }, required: ['b'] },
    ],
    type: 'object',
  },
  {
    $defs: {
      node: {
        type: 'object',
        properties: { name: { type: 'string' }, next: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/node' }] } },
        required: ['name', 'next'],
        additionalProperties: false,
      },
    },
    $ref: '#/$defs/node',
  },
  {
    $defs: {
      tree: {
        type: 'object',
        properties: { children: { type: 'array', items: { $ref: '#/$defs/tree' } } },
        required: ['children'],
      },
    },
    $ref: '#/$defs/tree',
  },
];

for (const schema of SCHEMAS) {
  test(`structured output fits ${JSON.stringify(schema).slice(0, 60)}`, async () => {
    const request = generation({ output: { kind: 'json_schema', name: 'x', schema } });
    const reply = wholeOf(await provider.send(providerCall({ request })), 'generation');
    const [part] = reply.content;
    assert.equal(part?.kind, 'text');
    const check = new Ajv2020({ strict: false }).compile(schema);
    assert.ok(check(JSON.parse(part.text)), `${part.text}: ${JSON.stringify(check.errors)}`);
  });
}

test('a schema that has no end is answered all the same', async () => {
  const schema = { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } };
  const endless = { $ref: '#', type: 'object', properties: { again: { $ref: '#' } }, required: ['again'] };
  for (const one of [schema, endless]) {
    const request = generation({ output: { kind: 'json_schema', name: 'x', schema: one } });
    assert.equal(wholeOf(await provider.send(providerCall({ request })), 'generation').finish, 'stop');
  }
});

test('JSON without a schema is an object', async () => {
  const request = generation({ prompt: 'hi', output: { kind: 'json' } });
  const reply = wholeOf(await provider.send(providerCall({ request })), 'generation');
  assert.deepEqual(reply.content, [{ kind: 'text', text: '{"model":"model-1","you_said":"hi"}' }]);
});

test('the cap of output and stop sequences are kept', async () => {
  const capped = wholeOf(await provider.send(providerCall({ maxOutputTokens: 2 })), 'generation');
  assert.deepEqual([capped.finish, capped.content], ['length', [{ kind: 'text', text: 'The simulated ' }]]);
  const request = generation({ prompt: 'one two three', sampling: { stop: ['never', 'two'] } });
  const stopped = wholeOf(await provider.send(providerCall({ request })), 'generation');
  assert.deepEqual(
    [stopped.finish, stopped.stopSequence, stopped.content],
    ['stop_sequence', 'two', [{ kind: 'text', text: 'The simulated model-1 heard: one ' }]],
  );
});

test('vectors have length 1, the dimensions asked for, and are nearer the more words they share', async () => {
  const request = embedding({
    inputs: ['the cat sat', 'the cat slept', 'quarterly revenue', [1, 2, 3], ''],
    dimensions: 64,
  });
  const { vectors, usage } = wholeOf(await provider.send(providerCall({ request })), 'embedding');
  const floats = vectors.map((vector) => (typeof vector === 'string' ? [] : vector));
  for (const vector of floats) {
    assert.equal(vector.length, 64);
    assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-6);
  }
  const dot = (a: readonly number[] = [], b: readonly number[] = []) =>
    a.reduce((sum, x, at) => sum + x * (b[at] ?? 0), 0);
  assert.ok(dot(floats[0], floats[1]) > dot(floats[0], floats[2]) + 0.3);
  assert.deepEqual(usage, { kind: 'exact', tokens: { input: estimateInputTokens(request), output: 0 } });
});

test('vectors in base64 are the same floats', async () => {
  const floats = wholeOf(await provider.send(providerCall({ request: embedding() })), 'embedding').vectors[0];
  const text = wholeOf(await provider.send(providerCall({ request: embedding({ encoding: 'base64' }) })), 'embedding')
    .vectors[0];
  assert.equal(typeof text, 'string');
  const bytes = Uint8Array.from(Buffer.from(String(text), 'base64'));
  assert.deepEqual([...new Float32Array(bytes.buffer)], floats);
});

test('input tokens are counted without an answer', async () => {
  const request = { kind: 'token_count', generation: generation({ prompt: 'x'.repeat(400) }) } as const;
  assert.equal(
    wholeOf(await provider.send(providerCall({ request })), 'token_count').inputTokens,
    estimateInputTokens(request),
  );
});

const FAILING = [
  {
    model: 'm?fail=rate_limited&retry_after_ms=1500',
    failure: { outcome: 'rate_limited', status: 429, retryAfterMs: 1500 },
  },
  { model: 'm?fail=unavailable', failure: { outcome: 'unavailable', status: 503 } },
  { model: 'm?fail=timeout', failure: { outcome: 'timeout' } },
] as const;

for (const { model, failure } of FAILING) {
  test(`${model} fails as it says`, async () => {
    const { message, ...rest } = failureOf(await provider.send(providerCall({ model })));
    assert.deepEqual(rest, failure);
    assert.match(message, /simulation/);
  });
}

test('the prompt can say what the model does, and wins', async () => {
  const request = generation({ prompt: 'hi [simulate fail=auth]' });
  assert.equal(failureOf(await provider.send(providerCall({ request, model: 'm?fail=timeout' }))).outcome, 'auth');
});

for (const model of ['m?fail=ok', 'm?tokens=-1', 'm?latency_ms=9999999', 'm?colour=red', 'm?tokens', 'm?__proto__=1']) {
  test(`${model} is refused by name`, async () => {
    const failure = failureOf(await provider.send(providerCall({ model })));
    assert.equal(failure.outcome, 'invalid_request');
    assert.ok(failure.message.includes(model.slice(2)));
  });
}

test('an answer has as many words as the script says', async () => {
  const reply = wholeOf(await provider.send(providerCall({ model: 'm?tokens=40' })), 'generation');
  assert.equal(reply.usage.kind === 'exact' && reply.usage.tokens.output, 40);
  assert.equal(reply.model, 'm');
});

test('a cut stream is a failed connection, and never has its end', async () => {
  const request = generation({ stream: true });
  const { events, failure } = await collect(
    streamOf(await provider.send(providerCall({ request, model: 'm?tokens=40&cut_after=5' }))),
  );
  assert.equal(failure?.outcome, 'connection');
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['start', 'text', 'text', 'text', 'text', 'text'],
  );
  assert.equal(failureOf(await provider.send(providerCall({ model: 'm?cut_after=5' }))).outcome, 'connection');
});

const ENDINGS = [
  { answer: 'empty', finish: 'stop', kinds: [] },
  { answer: 'refusal', finish: 'refusal', kinds: ['refusal'] },
  { answer: 'truncated', finish: 'length', kinds: ['text'] },
] as const;

for (const { answer, finish, kinds } of ENDINGS) {
  test(`an answer can be ${answer}`, async () => {
    const reply = wholeOf(await provider.send(providerCall({ model: `m?answer=${answer}` })), 'generation');
    assert.deepEqual([reply.finish, reply.content.map(({ kind }) => kind)], [finish, kinds]);
  });
}

test('the wait before an answer ends with the signal', async () => {
  const controller = new AbortController();
  const sent = provider.send(providerCall({ model: 'm?latency_ms=600000', signal: controller.signal }));
  controller.abort();
  assert.equal(failureOf(await sent).outcome, 'cancelled');
});

test('a paused stream says nothing until it goes on', async () => {
  const request = generation({ stream: true });
  const stream = streamOf(await provider.send(providerCall({ request, model: 'm?tokens=500' })));
  let heard = 0;
  const done = collect(stream, ({ length }) => {
    heard = length;
    if (length === 10) stream.pause();
  });
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  assert.equal(heard, 10);
  stream.resume();
  assert.equal((await done).events.length, 504);
});

const GIVING_UP = [
  { name: 'cancelled', give: (stream: { cancel(): void }) => stream.cancel() },
  { name: 'aborted', give: (_stream: { cancel(): void }, controller: AbortController) => controller.abort() },
] as const;

for (const { name, give } of GIVING_UP) {
  test(`a stream that is ${name} is closed at once`, async () => {
    const request = generation({ stream: true });
    const controller = new AbortController();
    const stream = streamOf(
      await provider.send(providerCall({ request, model: 'm?tokens=500&token_ms=100000', signal: controller.signal })),
    );
    const done = collect(stream, () => give(stream, controller));
    assert.equal((await done).failure?.outcome, 'cancelled');
  });
}

test('a schema that refers to itself many times over is answered in no time', async () => {
  const properties = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`p${at}`, { $ref: '#' }]));
  const schema = { type: 'object', properties, required: Object.keys(properties) };
  const startedAtMs = performance.now();
  const request = generation({ output: { kind: 'json_schema', name: 'x', schema } });
  wholeOf(await provider.send(providerCall({ request })), 'generation');
  assert.ok(performance.now() - startedAtMs < 500);
});

test('many inputs of many words are embedded in no time', async () => {
  const request = embedding({
    inputs: Array.from({ length: 2048 }, () => 'many words '.repeat(100)),
    dimensions: 3072,
  });
  const startedAtMs = performance.now();
  wholeOf(await provider.send(providerCall({ request })), 'embedding');
  // A second where nobody else works; each input taken by itself would take minutes.
  assert.ok(performance.now() - startedAtMs < 15_000);
});

test('whatever the schema, the answer is JSON', async () => {
  const words = fc.constantFrom(
    'type',
    'properties',
    'items',
    '$ref',
    'anyOf',
    'allOf',
    'enum',
    'const',
    'required',
    '$defs',
    'minItems',
    'minLength',
    'multipleOf',
    'maximum',
  );
  const values = fc.oneof(
    fc.constantFrom('object', 'array', 'string', 'number', 'integer', '#', '#/$defs/a', '#/properties/__proto__'),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
  );
  const { schema } = fc.letrec((tie) => ({
    schema: fc.dictionary(
      fc.oneof(words, fc.string()),
      fc.oneof({ depthSize: 'small' }, values, tie('schema'), fc.array(tie('schema'), { maxLength: 3 })),
      { maxKeys: 5 },
    ),
  }));
  await fc.assert(
    fc.asyncProperty(schema, async (made) => {
      const parsed: JsonObject = JSON.parse(JSON.stringify(made));
      const request = generation({ output: { kind: 'json_schema', name: 'x', schema: parsed } });
      const [part] = wholeOf(await provider.send(providerCall({ request })), 'generation').content;
      assert.ok(part?.kind === 'text');
      JSON.parse(part.text);
    }),
    { numRuns: 500 },
  );
});

test('whatever stands behind a model or in a prompt is a script or is refused', async () => {
  const option = fc.tuple(
    fc.constantFrom('tokens', 'answer', 'fail', 'cut_after', 'x', ''),
    fc.oneof(fc.string(), fc.constantFrom('3', 'ok', 'empty', 'auth')),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(option, { maxLength: 4 }), fc.boolean(), async (options, inPrompt) => {
      const pairs = options.map(([key, value]) => `${key}=${value}`);
      const request = generation({ prompt: inPrompt ? `[simulate ${pairs.join(' ')}]` : 'hi' });
      const reply = await provider.send(providerCall({ request, model: inPrompt ? 'm' : `m?${pairs.join('&')}` }));
      assert.ok(reply.kind === 'whole' || reply.kind === 'failed');
    }),
    { numRuns: 500 },
  );
});
