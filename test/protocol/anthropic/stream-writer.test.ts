import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../../src/core/failure.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { StreamEvent } from '../../../src/core/reply.ts';
import { anthropicVendor } from '../../../src/protocol/anthropic/vendor.ts';
import { createStreamWriter } from '../../../src/protocol/anthropic/write-stream.ts';
import { createSseParser } from '../../../src/protocol/sse.ts';
import { STREAM_PAIRS } from './stream-pairs.ts';

const START: StreamEvent = { kind: 'start', id: 'msg_1', model: 'claude-opus-4-6' };
const END: readonly StreamEvent[] = [{ kind: 'finish', reason: 'stop' }, { kind: 'end' }];

function write(events: readonly StreamEvent[]): string {
  const writer = createStreamWriter({ id: 'msg_ours', createdS: 0 });
  return events.map((event) => writer.write(event)).join('');
}

function parse(text: string): readonly JsonObject[] {
  const messages: JsonObject[] = [];
  createSseParser((type, data) => {
    const message = JSON.parse(data);
    assert.equal(message.type, type);
    messages.push(message);
  }).feed(Buffer.from(text));
  return messages;
}

function readBack(text: string): readonly StreamEvent[] {
  const reader = anthropicVendor.createStreamReader();
  const events: StreamEvent[] = [];
  createSseParser((type, data) => events.push(...reader.read(type, data))).feed(Buffer.from(text));
  return events;
}

/** What a stream came to: pieces joined, the last usage alone. */
function outcome(events: readonly StreamEvent[]): readonly StreamEvent[] {
  const joined: StreamEvent[] = [];
  const last = events.findLast(({ kind }) => kind === 'usage');
  for (const event of events) {
    const before = joined.at(-1);
    if (event.kind === 'usage') continue;
    if (event.kind === 'refusal') joined.push({ kind: 'text', text: event.text });
    else if ((event.kind === 'text' || event.kind === 'reasoning') && before?.kind === event.kind) {
      joined[joined.length - 1] = { kind: event.kind, text: before.text + event.text };
    } else if (event.kind === 'tool_arguments' && before?.kind === event.kind && before.index === event.index) {
      joined[joined.length - 1] = { ...event, text: before.text + event.text };
    } else joined.push(event);
  }
  return last === undefined ? joined : [...joined, last];
}

/** Blocks as their events come: `0+` starts, `0.` is a piece, `0-` stops. */
const blockOrder = (messages: readonly JsonObject[]): string =>
  messages
    .filter(({ type }) => String(type).startsWith('content_block'))
    .map(
      ({ type, index }) =>
        `${index}${type === 'content_block_start' ? '+' : type === 'content_block_stop' ? '-' : '.'}`,
    )
    .join(' ');

