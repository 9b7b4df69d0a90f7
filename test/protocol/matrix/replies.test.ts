/** Every answer of a vendor × every front door, whole and streamed: read, written, and read again as a client does. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { StreamEvent } from '../../../src/core/reply.ts';
import { readSplitEverywhere } from '../split-everywhere.ts';
import type { Front } from './front.ts';
import { FRONTS, streamedBody } from './fronts.ts';
import { REPLIES, type ReplyLosses } from './replies.ts';
import { readAnswer, vendorOf } from './vendors.ts';
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
          const request = front.readRequest(streamedBody(front));
          const whole = front.throughReply(vendor.readReply(spelled.document), request);
          assert.deepEqual(replyWords(whole), withoutLosses(reply.lostWhole, expected, front), 'whole');
          assert.deepEqual([whole.id, whole.model], [idAt(front), 'model-1']);
          const events = readAnswer(vendor, [bytes], true);
          const again = accumulated(front.readStream(written(front, events)));
          assert.deepEqual(replyWords(again), expected, 'streamed');
          assert.deepEqual([again.id, again.model], [idAt(front), 'model-1']);
        });
      }
    }
  });
}

/** Ids of the Responses API tell what they are of. */
const idAt = ({ name }: Front): string => (name === 'responses' ? 'resp_answer-1' : 'answer-1');

function written(front: Front, events: readonly StreamEvent[]): string {
  const writer = front.createStreamWriter(front.readRequest(streamedBody(front)));
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
