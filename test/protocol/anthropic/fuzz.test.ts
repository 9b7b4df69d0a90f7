/** Bytes and documents from outside: whatever they are, they are read, or refused with a Failure that names why. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../../src/core/failure.ts';
import type { AssistantPart, GenerationRequest, Message } from '../../../src/core/generation.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import type { GenerationReply, StreamEvent } from '../../../src/core/reply.ts';
import { anthropicFront } from '../../../src/protocol/anthropic/front.ts';
import { anthropicSame } from '../../../src/protocol/anthropic/same.ts';
import { anthropicVendor } from '../../../src/protocol/anthropic/vendor.ts';
import { writeReply } from '../../../src/protocol/anthropic/write-reply.ts';
import { REPLY_PAIRS } from './reply-pairs.ts';
import { REQUEST_PAIRS } from './request-pairs.ts';
import { STREAM_PAIRS, sse } from './stream-pairs.ts';

const AS = { model: 'claude-opus-4-6', maxOutputTokens: 4096 };
const REFUSALS = ['invalid_request', 'unsupported', 'too_large'];

/** @returns undefined where it was refused */
function orRefused<Result>(run: () => Result): Result | undefined {
  try {
    return run();
  } catch (reason) {
    assert.ok(reason instanceof Failure, String(reason));
    assert.ok(REFUSALS.includes(reason.code), reason.code);
    return undefined;
  }
}

/** Any JSON, with the values that break readers. */
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
  fc.constantFrom<Json>(
    '',
    '\ud800',
    1e308,
    -1,
    0.5,
    Number.MAX_SAFE_INTEGER + 1,
    [],
    {},
    [[]],
    JSON.parse('{"__proto__":1}'),
  ),
);

/** A good document with one of its values replaced. */
const brokenOf = (documents: readonly Json[]): fc.Arbitrary<Json> =>
  fc.tuple(fc.constantFrom(...documents), fc.nat(), json).map(([document, at, value]) => {
    const copy = structuredClone(document);
    const places: (readonly [JsonObject, string])[] = [];
    collect(copy, places);
    const place = places[at % Math.max(1, places.length)];
    // The copy is ours to change.
    if (place !== undefined) (place[0] as Record<string, Json>)[place[1]] = value;
    return copy;
  });

function collect(value: Json, places: (readonly [JsonObject, string])[]): void {
  if (typeof value !== 'object' || value === null) return;
  // A list is an object of its indexes here.
  const object = value as JsonObject;
  for (const name of Object.keys(object)) {
    places.push([object, name]);
    collect(object[name] ?? null, places);
  }
}

const BODIES = REQUEST_PAIRS.map(({ body }): Json => ({ model: 'm', max_tokens: 2000, ...body }));
const MESSAGES = REPLY_PAIRS.map(({ body }): Json => ({ id: 'msg_1', type: 'message', model: 'm', ...body }));

describe('what comes from outside', () => {
  it('as a request is read or refused, and what was read can be written or is refused', () => {
    fc.assert(
      fc.property(fc.oneof(json, brokenOf(BODIES)), (body) => {
        const request = orRefused(() => anthropicFront.readRequest(body));
        if (request === undefined) return;
        assert.ok(JSON.stringify(anthropicSame.patchRequest(request, AS)).includes(AS.model));
        const names = anthropicVendor.unsupported(request);
        const written = orRefused(() => anthropicVendor.writeRequest(request, AS));
        assert.equal(written === undefined, names.length > 0);
        if (written !== undefined) anthropicFront.readRequest(JSON.parse(JSON.stringify(written)));
      }),
      { numRuns: 3000 },
    );
  });

  it('as a reply is read or refused', () => {
    fc.assert(
      fc.property(fc.oneof(json, brokenOf(MESSAGES)), (body) => {
        const reply = orRefused(() => anthropicVendor.readReply(body));
        if (reply !== undefined) JSON.stringify(writeReply(reply));
      }),
      { numRuns: 2000 },
    );
  });

  it('as an error is read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999 }), json, json, fc.string(), (status, body, error, header) => {
        for (const document of [body, { error }, { error: { type: error, message: body } }]) {
          const failure = anthropicVendor.readError(status, () => header, document);
          assert.ok(failure.message.length > 0 && failure.message.length < 400);
          assert.ok(failure.retryAfterMs === undefined || failure.retryAfterMs >= 0);
        }
      }),
    );
  });

  const streams = STREAM_PAIRS.map(({ messages }): Json => messages);

  it('as a stream is read, and told at most one end', () => {
    fc.assert(
      fc.property(brokenOf(streams), (messages) => {
        const reader = anthropicVendor.createStreamReader();
        const events: StreamEvent[] = [];
        for (const message of Array.isArray(messages) ? messages : []) {
          events.push(...reader.read('', JSON.stringify(message)));
        }
        const ends = events.filter(({ kind }) => kind === 'end' || kind === 'error');
        assert.ok(ends.length <= 1);
        assert.deepEqual(ends, events.slice(events.length - ends.length));
        assert.equal(reader.read('x', '{').length, 1 - ends.length);
      }),
      { numRuns: 2000 },
    );
  });

  it('as bytes of a stream is relayed in order, and no byte is changed', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '\n\n',
        '\r\n\r\n',
        '\r\r',
        'event: message_start\n',
        'event: content_block_delta\n',
        'data: {}\n',
        ': x',
      ),
      fc.constantFrom(...STREAM_PAIRS.map(({ messages }) => sse(messages))),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 12 }), fc.integer({ min: 1, max: 40 }), (parts, size) => {
        const bytes = Buffer.from(parts.join(''));
        const relay = anthropicSame.createRelay(SOME);
        const raw: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += size) {
          raw.push(Buffer.from(relay.feed(bytes.subarray(at, at + size)).raw ?? []));
        }
        const relayed = Buffer.concat(raw);
        assert.ok(relayed.equals(bytes.subarray(0, relayed.length)));
      }),
      { numRuns: 2000 },
    );
  });
});

