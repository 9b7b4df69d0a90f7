import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Failure } from '../../../src/core/failure.ts';
import { isOutput, type StreamEvent } from '../../../src/core/reply.ts';
import { OPENAI_DIALECT } from '../../../src/protocol/openai-chat/dialect.ts';
import { openAiChatFront } from '../../../src/protocol/openai-chat/front.ts';
import { openAiChatSame } from '../../../src/protocol/openai-chat/same.ts';
import { openAiChatVendor } from '../../../src/protocol/openai-chat/vendor.ts';
import { createSseParser } from '../../../src/protocol/sse.ts';
import { generation } from '../../support/model-requests.ts';
import { readSplitEverywhere } from '../split-everywhere.ts';
import { DONE, delta, finish, frame, ROLE, START, STREAMS, TOKENS, USAGE, usageOnly } from './streams.ts';

const vendor = openAiChatVendor(OPENAI_DIALECT);
const same = openAiChatSame(OPENAI_DIALECT);

function read(chunks: Iterable<Uint8Array>): readonly StreamEvent[] {
  const events: StreamEvent[] = [];
  const reader = vendor.createStreamReader();
  const parser = createSseParser((type, data) => events.push(...reader.read(type, data)));
  for (const chunk of chunks) parser.feed(chunk);
  events.push(...(reader.ended?.() ?? []));
  return events;
}

const asked = (includeUsage: boolean) =>
  openAiChatFront.readRequest({
    messages: [{ role: 'user', content: 'Hello!' }],
    stream: true,
    stream_options: { include_usage: includeUsage },
  });

interface Relayed {
  readonly raw: string;
  /** Without output, whose number depends on how the bytes were cut. */
  readonly events: readonly StreamEvent[];
  readonly hasOutput: boolean;
}

function relay(chunks: Iterable<Uint8Array>, includeUsage: boolean): Relayed {
  const relaying = same.createRelay(asked(includeUsage));
  const raw: Buffer[] = [];
  const events: StreamEvent[] = [];
  let outputs = 0;
  for (const chunk of chunks) {
    const fed = relaying.feed(chunk);
    if (fed.raw !== undefined) {
      raw.push(Buffer.from(fed.raw));
      assert.match(raw.at(-1)?.toString('latin1') ?? '', /[\r\n]{2}$/, 'only whole frames');
    }
    const told = fed.events.filter(({ kind }) => kind === 'output').length;
    assert.ok(told <= 1, 'output is told once a read');
    outputs += told;
    events.push(...fed.events.filter(({ kind }) => kind !== 'output'));
  }
  events.push(...(relaying.ended?.() ?? []));
  return { raw: Buffer.concat(raw).toString(), events, hasOutput: outputs > 0 };
}

describe('a streamed chat completion', () => {
  for (const { name, text, events } of STREAMS) {
    it(`is read, split anywhere: ${name}`, () => {
      assert.deepEqual(readSplitEverywhere(Buffer.from(text), read), events);
    });
  }

  it('ends with more calls of tools than any answer has', () => {
    const calls = Array.from({ length: 1100 }, (_, index) =>
      delta({ tool_calls: [{ index, id: `c${index}`, function: { name: 'f' } }] }),
    );
    const last = read([Buffer.from(calls.join(''))]).at(-1);
    assert.deepEqual(last, {
      kind: 'error',
      failure: { outcome: 'unavailable', message: 'malformed stream: more than 1024 tool calls' },
    });
  });
});

describe('a relayed chat completion', () => {
  for (const { name, text, events } of STREAMS) {
    it(`is metered as it is read, split anywhere: ${name}`, () => {
      const relayed = readSplitEverywhere(Buffer.from(text), (chunks) => relay(chunks, true));
      // What a relay does not decode it cannot know: whether the words of an answer were a refusal or a call.
      const kindOnly = (told: readonly StreamEvent[]): unknown[] =>
        told.filter((event) => !isOutput(event)).map((event) => (event.kind === 'finish' ? event.kind : event));
      assert.deepEqual(kindOnly(relayed.events), kindOnly(events));
      assert.equal(relayed.hasOutput, events.some(isOutput));
    });
  }

  for (const { name, text, events } of STREAMS.filter((stream) => stream.events.at(-1)?.kind === 'end')) {
    it(`goes to the client as it is: ${name}`, () => {
      const { raw } = relay([Buffer.from(text)], true);
      const end = Math.max(text.lastIndexOf(DONE), 0);
      const whole = name === 'something behind the end' ? text.slice(0, text.indexOf(DONE) + DONE.length) : text;
      assert.equal(raw, whole);
      assert.ok(end >= 0 && events.length > 0);
    });
  }

  it('has no chunk of usage that the gateway alone asked for, split anywhere', () => {
    const before = ROLE + delta({ content: 'Hi' }, { usage: null }) + finish('stop', { usage: null });
    const relayed = readSplitEverywhere(Buffer.from(before + usageOnly(USAGE) + DONE), (chunks) =>
      relay(chunks, false),
    );
    assert.equal(relayed.raw, before + DONE);
    assert.deepEqual(relayed.events, [
      START,
      { kind: 'finish', reason: 'stop' },
      { kind: 'usage', tokens: TOKENS },
      { kind: 'end' },
    ]);
  });

  it('keeps usage that stands beside a choice', () => {
    const text = ROLE + delta({ content: 'Hi' }) + finish('stop', { usage: USAGE }) + DONE;
    assert.equal(relay([Buffer.from(text)], false).raw, text);
  });

  it('withholds an error and what stands behind it', () => {
    const before = ROLE + delta({ content: 'Hi' });
    const text = before + frame({ error: { message: 'broken' } }) + delta({ content: 'more' }) + DONE;
    const relayed = readSplitEverywhere(Buffer.from(text), (chunks) => relay(chunks, true));
    assert.equal(relayed.raw, before);
    assert.equal(relayed.events.at(-1)?.kind, 'error');
  });

  it('passes words that look like what it searches for', () => {
    const words = 'data: [DONE]\n\n"usage":{"prompt_tokens":1} "finish_reason":"stop" "error":{';
    const text = ROLE + delta({ content: 'a' }) + delta({ content: words }) + finish('stop') + DONE;
    const relayed = readSplitEverywhere(Buffer.from(text), (chunks) => relay(chunks, true));
    assert.equal(relayed.raw, text);
    assert.deepEqual(relayed.events, [START, { kind: 'finish', reason: 'stop' }, { kind: 'end' }]);
  });
});

