import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AssistantPart, GenerationRequest } from '../../src/core/generation.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { GenerationReply, StreamEvent } from '../../src/core/reply.ts';
import { createJudge } from '../../src/executor/quality.ts';
import { createSchemaCheck } from '../../src/executor/schema-check.ts';
import { StreamMeter } from '../../src/executor/stream-meter.ts';
import { REPLY, REQUEST } from './scripted.ts';

const judge = createJudge(createSchemaCheck());
const CAP = 100;

const SCHEMA: JsonObject = {
  type: 'object',
  properties: { city: { type: 'string' }, size: { type: 'integer' } },
  required: ['city'],
};
const asks = (output: GenerationRequest['output']): GenerationRequest => ({ ...REQUEST, output });
const JSON_SCHEMA = asks({ kind: 'json_schema', name: 'city', schema: SCHEMA });
const JSON_OBJECT = asks({ kind: 'json' });

const says = (text: string): GenerationReply['content'] => [{ kind: 'text', text }];
const calls = (text: string): GenerationReply['content'] => [
  { kind: 'tool_call', id: 'c1', name: 'f', arguments: text },
];
const used = (output: number): GenerationReply['usage'] => ({ kind: 'exact', tokens: { input: 9, output } });

const RAW = { protocol: 'openai-responses', bytes: Buffer.from('{}') } as const;

interface Case {
  readonly name: string;
  readonly reply: Partial<GenerationReply>;
  readonly request?: GenerationRequest;
  /** Undefined: it is good. */
  readonly poor: RegExp | undefined;
  readonly quality: number | undefined;
}

const CASES: readonly Case[] = [
  { name: 'an answer', reply: {}, poor: undefined, quality: 1 },
  { name: 'no content', reply: { content: [] }, poor: /empty/, quality: 0 },
  { name: 'empty text', reply: { content: says('') }, poor: /empty/, quality: 0 },
  { name: 'thought alone', reply: { content: [{ kind: 'reasoning', text: 'hm' }] }, poor: /empty/, quality: 0 },
  {
    name: 'nothing, at a stop sequence of the caller',
    reply: { content: [], finish: 'stop_sequence' },
    poor: undefined,
    quality: undefined,
  },
  { name: 'a turn that wants to go on', reply: { content: [], finish: 'pause' }, poor: undefined, quality: undefined },
  { name: 'a refusal by its reason', reply: { finish: 'refusal' }, poor: /refused/, quality: 0.5 },
  {
    name: 'a refusal by its part',
    reply: { content: [{ kind: 'refusal', text: 'no' }] },
    poor: /refused/,
    quality: 0.5,
  },
  { name: 'an answer cut by a filter', reply: { finish: 'content_filter' }, poor: /filter/, quality: 0.5 },
  {
    name: 'one cut before its cap',
    reply: { finish: 'length', usage: used(50) },
    poor: /cut before its cap/,
    quality: 0.5,
  },
  {
    name: 'one that fills its cap',
    reply: { finish: 'length', usage: used(100) },
    poor: undefined,
    quality: undefined,
  },
  {
    name: 'one that fills its cap but for a token',
    reply: { finish: 'length', usage: used(99) },
    poor: undefined,
    quality: undefined,
  },
  {
    name: 'one cut after nobody knows how much',
    reply: { finish: 'length', usage: { kind: 'unknown' } },
    poor: undefined,
    quality: undefined,
  },
  { name: 'a tool call', reply: { content: calls('{"a":1}'), finish: 'tool_calls' }, poor: undefined, quality: 1 },
  {
    name: 'a tool call without arguments',
    reply: { content: calls(''), finish: 'tool_calls' },
    poor: undefined,
    quality: 1,
  },
  {
    name: 'a tool call with half its arguments',
    reply: { content: calls('{"a":'), finish: 'tool_calls' },
    poor: /tool call/,
    quality: 0.25,
  },
  {
    name: 'a tool call with a list',
    reply: { content: calls('[1]'), finish: 'tool_calls' },
    poor: /tool call/,
    quality: 0.25,
  },
  {
    name: 'JSON that fits',
    request: JSON_SCHEMA,
    reply: { content: says('{"city":"Bonn"}') },
    poor: undefined,
    quality: 1,
  },
  {
    name: 'JSON in two parts that fits',
    request: JSON_SCHEMA,
    reply: { content: [...says('{"city"'), ...says(':"Bonn"}')] },
    poor: undefined,
    quality: 1,
  },
  {
    name: 'JSON that does not fit',
    request: JSON_SCHEMA,
    reply: { content: says('{"size":1}') },
    poor: /schema/,
    quality: 0.25,
  },
  {
    name: 'JSON in a fence',
    request: JSON_SCHEMA,
    reply: { content: says('```json\n{"city":"Bonn"}\n```') },
    poor: /schema/,
    quality: 0.25,
  },
  {
    name: 'a tool call where JSON is asked for',
    request: JSON_SCHEMA,
    reply: { content: calls('{}'), finish: 'tool_calls' },
    poor: undefined,
    quality: 1,
  },
  {
    name: 'prose where any object is asked for',
    request: JSON_OBJECT,
    reply: { content: says('Bonn') },
    poor: /not the JSON/,
    quality: 0.25,
  },
  {
    name: 'a list where any object is asked for',
    request: JSON_OBJECT,
    reply: { content: says('[]') },
    poor: /not the JSON/,
    quality: 0.25,
  },
  {
    name: 'an object where any is asked for',
    request: JSON_OBJECT,
    reply: { content: says('{}') },
    poor: undefined,
    quality: 1,
  },
];

