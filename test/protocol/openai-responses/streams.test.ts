import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StreamEvent } from '../../../src/core/reply.ts';
import { openAiResponsesFront } from '../../../src/protocol/openai-responses/front.ts';
import { openAiResponsesSame } from '../../../src/protocol/openai-responses/same.ts';
import { openAiResponsesVendor } from '../../../src/protocol/openai-responses/vendor.ts';
import { createSseParser } from '../../../src/protocol/sse.ts';
import { readSplitEverywhere } from '../split-everywhere.ts';
import {
  BROKEN_STREAMS,
  COMPLETED,
  CREATED,
  FAILED_ENDS,
  STREAM_PAIRS,
  sse,
  unnamed,
  WHOLE_ITEMS,
} from './stream-pairs.ts';

const REQUEST = openAiResponsesFront.readRequest({ input: 'Hi', stream: true });

function readEvents(chunks: Iterable<Uint8Array>): readonly StreamEvent[] {
  const reader = openAiResponsesVendor.createStreamReader();
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
  const same = openAiResponsesSame.createRelay(REQUEST);
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

const FAILURES: readonly unknown[] = ['error', 'response.failed'];

describe('a streamed response, split anywhere', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    for (const { name, messages, events } of [...STREAM_PAIRS, WHOLE_ITEMS]) {
      it(`is read with lines that end in ${JSON.stringify(end)}: ${name}`, () => {
        assert.deepEqual(readSplitEverywhere(Buffer.from(sse(messages, end)), readEvents), events);
      });
    }
    for (const { name, messages, events } of STREAM_PAIRS) {
      it(`is relayed with lines that end in ${JSON.stringify(end)}, but for its error: ${name}`, () => {
        const { raw, events: told } = readSplitEverywhere(Buffer.from(sse(messages, end)), relay);
        const whole = messages.filter(({ type }) => !FAILURES.includes(type));
        assert.equal(raw, sse(whole, end).trimEnd());
        assert.deepEqual(metered(told), metered(events));
      });
    }
  }

  for (const { name, messages, events } of STREAM_PAIRS) {
    it(`is read and metered where no event is named: ${name}`, () => {
      const bytes = Buffer.from(unnamed(messages));
      assert.deepEqual(readSplitEverywhere(bytes, readEvents), events);
      assert.deepEqual(metered(readSplitEverywhere(bytes, relay).events), metered(events));
    });
  }

  for (const { name, messages, events } of FAILED_ENDS) {
    it(`is an error, and its end is withheld: ${name}`, () => {
      const bytes = Buffer.from(sse(messages));
      assert.deepEqual(readSplitEverywhere(bytes, readEvents), events);
      const { raw, events: told } = readSplitEverywhere(bytes, relay);
      assert.equal(raw, sse(messages.slice(0, -1)).trimEnd());
      assert.deepEqual(metered(told), metered(events));
    });
  }

  for (const { name, text, why } of BROKEN_STREAMS) {
    it(`is an error: ${name}`, () => {
      for (const events of [readEvents([Buffer.from(text)]), relay([Buffer.from(text)]).events]) {
        const last = events.at(-1);
        assert.match(last?.kind === 'error' ? last.failure.message : '', why);
      }
    });
  }

  it('is over behind its end', () => {
    const text = sse([CREATED, COMPLETED, CREATED, COMPLETED]);
    const once = sse([CREATED, COMPLETED]);
    assert.deepEqual(readEvents([Buffer.from(text)]), readEvents([Buffer.from(once)]));
    assert.equal(relay([Buffer.from(text)]).raw, once.trimEnd());
  });

  it('has answered nothing while items are only announced', () => {
    const announced = [
      CREATED,
      { type: 'response.output_item.added', output_index: 0, item: { type: 'reasoning' } },
      { type: 'response.content_part.added', output_index: 0, part: {} },
    ];
    const piece = { type: 'response.reasoning_summary_text.delta', output_index: 0, delta: 'x' };
    for (const written of [sse, unnamed]) {
      const kinds = (messages: typeof announced) =>
        relay([Buffer.from(written(messages))]).events.map(({ kind }) => kind);
      assert.deepEqual(kinds(announced), ['start']);
      assert.deepEqual(kinds([...announced, piece]), ['start', 'output']);
    }
  });

  it('tells one output for a read of many frames', () => {
    const piece = { type: 'response.output_text.delta', output_index: 0, delta: 'x' };
    const same = openAiResponsesSame.createRelay(REQUEST);
    const { events, raw } = same.feed(Buffer.from(sse([CREATED, piece, piece, piece])));
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['start', 'output'],
    );
    assert.equal(Buffer.from(raw ?? []).toString(), sse([CREATED, piece, piece, piece]));
  });
});