describe('the stream that an Anthropic client gets', () => {
  for (const { name, events } of STREAM_PAIRS.filter(({ events }) => events.at(-1)?.kind === 'end')) {
    it(`says what was said: ${name}`, () => {
      assert.deepEqual(outcome(readBack(write(events))), outcome(events));
    });
  }

  it('begins with the input that the vendor counted, and ends with all that it counted', () => {
    const [start, delta, stop] = parse(
      write([
        START,
        { kind: 'usage', tokens: { input: 40, output: 1, cacheRead: 12, cacheWrite: 10, cacheWrite1h: 3 } },
        { kind: 'finish', reason: 'stop_sequence', stopSequence: 'END' },
        { kind: 'usage', tokens: { input: 40, output: 9, cacheRead: 12, cacheWrite: 10, cacheWrite1h: 3 } },
        { kind: 'end' },
      ]),
    );
    const usage = {
      input_tokens: 15,
      cache_creation_input_tokens: 13,
      cache_read_input_tokens: 12,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 3 },
      service_tier: 'standard',
    };
    assert.deepEqual(start, {
      type: 'message_start',
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude-opus-4-6',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...usage, output_tokens: 1 },
      },
    });
    assert.deepEqual(delta, {
      type: 'message_delta',
      delta: { stop_reason: 'stop_sequence', stop_sequence: 'END' },
      usage: { ...usage, output_tokens: 9 },
    });
    assert.deepEqual(stop, { type: 'message_stop' });
  });

  it('has an id of ours where the vendor gives none', () => {
    assert.match(write([{ kind: 'start', id: '', model: 'm' }, ...END]), /"message":{"id":"msg_ours"/);
  });

  it('closes a block before the next one begins', () => {
    const messages = parse(
      write([
        START,
        { kind: 'reasoning', text: 'a' },
        { kind: 'text', text: 'b' },
        { kind: 'text', text: 'c' },
        { kind: 'tool_call', index: 0, id: 'x', name: 'f' },
        { kind: 'tool_arguments', index: 0, text: '{"a":"}' },
        { kind: 'tool_arguments', index: 0, text: '\\"]"}' },
        { kind: 'tool_call', index: 1, id: 'y', name: 'f' },
        { kind: 'tool_arguments', index: 1, text: '{}' },
        { kind: 'text', text: 'd' },
        ...END,
      ]),
    );
    assert.equal(blockOrder(messages), '0+ 0. 0- 1+ 1. 1. 1- 2+ 2. 2. 2- 3+ 3. 3- 4+ 4. 4-');
  });

  it('keeps calls open whose arguments come by turns', () => {
    const messages = parse(
      write([
        START,
        { kind: 'tool_call', index: 0, id: 'x', name: 'f' },
        { kind: 'tool_arguments', index: 0, text: '{"a":' },
        { kind: 'tool_call', index: 1, id: 'y', name: 'f' },
        { kind: 'tool_arguments', index: 1, text: '{"b":' },
        { kind: 'tool_arguments', index: 0, text: '1}' },
        { kind: 'tool_arguments', index: 1, text: '2}' },
        { kind: 'tool_call', index: 2, id: 'z', name: 'f' },
        ...END,
      ]),
    );
    assert.equal(blockOrder(messages), '0+ 0. 1+ 1. 0. 1. 0- 1- 2+ 2-');
  });

  it('knows arguments that are whole from those that only look it', () => {
    const text = write([
      START,
      { kind: 'tool_call', index: 0, id: 'x', name: 'f' },
      { kind: 'tool_arguments', index: 0, text: '{"a":"\\"}' },
      { kind: 'tool_arguments', index: 0, text: ']","b":[{}]' },
      { kind: 'tool_arguments', index: 0, text: '}' },
      ...END,
    ]);
    assert.equal(text.match(/input_json_delta/g)?.length, 3);
  });

  it('closes what is open where the vendor ends without a reason', () => {
    assert.equal(blockOrder(parse(write([START, { kind: 'text', text: 'a' }, { kind: 'end' }]))), '0+ 0. 0-');
  });

  it('leaves out what follows whole arguments', () => {
    const text = write([
      START,
      { kind: 'tool_call', index: 0, id: 'x', name: 'f' },
      { kind: 'tool_arguments', index: 0, text: '{}' },
      { kind: 'tool_arguments', index: 0, text: '{"b":2}' },
      { kind: 'tool_arguments', index: 7, text: '{}' },
      ...END,
    ]);
    assert.equal(text.match(/input_json_delta/g)?.length, 1);
  });

  it('keeps all that a free-form tool is given, whatever its brackets', () => {
    const pieces = [' run', '({a:1})', '} then()'];
    const text = write([
      START,
      { kind: 'tool_call', index: 0, id: 'x', name: 'f' },
      ...pieces.map((piece): StreamEvent => ({ kind: 'tool_arguments', index: 0, text: piece })),
      ...END,
    ]);
    assert.equal(text.match(/input_json_delta/g)?.length, pieces.length);
  });

  it('shows a signature without a thought in a block of its own', () => {
    const messages = parse(
      write([START, { kind: 'reasoning_signature', signature: 's' }, { kind: 'text', text: 'a' }, ...END]),
    );
    assert.equal(blockOrder(messages), '0+ 0. 0- 1+ 1. 1-');
  });

  it('says that it is a refusal where one came in words', () => {
    const messages = parse(write([START, { kind: 'refusal', text: 'No.' }, ...END]));
    assert.deepEqual(messages.at(-2)?.['delta'], { stop_reason: 'refusal', stop_sequence: null });
  });

  it('says nothing of bytes that were relayed, and nothing of an error before it failed', () => {
    const events: readonly StreamEvent[] = [
      { kind: 'output' },
      { kind: 'error', failure: { outcome: 'unavailable', message: 'x' } },
    ];
    assert.equal(write([START, ...events]), '');
  });

  it('ends with an error, never with message_stop, where it failed', () => {
    const writer = createStreamWriter({ id: 'msg_ours', createdS: 0 });
    writer.write(START);
    writer.write({ kind: 'text', text: 'a' });
    const failure = new Failure('upstream_timeout', 'no token for 15 s', {
      details: { decisionId: 'd1', attempts: 2 },
    });
    assert.equal(
      writer.fail(failure),
      'event: error\ndata: {"type":"error","error":{"type":"timeout_error","message":"no token for 15 s",' +
        '"details":{"error_code":"upstream_timeout","attempts":2}},"request_id":"d1"}\n\n',
    );
    assert.equal(writer.write({ kind: 'text', text: 'b' }) + writer.write({ kind: 'end' }) + writer.fail(failure), '');
  });

  it('is in order whatever comes: blocks start once, in sequence, and each is stopped once', () => {
    const text = fc.string({ maxLength: 8 });
    const index = fc.integer({ min: 0, max: 3 });
    const event: fc.Arbitrary<StreamEvent> = fc.oneof(
      fc.record({ kind: fc.constant('text' as const), text }),
      fc.record({ kind: fc.constant('reasoning' as const), text }),
      fc.record({ kind: fc.constant('refusal' as const), text }),
      fc.record({ kind: fc.constant('reasoning_signature' as const), signature: text }),
      fc.record({ kind: fc.constant('reasoning_redacted' as const), data: text }),
      fc.record({
        kind: fc.constant('tool_arguments' as const),
        index,
        text: fc.constantFrom('{', '}', '"', '{}', 'a'),
      }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), fc.array(fc.nat(29), { maxLength: 4 }), (events, calls) => {
        const stream = [...events];
        for (const [at, place] of [...calls].sort((one, other) => one - other).entries()) {
          stream.splice(place, 0, { kind: 'tool_call', index: at, id: `id${at}`, name: 'f' });
        }
        const messages = parse(write([START, ...stream, ...END]));
        const started: number[] = [];
        const open = new Set<unknown>();
        for (const { type, index: block } of messages) {
          if (type === 'content_block_start') {
            started.push(Number(block));
            open.add(block);
          } else if (type === 'content_block_delta') assert.ok(open.has(block));
          else if (type === 'content_block_stop') assert.ok(open.delete(block));
          else assert.equal(open.size, 0);
        }
        assert.deepEqual(
          started,
          started.map((_, at) => at),
        );
        assert.equal(messages.at(-1)?.['type'], 'message_stop');
        assert.equal(readBack(write([START, ...stream, ...END])).at(-1)?.kind, 'end');
      }),
    );
  });
});
