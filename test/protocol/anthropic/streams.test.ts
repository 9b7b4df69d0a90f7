import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StreamEvent } from '../../../src/core/reply.ts';
import { anthropicFront } from '../../../src/protocol/anthropic/front.ts';
import { anthropicSame } from '../../../src/protocol/anthropic/same.ts';
import { anthropicVendor } from '../../../src/protocol/anthropic/vendor.ts';
import { createSseParser } from '../../../src/protocol/sse.ts';
import { readSplitEverywhere } from '../split-everywhere.ts';
import {
  BROKEN_STREAMS,
  blockStart,
  MESSAGE_STOP,
  messageDelta,
  messageStart,
  STREAM_PAIRS,
  sse,
  textDelta,
} from './stream-pairs.ts';

const REQUEST = anthropicFront.readRequest({ max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] });

function readEvents(chunks: Iterable<Uint8Array>): readonly StreamEvent[] {
  const reader = anthropicVendor.createStreamReader();
  const events: StreamEvent[] = [];
  const parser = createSseParser((type, data) => events.push(...reader.read(type, data)));
  for (const chunk of chunks) parser.feed(chunk);
  return events;
}

/**
 * Without the last line ends: of a blank line in CRLF, what is read byte by byte may go on without its line feed. Of
 * `output`, which comes once a read, the first: how often a socket is read is no matter of the stream.
 */
function relay(chunks: Iterable<Uint8Array>): { readonly raw: string; readonly events: readonly StreamEvent[] } {
  const same = anthropicSame.createRelay(REQUEST);
  const raw: Buffer[] = [];
  const events: StreamEvent[] = [];
  let output = false;
  for (const chunk of chunks) {
    const fed = same.feed(chunk);
    raw.push(Buffer.from(fed.raw ?? []));
    for (const event of fed.events) if (event.kind !== 'output' || !output) events.push(event);
    output ||= fed.events.some(({ kind }) => kind === 'output');
  }
  return { raw: Buffer.concat(raw).toString().trimEnd(), events };
}

const METERED: readonly StreamEvent['kind'][] = ['start', 'usage', 'finish', 'error', 'end'];
const metered = (events: readonly StreamEvent[]) => events.filter(({ kind }) => METERED.includes(kind));

describe('a stream of messages, split anywhere', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    for (const { name, messages, events } of STREAM_PAIRS) {
      it(`is read with lines that end in ${JSON.stringify(end)}: ${name}`, () => {
        assert.deepEqual(readSplitEverywhere(Buffer.from(sse(messages, end)), readEvents), events);
      });

      it(`is relayed with lines that end in ${JSON.stringify(end)}: ${name}`, () => {
        const text = sse(messages, end);
        const whole = sse(messages.slice(0, messages.findIndex(({ type }) => type === 'error') >>> 0), end);
        const { raw, events: told } = readSplitEverywhere(Buffer.from(text), relay);
        assert.equal(raw, whole.trimEnd());
        assert.deepEqual(metered(told), metered(events));
        assert.equal(
          told.some(({ kind }) => kind === 'output'),
          text.includes('content_block_'),
        );
        assert.deepEqual(
          told.filter(({ kind }) => kind !== 'output' && !METERED.includes(kind)),
          [],
        );
      });
    }
  }

  for (const { name, messages, message } of BROKEN_STREAMS) {
    it(`fails, and says nothing behind: ${name}`, () => {
      const events = readEvents([Buffer.from(sse([...messages, messageDelta('end_turn', {}), MESSAGE_STOP]))]);
      const last = events.at(-1);
      assert.ok(last?.kind === 'error');
      assert.equal(last.failure.outcome, 'unavailable');
      assert.match(last.failure.message, message);
      assert.equal(events.filter(({ kind }) => kind === 'error').length, 1);
    });
  }

  for (const { name, messages, message } of BROKEN_STREAMS.filter(({ relayed }) => relayed)) {
    it(`is relayed up to where it breaks: ${name}`, () => {
      const { raw, events } = readSplitEverywhere(Buffer.from(sse([...messages, MESSAGE_STOP])), relay);
      const last = events.at(-1);
      assert.ok(last?.kind === 'error');
      assert.match(last.failure.message, message);
      assert.equal(raw, sse(messages.slice(0, -1)).trimEnd());
    });
  }

  it('is no stream where a message is no JSON', () => {
    const bytes = Buffer.from('event: message_start\ndata: {"type":\n\n');
    assert.equal(readEvents([bytes])[0]?.kind, 'error');
    assert.deepEqual(
      readSplitEverywhere(bytes, relay).events.map(({ kind }) => kind),
      ['error'],
    );
  });

  it('is not whole where it is cut, wherever that is', () => {
    const messages = [messageStart(), blockStart(0, { type: 'text', text: '' }), textDelta(0, 'Hi')];
    const bytes = Buffer.from(sse([...messages, messageDelta('end_turn', { output_tokens: 1 }), MESSAGE_STOP]));
    for (let length = 0; length < bytes.length; length += 1) {
      const cut = [bytes.subarray(0, length)];
      assert.ok(!readEvents(cut).some(({ kind }) => kind === 'end'), `read of ${length} bytes`);
      const { raw, events } = relay(cut);
      assert.ok(!events.some(({ kind }) => kind === 'end') && !raw.includes('message_stop'), `relayed of ${length}`);
    }
  });

  it('is relayed in whole frames only, and nothing behind its end', () => {
    const same = anthropicSame.createRelay(REQUEST);
    const start = sse([messageStart()]);
    assert.deepEqual(same.feed(Buffer.from(start.slice(0, -1))), { events: [], raw: undefined });
    assert.equal(Buffer.from(same.feed(Buffer.from('\n: comment\n')).raw ?? []).toString(), start);
    const end = sse([messageDelta('end_turn', { output_tokens: 1 }), MESSAGE_STOP]);
    const { raw, events } = same.feed(Buffer.from(`\n${end}: stream complete\n\n`));
    assert.equal(Buffer.from(raw ?? []).toString(), `: comment\n\n${end}`);
    assert.equal(events.at(-1)?.kind, 'end');
    assert.deepEqual(same.feed(Buffer.from(start)), { events: [], raw: undefined });
  });

  it('may have more blank lines than one', () => {
    for (const text of ['\n\n\n', '\n\n\n\n', '\r\r\r', '\r\n\r\n\r\n', '\n\r\n\r\r\n']) {
      const { events, raw } = anthropicSame.createRelay(REQUEST).feed(Buffer.from(text));
      assert.deepEqual(events, []);
      assert.ok(raw !== undefined && text.startsWith(Buffer.from(raw).toString()));
    }
  });

  it('tells output once a read', () => {
    const same = anthropicSame.createRelay(REQUEST);
    const output = sse([blockStart(0, { type: 'text', text: '' }), textDelta(0, 'a'), textDelta(0, 'b')]);
    const kinds = (text: string) => same.feed(Buffer.from(text)).events.map(({ kind }) => kind);
    assert.deepEqual(kinds(sse([messageStart()]) + output), ['start', 'usage', 'output']);
    assert.deepEqual(kinds(sse([textDelta(0, 'c')])), ['output']);
  });

  it('is bounded: a frame that never ends is a failure', () => {
    const same = anthropicSame.createRelay(REQUEST);
    const megabyte = Buffer.alloc(1024 * 1024, 0x61);
    const failures = Array.from({ length: 20 }, () => same.feed(megabyte).events[0]).filter(
      (event) => event !== undefined,
    );
    assert.deepEqual(
      failures.map(({ kind }) => kind),
      ['error'],
    );
  });
});
