/** A stream of a vendor that breaks off anywhere never looks whole at any door: no end marker, and an error at the end. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Failure } from '../../../src/core/failure.ts';
import type { StreamEvent } from '../../../src/core/reply.ts';
import type { Front } from './front.ts';
import { FRONTS, streamedBody } from './fronts.ts';
import { REPLIES, type Speller } from './replies.ts';
import { readAnswer, type Vendor, vendorOf } from './vendors.ts';

const CUT = new Failure('upstream_unavailable', 'the vendor ended its answer half-way');

/** What a vendor says when nothing of the answer is missing any more, though its end marker may be. */
const SAYS_FINISHED: Readonly<Record<Speller, string>> = {
  openai: '"finish_reason":"',
  responses: '"type":"response.completed"',
  anthropic: '"type":"message_stop"',
  gemini: '"finishReason"',
  bedrock: 'messageStop',
};

for (const reply of REPLIES) {
  suite(reply.name, () => {
    for (const [speller, { frames }] of Object.entries(reply.spelled)) {
      const vendor = vendorOf(speller);
      const bytes = Buffer.concat(frames);

      test(`of ${speller} has no end before its last byte`, () => {
        const reader = vendor.createReader();
        for (let at = 0; at < bytes.length - 1; at += 1) {
          for (const event of reader.feed(bytes.subarray(at, at + 1)).events) assert.notEqual(event.kind, 'end');
        }
      });

      test(`of ${speller} whose body ends well without its end marker is whole only if the vendor said why it stopped`, () => {
        for (let count = 0; count < frames.length; count += 1) {
          const before = Buffer.concat(frames.slice(0, count));
          const ended = readAnswer(vendor, [before], true).some(({ kind }) => kind === 'end');
          const finished = before.includes(SAYS_FINISHED[speller as Speller]); // names of the table are its type
          assert.ok(finished || !ended, `whole behind ${count} frames`);
        }
      });

      for (const front of FRONTS) {
        test(`of ${speller}, cut behind any event, is no whole answer at the door ${front.name}`, () => {
          const events = readAnswer(vendor, [bytes], true);
          assert.equal(events.at(-1)?.kind, 'end');
          for (let count = 0; count < events.length; count += 1) breaksOff(front, events.slice(0, count));
        });

        if (isSame(vendor, front)) {
          test(`of ${speller}, relayed to ${front.name} byte by byte, shows its end marker with its last byte`, () => {
            relaysInOrder(vendor, front, bytes);
          });
        }
      }
    }
  });
}

function breaksOff(front: Front, events: readonly StreamEvent[]): void {
  const writer = front.createStreamWriter(front.readRequest(streamedBody(front)));
  const text = events.map((event) => writer.write(event)).join('');
  const last = writer.fail(CUT);
  assert.doesNotMatch(text + last, front.endMarker);
  assert.notEqual(last, '');
  const told = front.readStream(text + last).map(({ kind }) => kind);
  assert.ok(!told.includes('end'), 'a client sees no end');
  if (front.name !== 'grpc') assert.equal(told.at(-1), 'error', 'a client sees the error last');
}

function isSame(vendor: Vendor, front: Front): boolean {
  return vendor.same !== undefined && front.readRequest(streamedBody(front)).protocol === vendor.protocol;
}

function relaysInOrder(vendor: Vendor, front: Front, bytes: Buffer): void {
  assert.ok(vendor.same !== undefined);
  const relay = vendor.same.createRelay(front.readRequest(streamedBody(front)));
  let text = '';
  const kinds: StreamEvent['kind'][] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    const { events, raw } = relay.feed(Uint8Array.from(bytes.subarray(at, at + 1)));
    if (raw !== undefined) text += Buffer.from(raw).toString('latin1');
    for (const { kind } of events) kinds.push(kind);
    if (at === bytes.length - 1) break;
    assert.doesNotMatch(text, front.endMarker);
    assert.ok(!kinds.includes('end'));
    assert.ok(text === '' || text.endsWith('\n\n'), 'whole frames only');
  }
  assert.equal(text, bytes.toString('latin1'), 'nothing is changed');
  assert.match(text, front.endMarker);
  assert.equal(kinds.at(-1), 'end');
}
