/** Bytes and documents from outside: whatever they are, they are read, or refused with a Failure that names why. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../../src/core/failure.ts';
import type { AssistantPart, Message } from '../../../src/core/generation.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import type { GenerationReply, StreamEvent } from '../../../src/core/reply.ts';
import { openAiResponsesFront } from '../../../src/protocol/openai-responses/front.ts';
import { openAiResponsesSame } from '../../../src/protocol/openai-responses/same.ts';
import { openAiResponsesVendor } from '../../../src/protocol/openai-responses/vendor.ts';
import { createSseParser } from '../../../src/protocol/sse.ts';
import { generation } from '../../support/model-requests.ts';
import { REPLY_PAIRS } from './reply-pairs.ts';
import { REQUEST_PAIRS } from './request-pairs.ts';
import { STREAM_PAIRS, sse } from './stream-pairs.ts';

const AS = { model: 'gpt-x', maxOutputTokens: 4096 };
const IDENTITY = { id: 'i', createdS: 1 };
const REFUSALS = ['invalid_request', 'unsupported', 'too_large'];
const SOME = openAiResponsesFront.readRequest({ input: 'Hi', stream: true });

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

const BODIES = REQUEST_PAIRS.map(({ body }): Json => body);
const DOCUMENTS = REPLY_PAIRS.map(({ body }): Json => ({ id: 'resp_1', model: 'm', ...body }));
const STREAMS = STREAM_PAIRS.map(({ messages }): Json => messages);

/** Typed as by the reader; written by one writer. */
function readEvents(text: string): readonly StreamEvent[] {
  const reader = openAiResponsesVendor.createStreamReader();
  const events: StreamEvent[] = [];
  createSseParser((type, data) => events.push(...reader.read(type, data))).feed(Buffer.from(text));
  return events;
}