describe('a chat completion that is streamed to a client', () => {
  const write = (events: readonly StreamEvent[], includeUsage: boolean): string => {
    const writer = openAiChatFront.createStreamWriter(asked(includeUsage), { id: 'own-id', createdS: 1 });
    return events.map((event) => writer.write(event)).join('');
  };

  const WHOLE = STREAMS.filter(({ events }) => events.at(-1)?.kind === 'end');
  for (const { name, events } of WHOLE) {
    it(`says what was read: ${name}`, () => {
      const again = read([Buffer.from(write(events, true))]);
      const withoutUsage = (told: readonly StreamEvent[]) => told.filter(({ kind }) => kind !== 'usage');
      assert.deepEqual(withoutUsage(again), withoutUsage(events));
    });
  }

  it('is the chunks that OpenAI documents', () => {
    const events: readonly StreamEvent[] = [
      START,
      { kind: 'reasoning', text: 'Hm' },
      { kind: 'reasoning_signature', signature: 's' },
      { kind: 'text', text: 'Hi' },
      { kind: 'tool_call', index: 0, id: 'c', name: 'f' },
      { kind: 'tool_arguments', index: 0, text: '{}' },
      { kind: 'usage', tokens: TOKENS },
      { kind: 'finish', reason: 'tool_calls' },
      { kind: 'end' },
    ];
    const chunk = (piece: object, reason: string | null = null): string =>
      `data: ${JSON.stringify({
        id: 'chatcmpl-1',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'gpt-x-2026',
        choices: [{ index: 0, delta: piece, logprobs: null, finish_reason: reason }],
      })}\n\n`;
    const chunks = [
      chunk({ role: 'assistant', content: '', refusal: null }),
      chunk({ reasoning_content: 'Hm' }),
      chunk({ content: 'Hi' }),
      chunk({ tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{}' } }] }),
      chunk({}, 'tool_calls'),
    ];
    assert.equal(write(events, false), chunks.join('') + DONE);
    const usage = `data: ${JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'gpt-x-2026',
      choices: [],
      usage: {
        ...USAGE,
        completion_tokens_details: {
          reasoning_tokens: 2,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      },
    })}\n\n`;
    const withNull = chunks.map((text) => text.replace(/\}\n\n$/, ',"usage":null}\n\n'));
    assert.equal(write(events, true), withNull.join('') + usage + DONE);
  });

  it('has an id and a start of its own where the vendor told none', () => {
    const text = write([{ kind: 'text', text: 'Hi' }], false);
    assert.deepEqual(read([Buffer.from(text)]), [
      { kind: 'start', id: 'own-id', model: '' },
      { kind: 'text', text: 'Hi' },
    ]);
  });

  const FINISHES = [
    { reason: 'stop_sequence', refused: false, says: 'stop' },
    { reason: 'pause', refused: false, says: 'stop' },
    { reason: 'refusal', refused: true, says: 'stop' },
    { reason: 'refusal', refused: false, says: 'content_filter' },
    { reason: 'length', refused: false, says: 'length' },
  ] as const;
  for (const { reason, refused, says } of FINISHES) {
    it(`finishes with ${says} where the model stopped for ${reason}${refused ? ' in words' : ''}`, () => {
      const before: readonly StreamEvent[] = refused ? [{ kind: 'refusal', text: 'No.' }] : [];
      assert.match(write([...before, { kind: 'finish', reason }], false), new RegExp(`"finish_reason":"${says}"`));
    });
  }

  it('ends in an error and no marker of success where it failed behind its first byte', () => {
    const writer = openAiChatFront.createStreamWriter(generation(), { id: 'i', createdS: 1 });
    writer.write({ kind: 'text', text: 'Hi' });
    assert.equal(writer.write({ kind: 'error', failure: { outcome: 'connection', message: 'cut' } }), '');
    const text = writer.fail(new Failure('upstream_unavailable', 'cut half-way', { details: { decisionId: 'd' } }));
    assert.deepEqual(JSON.parse(text.slice('data: '.length)), {
      error: {
        message: 'cut half-way',
        type: 'server_error',
        param: null,
        code: 'upstream_unavailable',
        details: { error_code: 'upstream_unavailable', decision_id: 'd' },
      },
    });
    assert.match(text, /\n\n$/);
  });
});