const SOME: GenerationRequest = anthropicFront.readRequest({
  max_tokens: 9,
  messages: [{ role: 'user', content: 'Hi' }],
});

const word = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
const id = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/);
const input = fc.dictionary(word, fc.jsonValue({ maxDepth: 2 })).map((value) => JSON.stringify(value));
const text = fc.record({ kind: fc.constant('text' as const), text: word });
const signed = fc.record({ kind: fc.constant('reasoning' as const), text: fc.string(), signature: word });
const hidden = fc.record({ kind: fc.constant('reasoning' as const), text: fc.constant(''), redacted: word });
const call = fc.record({ kind: fc.constant('tool_call' as const), id, name: id, arguments: input });

describe('what is written is read back as it was', () => {
  it('a reply', () => {
    const count = fc.nat(1_000_000);
    const reply: fc.Arbitrary<GenerationReply> = fc.record({
      kind: fc.constant('generation' as const),
      id,
      model: id,
      content: fc.array(fc.oneof(text, signed, hidden, call), { maxLength: 6 }),
      finish: fc.constantFrom('stop' as const, 'length' as const, 'tool_calls' as const, 'refusal' as const),
      usage: fc
        .tuple(count, count, count, count, count)
        .map(([fresh, cacheRead, cacheWrite, cacheWrite1h, output]) => ({
          kind: 'exact' as const,
          tokens: {
            input: fresh + cacheRead + cacheWrite + cacheWrite1h,
            output,
            ...(cacheRead > 0 ? { cacheRead } : {}),
            ...(cacheWrite > 0 ? { cacheWrite } : {}),
            ...(cacheWrite1h > 0 ? { cacheWrite1h } : {}),
          },
        }))
        // As little input as none at all is not told apart from nothing said.
        .filter(({ tokens }) => tokens.input > 0),
    });
    fc.assert(
      fc.property(reply, (value) => {
        assert.deepEqual(anthropicVendor.readReply(JSON.parse(JSON.stringify(writeReply(value)))), normal(value));
      }),
    );
  });

  it('a conversation', () => {
    const turn: fc.Arbitrary<readonly Message[]> = fc
      .tuple(
        fc.array(text, { minLength: 1, maxLength: 2 }),
        fc.array(fc.oneof(text, signed), { minLength: 1, maxLength: 3 }),
        fc.uniqueArray(call, { maxLength: 3, selector: (part) => part.id }),
        fc.array(text, { maxLength: 2 }),
      )
      .map(([said, thought, calls, result]) => {
        const content: readonly AssistantPart[] = [...thought, ...calls];
        const results = calls.map(({ id: callId }) => ({ callId, content: result }));
        return [
          { role: 'user', content: said },
          { role: 'assistant', content },
          ...(results.length === 0 ? [] : [{ role: 'tool', results } as const]),
        ];
      });
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 4 }), (turns) => {
        const messages: readonly Message[] = [
          ...turns.flat(),
          { role: 'user', content: [{ kind: 'text', text: 'On.' }] },
        ];
        const written = anthropicVendor.writeRequest({ ...SOME, messages }, AS);
        assert.deepEqual(anthropicFront.readRequest(JSON.parse(JSON.stringify(written))).messages, normal(messages));
      }),
    );
  });
});

/** JSON knows no minus zero, and an object with a prototype's name has it as a name. */
const normal = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));