describe('what comes from outside', () => {
  it('as a request is read or refused, and what was read can be answered, and written or refused by name', () => {
    fc.assert(
      fc.property(fc.oneof(json, brokenOf(BODIES)), (body) => {
        const request = orRefused(() => openAiResponsesFront.readRequest(body));
        if (request === undefined) return;
        assert.equal(openAiResponsesSame.patchRequest(request, AS)['model'], AS.model);
        JSON.stringify(openAiResponsesFront.writeReply(REPLY, request));
        openAiResponsesFront.createStreamWriter(request, IDENTITY).write({ kind: 'end' });
        const elsewhere = { ...request, protocol: 'turnpike' as const };
        const names = openAiResponsesVendor.unsupported(elsewhere);
        const written = orRefused(() => openAiResponsesVendor.writeRequest(elsewhere, AS));
        assert.equal(written === undefined, names.length > 0);
      }),
      { numRuns: 3000 },
    );
  });

  it('as a reply is read or refused', () => {
    fc.assert(
      fc.property(fc.oneof(json, brokenOf(DOCUMENTS)), (body) => {
        const reply = orRefused(() => openAiResponsesVendor.readReply(body));
        if (reply !== undefined) JSON.stringify(openAiResponsesFront.writeReply(reply, SOME, IDENTITY));
      }),
      { numRuns: 2000 },
    );
  });

  it('as a stream is read, told at most one end, and can be told on', () => {
    fc.assert(
      fc.property(brokenOf(STREAMS), (messages) => {
        const reader = openAiResponsesVendor.createStreamReader();
        const writer = openAiResponsesFront.createStreamWriter(SOME, IDENTITY);
        const events: StreamEvent[] = [];
        for (const message of Array.isArray(messages) ? messages : []) {
          events.push(...reader.read('', JSON.stringify(message)));
        }
        for (const event of events) writer.write(event);
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
        'event: response.created\n',
        'event: response.output_text.delta\n',
        'data: {}\n',
        'data: {"type":"response.created"}\n\n',
        ': x',
      ),
      fc.constantFrom(...STREAM_PAIRS.map(({ messages }) => sse(messages))),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 12 }), fc.integer({ min: 1, max: 40 }), (parts, size) => {
        const bytes = Buffer.from(parts.join(''));
        const relay = openAiResponsesSame.createRelay(SOME);
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

const word = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
const id = fc.stringMatching(/^[a-zA-Z0-9-]{1,12}$/);
const input = fc.dictionary(word, fc.jsonValue({ maxDepth: 2 })).map((value) => JSON.stringify(value));
const text = fc.record({ kind: fc.constant('text' as const), text: word });
const thought = fc.record({
  kind: fc.constant('reasoning' as const),
  text: word,
  signature: word.map((encrypted) => `openai:${encrypted}`),
});
const call = fc.record({ kind: fc.constant('tool_call' as const), id, name: id, arguments: input });

const REPLY: GenerationReply = {
  kind: 'generation',
  id: 'resp_1',
  model: 'm',
  content: [{ kind: 'text', text: 'Hi' }],
  finish: 'stop',
  usage: { kind: 'unknown' },
};

/** Parts between which there is something else: those that follow one another are one. */
const apart = fc
  .array(fc.oneof(text, thought, call), { maxLength: 6 })
  .map((parts) => parts.filter(({ kind }, at) => kind !== 'text' || parts[at - 1]?.kind !== 'text'));

/** The same in events, words in pieces of three. */
function eventsOf(content: readonly AssistantPart[]): readonly StreamEvent[] {
  const events: StreamEvent[] = [{ kind: 'start', id: 'resp_1', model: 'm' }];
  let calls = 0;
  const pieces = (said: string): readonly string[] => said.match(/.{1,3}/gsu) ?? [];
  for (const part of content) {
    switch (part.kind) {
      case 'text':
      case 'refusal':
        for (const piece of pieces(part.text)) events.push({ kind: part.kind, text: piece });
        break;
      case 'reasoning':
        for (const piece of pieces(part.text)) events.push({ kind: 'reasoning', text: piece });
        events.push({ kind: 'reasoning_signature', signature: part.signature ?? '' });
        break;
      case 'tool_call':
        events.push({ kind: 'tool_call', index: calls, id: part.id, name: part.name });
        for (const piece of pieces(part.arguments)) events.push({ kind: 'tool_arguments', index: calls, text: piece });
        calls += 1;
    }
  }
  return [...events, { kind: 'finish', reason: calls > 0 ? 'tool_calls' : 'stop' }, { kind: 'end' }];
}

describe('what is written is read back as it was', () => {
  const usage = { kind: 'exact', tokens: { input: 3, output: 2, cacheRead: 1, reasoning: 1 } } as const;

  it('a reply', () => {
    fc.assert(
      fc.property(apart, (content) => {
        const finish = content.some(({ kind }) => kind === 'tool_call') ? 'tool_calls' : 'stop';
        const reply: GenerationReply = { ...REPLY, content, finish, usage };
        const document = openAiResponsesFront.writeReply(reply, SOME, IDENTITY);
        assert.deepEqual(openAiResponsesVendor.readReply(JSON.parse(JSON.stringify(document))), normal(reply));
      }),
    );
  });

  it('a stream, event by event', () => {
    fc.assert(
      fc.property(apart, (content) => {
        const events = eventsOf(content);
        const writer = openAiResponsesFront.createStreamWriter(SOME, IDENTITY);
        assert.deepEqual(readEvents(events.map((event) => writer.write(event)).join('')), events);
      }),
      { numRuns: 500 },
    );
  });

  it('a conversation', () => {
    const turn: fc.Arbitrary<readonly Message[]> = fc
      .tuple(
        fc.array(text, { minLength: 1, maxLength: 2 }),
        apart,
        fc.uniqueArray(call, { maxLength: 3, selector: (part) => part.id }),
        text,
      )
      .map(([said, thoughts, calls, result]) => {
        const content: readonly AssistantPart[] = [...thoughts.filter(({ kind }) => kind !== 'tool_call'), ...calls];
        const results = calls.map(({ id: callId }) => ({ callId, content: [result] }));
        return [
          { role: 'user', content: said },
          ...(content.length === 0 ? [] : [{ role: 'assistant', content } as const]),
          ...(results.length === 0 ? [] : [{ role: 'tool', results } as const]),
        ];
      });
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 4 }), (turns) => {
        const messages = turns.flat();
        const written = openAiResponsesVendor.writeRequest(generation({ messages }), AS);
        assert.deepEqual(
          openAiResponsesFront.readRequest(JSON.parse(JSON.stringify(written))).messages,
          normal(messages),
        );
      }),
    );
  });
});

/** What is made up has no prototype; what is read has one. */
const normal = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));