/** The same answer as it would be streamed. */
function streamed({ content, finish, usage }: GenerationReply): StreamEvent[] {
  const counts: StreamEvent[] = usage.kind === 'unknown' ? [] : [{ kind: 'usage', tokens: usage.tokens }];
  return [...content.flatMap(partEvents), { kind: 'finish', reason: finish }, ...counts, { kind: 'end' }];
}

function partEvents(part: AssistantPart, index: number): StreamEvent[] {
  switch (part.kind) {
    case 'text':
      return [...part.text].map((text) => ({ kind: 'text', text }));
    case 'reasoning':
      return [{ kind: 'reasoning', text: part.text }];
    case 'refusal':
      return [{ kind: 'refusal', text: part.text }];
    case 'tool_call': {
      const pieces = [...part.arguments].map((text): StreamEvent => ({ kind: 'tool_arguments', index, text }));
      return [{ kind: 'tool_call', index, id: part.id, name: part.name }, ...pieces];
    }
  }
}

/** Of a stream, relayed bytes say it. */
const OPAQUE: readonly Case[] = [
  {
    name: 'output that only the bytes have',
    reply: { content: [], opaque: true, raw: RAW },
    poor: undefined,
    quality: 1,
  },
  { name: 'output that nobody has', reply: { content: [], opaque: true }, poor: /empty/, quality: 0 },
  {
    name: 'output that only the bytes have where JSON is asked for',
    request: JSON_OBJECT,
    reply: { content: [], opaque: true, raw: RAW },
    poor: undefined,
    quality: 1,
  },
  {
    name: 'prose beside such output where JSON is asked for',
    request: JSON_OBJECT,
    reply: { content: says('Bonn'), opaque: true, raw: RAW },
    poor: /not the JSON/,
    quality: 0.25,
  },
];

describe('the judge of answers', () => {
  for (const { name, reply, request = REQUEST, poor, quality } of [...CASES, ...OPAQUE]) {
    const whole: GenerationReply = { ...REPLY, ...reply };
    const meter = new StreamMeter(request.output.kind !== 'text');
    for (const event of streamed(whole)) meter.note([event], undefined);
    const ways = [{ way: 'whole', verdict: () => judge.reply(whole, request, CAP) }];
    if (whole.opaque !== true)
      ways.push({ way: 'streamed', verdict: () => judge.stream(() => meter.seen(), request, CAP) });
    for (const { way, verdict } of ways) {
      test(`takes ${name}, ${way}, for ${poor === undefined ? 'an answer' : 'a poor one'}`, () => {
        const judged = verdict();
        assert.equal(judged.kind, poor === undefined ? 'good' : 'poor');
        assert.equal(judged.quality, quality);
        assert.match(judged.kind === 'poor' ? judged.failure.message : '', poor ?? /^$/);
      });
    }
  }

  test('does not judge what was relayed undecoded, but for what its metering says', () => {
    const meter = new StreamMeter(true);
    meter.note([{ kind: 'output' }, { kind: 'finish', reason: 'stop' }, { kind: 'end' }], new Uint8Array(9));
    assert.deepEqual(
      judge.stream(() => meter.seen(), JSON_SCHEMA, CAP),
      { kind: 'good', quality: 1 },
    );
  });

  test('says nothing of embeddings and counts', () => {
    const count = { kind: 'token_count', inputTokens: 1, source: 'exact' } as const;
    assert.deepEqual(judge.reply(count, { kind: 'token_count', generation: REQUEST }, CAP), { kind: 'good' });
  });

  test('keeps no more of a stream than its bound', () => {
    const meter = new StreamMeter(true);
    for (let index = 0; index < 300; index += 1) meter.note([{ kind: 'text', text: 'x'.repeat(1_024) }], undefined);
    assert.equal(meter.seen().text, undefined);
  });
});
