/** Every answer of a vendor × every front door, whole and streamed: read, written, and read again as a client does. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { StreamEvent } from '../../../src/core/reply.ts';
import { readSplitEverywhere } from '../split-everywhere.ts';
import { FRONTS, type Front } from './fronts.ts';
import { REPLIES, type ReplyLosses, type Speller } from './replies.ts';
import { readAnswer, VENDORS, type Vendor } from './vendors.ts';
import { accumulated, type ReplyWords, replyWords } from './words.ts';

for (const reply of REPLIES) {
  suite(reply.name, () => {
    for (const [speller, spelled] of Object.entries(reply.spelled)) {
      const vendor = vendorOf(speller);
      const bytes = Buffer.concat(spelled.frames);
      const words: ReplyWords = { ...reply.words, ...spelled.words };

      test(`of ${speller} is read, whole and split anywhere`, () => {
        assert.deepEqual(replyWords(vendor.readReply(spelled.document)), words);
        const events = readSplitEverywhere(bytes, (chunks) => readAnswer(vendor, chunks, true), { runs: 20 });
        assert.deepEqual(replyWords(accumulated(events)), words);
      });

      for (const front of FRONTS) {
        test(`of ${speller} is told at the door ${front.name}, whole and streamed`, () => {
          const expected = withoutLosses(reply.lost, words, front);
          const request = front.readRequest(STREAMED[front.name] ?? { stream: true });
          const whole = front.throughReply(vendor.readReply(spelled.document), request);
          assert.deepEqual(replyWords(whole), withoutLosses(reply.lostWhole, expected, front), 'whole');
          assert.deepEqual([whole.id, whole.model], ['answer-1', 'model-1']);
          const events = readAnswer(vendor, [bytes], true);
          const again = accumulated(front.readStream(written(front, events)));
          assert.deepEqual(replyWords(again), expected, 'streamed');
          assert.deepEqual([again.id, again.model], ['answer-1', 'model-1']);
        });
      }
    }
  });
}

/** A client of chat completions must ask for the usage of a stream. */
const STREAMED: Readonly<Record<string, { readonly stream: true; readonly stream_options: { include_usage: true } }>> =
  {
    chat: { stream: true, stream_options: { include_usage: true } },
  };

function vendorOf(speller: string): Vendor {
  const vendor = VENDORS.find(({ name }) => name === (speller satisfies string as Speller));
  assert.ok(vendor !== undefined);
  return vendor;
}

function written(front: Front, events: readonly StreamEvent[]): string {
  const writer = front.createStreamWriter(front.readRequest(STREAMED[front.name] ?? { stream: true }));
  return events.map((event) => writer.write(event)).join('');
}

function withoutLosses(lost: ReplyLosses | undefined, words: ReplyWords, front: Front): ReplyWords {
  let left = words;
  for (const [name, loss] of Object.entries(lost?.[front.name] ?? {})) {
    const less = loss(left);
    assert.notDeepEqual(less, left, `nothing was lost that is called ${name}`);
    left = less;
  }
  return left;
}
