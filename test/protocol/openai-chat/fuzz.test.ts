import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../../src/core/failure.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { needsOf } from '../../../src/core/needs.ts';
import type { StreamEvent } from '../../../src/core/reply.ts';
import { estimateInputTokens } from '../../../src/core/token-estimate.ts';
import { OPENAI_DIALECT } from '../../../src/protocol/openai-chat/dialect.ts';
import { openAiChatFront } from '../../../src/protocol/openai-chat/front.ts';
import { openAiChatSame } from '../../../src/protocol/openai-chat/same.ts';
import { openAiChatVendor } from '../../../src/protocol/openai-chat/vendor.ts';
import { openAiEmbeddingsFront, openAiEmbeddingsVendor } from '../../../src/protocol/openai-embeddings/embeddings.ts';
import { createSseParser } from '../../../src/protocol/sse.ts';
import { generation } from '../../support/model-requests.ts';
import { BODIES, HELLO, UNKEPT } from './bodies.ts';
import { REFUSED } from './refused-bodies.ts';
import { STREAMS } from './streams.ts';

const vendor = openAiChatVendor(OPENAI_DIALECT);
const AS = { model: 'm', maxOutputTokens: 1 };

const NAMES = [
  ...['__proto__', 'constructor', 'choices', 'message', 'delta', 'content', 'role', 'tool_calls', 'function', 'index'],
  ...['name', 'arguments', 'usage', 'prompt_tokens', 'error', 'code', 'type', 'text', 'data', 'embedding', 'id'],
];
const anyJson: fc.Arbitrary<Json> = fc
  .anything({
    key: fc.oneof(fc.constantFrom(...NAMES), fc.string()),
    values: [
      fc.string(),
      fc.constantFrom('text', 'tool', 'assistant', 'user', 'function', '[DONE]', '\ud800', ''),
      fc.double(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    ],
    maxDepth: 5,
  })
  // Through its text, as it would come: without undefined, NaN or own prototypes.
  .map((value) => JSON.parse(JSON.stringify(value) ?? 'null'));

/** A good body with one value anywhere in it replaced or taken away. */
const GOOD: readonly JsonObject[] = [...BODIES, ...UNKEPT.map(([, body]) => ({ body })), ...REFUSED.slice(0, 30)].map(
  ({ body }) => ({ model: 'm', messages: [HELLO], ...body }),
);
const brokenBody: fc.Arbitrary<Json> = fc
  .tuple(fc.constantFrom(...GOOD), fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }), fc.option(anyJson))
  .map(([body, path, value]) => replaced(body, path, value));

function replaced(value: Json, path: readonly number[], by: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== 'object' || value === null) return by;
  if (Array.isArray(value))
    return value.map((item, index) => (index === step % value.length ? replaced(item, rest, by) : item));
  const names = Object.keys(value);
  const chosen = names[step % Math.max(1, names.length)];
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      name === chosen ? replaced(item ?? null, rest, by) : (item ?? null),
    ]),
  );
}

/** Runs it; whatever it refuses is a Failure. */
function refusesOnly(run: () => unknown): void {
  try {
    run();
  } catch (reason) {
    assert.ok(reason instanceof Failure, String(reason));
    assert.notEqual(reason.code, 'internal');
    assert.ok(reason.message.length < 2000);
  }
}

describe('whatever comes', () => {
  it('as a body is read whole, or refused by name', () => {
    fc.assert(
      fc.property(fc.oneof(anyJson, brokenBody), (body) => {
        refusesOnly(() => {
          const request = openAiChatFront.readRequest(body);
          assert.ok(estimateInputTokens(request) > 0);
          needsOf(request);
          openAiChatSame(OPENAI_DIALECT).patchRequest(request, AS);
          JSON.stringify(vendor.writeRequest({ ...request, protocol: 'turnpike' }, AS));
        });
        refusesOnly(() => openAiEmbeddingsFront.readRequest(body));
      }),
      { numRuns: 3000 },
    );
  });

  it('as a reply or an error is read, or refused by name', () => {
    fc.assert(
      fc.property(anyJson, fc.integer({ min: 100, max: 599 }), (body, status) => {
        refusesOnly(() => openAiChatFront.writeReply(vendor.readReply(body), generation(), { id: 'i', createdS: 1 }));
        refusesOnly(() => vendor.readReply({ choices: [{ message: body, finish_reason: body }], usage: body }));
        refusesOnly(() => openAiEmbeddingsVendor.readReply(body));
        const failure = vendor.readError(status, () => JSON.stringify(body), body);
        assert.ok(failure.message.length > 0 && failure.message.length <= 301);
      }),
      { numRuns: 2000 },
    );
  });

  it('as a message of a stream is told as events that never go on behind an end or an error', () => {
    const data = fc.oneof(
      anyJson.map((json) => JSON.stringify(json)),
      anyJson.map((json) => JSON.stringify({ choices: [{ delta: json, finish_reason: 'stop' }], usage: json })),
      fc.string(),
      fc.constant('[DONE]'),
    );
    fc.assert(
      fc.property(fc.array(data, { maxLength: 8 }), (messages) => {
        const reader = vendor.createStreamReader();
        const events: StreamEvent[] = [];
        for (const message of messages) events.push(...reader.read('', message));
        events.push(...(reader.ended?.() ?? []));
        const last = events.findIndex(({ kind }) => kind === 'end' || kind === 'error');
        assert.ok(last === -1 || last === events.length - 1);
        assert.ok(events.filter(({ kind }) => kind === 'start').length <= 1);
        assert.ok(events.filter(({ kind }) => kind === 'finish').length <= 1);
        const writer = openAiChatFront.createStreamWriter(generation(), { id: 'i', createdS: 1 });
        for (const event of events) assert.match(writer.write(event), /^$|\n\n$/);
      }),
      { numRuns: 2000 },
    );
  });

  it('as bytes of a relayed stream leaves nothing but whole frames of it, in its order', () => {
    const request = openAiChatFront.readRequest({
      messages: [HELLO],
      stream: true,
      stream_options: { include_usage: true },
    });
    const texts = STREAMS.map(({ text }) => Buffer.from(text));
    const change = fc.record({
      at: fc.nat(4000),
      byte: fc.constantFrom(0, 10, 13, 34, 123, 125, 255),
      cut: fc.nat(4000),
    });
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(change, { maxLength: 4 }), (text, changes) => {
        const bytes = Buffer.from(text);
        for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
        const relay = openAiChatSame(OPENAI_DIALECT).createRelay(request);
        const cuts = [
          0,
          ...changes.map(({ cut }) => cut % bytes.length).sort((one, other) => one - other),
          bytes.length,
        ];
        const out: Uint8Array[] = [];
        for (const [index, end] of cuts.entries()) {
          const { raw } = relay.feed(bytes.subarray(cuts[index - 1] ?? 0, end));
          if (raw !== undefined) out.push(raw);
        }
        const relayed = Buffer.concat(out);
        assert.equal(relayed.compare(bytes.subarray(0, relayed.length)), 0);
      }),
      { numRuns: 2000 },
    );
  });

  it('as bytes of a stream is parsed and read without a fault of ours', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 6 }), (chunks) => {
        const reader = vendor.createStreamReader();
        const parser = createSseParser((type, data) => void reader.read(type, data), { maxEventChars: 100 });
        refusesOnly(() => {
          for (const chunk of chunks) parser.feed(chunk);
        });
      }),
    );
  });
});
