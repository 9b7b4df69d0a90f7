import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { Int64 } from '@smithy/eventstream-codec';
import fc from 'fast-check';
import { FrameDecoder, type FrameFault } from '../../../src/protocol/bedrock/event-stream.ts';
import type { HeaderValue } from '../../../src/protocol/bedrock/frame-headers.ts';
import { readSplitEverywhere } from '../split-everywhere.ts';
import { CODEC, eventFrame, frame } from './frames.ts';

interface Told {
  readonly frames: readonly {
    readonly headers: readonly (readonly [string, HeaderValue])[];
    readonly payload: string;
  }[];
  readonly fault: FrameFault | undefined;
}

function decode(chunks: Iterable<Uint8Array>): Told {
  const frames: Told['frames'][number][] = [];
  const decoder = new FrameDecoder(({ headers, payload }) => {
    frames.push({ headers: [...headers], payload: Buffer.from(payload).toString('hex') });
  });
  let fault: FrameFault | undefined;
  for (const chunk of chunks) fault = decoder.feed(chunk);
  return { frames, fault: decoder.end() ?? fault };
}

/** A frame with any bytes for headers, its checksums right. */
function rawFrame(
  headers: Uint8Array,
  payload = Buffer.alloc(0),
  total = 16 + headers.length + payload.length,
): Buffer {
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(total, 0);
  prelude.writeUInt32BE(headers.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const body = Buffer.concat([prelude, headers, payload]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body), 0);
  return Buffer.concat([body, sum]);
}

const EVERY_TYPE = frame(
  {
    yes: { type: 'boolean', value: true },
    no: { type: 'boolean', value: false },
    byte: { type: 'byte', value: -7 },
    short: { type: 'short', value: -300 },
    integer: { type: 'integer', value: -70_000 },
    long: { type: 'long', value: Int64.fromNumber(-5_000_000_000) },
    binary: { type: 'binary', value: Uint8Array.of(0, 255, 1) },
    text: { type: 'string', value: 'Grüße 🚦' },
    time: { type: 'timestamp', value: new Date(1_700_000_000_123) },
    uuid: { type: 'uuid', value: '01020304-0506-0708-090a-0b0c0d0e0f10' },
    __proto__x: { type: 'string', value: '' },
  },
  'payload',
);

test('headers of every type are read as AWS wrote them, however the bytes are cut', () => {
  const { frames, fault } = readSplitEverywhere(EVERY_TYPE, decode);
  assert.equal(fault, undefined);
  assert.deepEqual(Object.fromEntries(frames[0]?.headers ?? []), {
    yes: { type: 'boolean', value: true },
    no: { type: 'boolean', value: false },
    byte: { type: 'byte', value: -7 },
    short: { type: 'short', value: -300 },
    integer: { type: 'integer', value: -70_000 },
    long: { type: 'long', value: -5_000_000_000n },
    binary: { type: 'binary', value: Uint8Array.of(0, 255, 1) },
    text: { type: 'string', value: 'Grüße 🚦' },
    time: { type: 'timestamp', value: 1_700_000_000_123n },
    uuid: { type: 'uuid', value: '01020304-0506-0708-090a-0b0c0d0e0f10' },
    __proto__x: { type: 'string', value: '' },
  });
  assert.equal(Buffer.from(frames[0]?.payload ?? '', 'hex').toString(), 'payload');
});

test("the frame without headers of AWS's own test vectors is read", () => {
  const payload = Buffer.from("{'foo':'bar'}");
  const bytes = Buffer.concat([
    Buffer.from('0000001d00000000fd528c5a', 'hex'),
    payload,
    Buffer.from('c3653936', 'hex'),
  ]);
  assert.deepEqual(decode([bytes]), { frames: [{ headers: [], payload: payload.toString('hex') }], fault: undefined });
});

test('frames that follow one another are told in their order, however they are cut', () => {
  const bytes = Buffer.concat([
    eventFrame('one', { at: 1 }),
    eventFrame('one', { at: 2 }),
    EVERY_TYPE,
    eventFrame('two', {}),
  ]);
  const { frames, fault } = readSplitEverywhere(bytes, decode);
  assert.equal(fault, undefined);
  assert.deepEqual(
    frames.map(({ headers }) => new Map(headers).get(':event-type')?.value),
    ['one', 'one', undefined, 'two'],
  );
});

test('what AWS decodes is what is decoded, for any headers and payload', () => {
  const header = fc.oneof(
    fc.record({ type: fc.constant('string' as const), value: fc.string({ maxLength: 40 }) }),
    fc.record({ type: fc.constant('boolean' as const), value: fc.boolean() }),
    fc.record({ type: fc.constant('integer' as const), value: fc.integer() }),
    fc.record({ type: fc.constant('binary' as const), value: fc.uint8Array({ maxLength: 40 }) }),
  );
  // AWS's own codec loses a header of the name that is left out here.
  const name = fc
    .string({ minLength: 1, maxLength: 20, unit: 'grapheme-ascii' })
    .filter((text) => text !== '__proto__');
  fc.assert(
    fc.property(
      fc.dictionary(name, header, { maxKeys: 6, noNullPrototype: true }),
      fc.uint8Array({ maxLength: 300 }),
      (headers, body) => {
        const bytes = frame(headers, body);
        const { frames, fault } = decode([bytes]);
        const oracle = CODEC.decode(bytes);
        assert.equal(fault, undefined);
        assert.equal(frames[0]?.payload, Buffer.from(oracle.body).toString('hex'));
        assert.deepEqual(
          new Map(frames[0]?.headers.map(([key, { value }]) => [key, value])),
          new Map(Object.entries(oracle.headers).map(([key, { value }]) => [key, value])),
        );
      },
    ),
    { numRuns: 200 },
  );
});

const GOOD = eventFrame('good', { a: 1 });

const FAULTS: readonly { readonly name: string; readonly bytes: Buffer; readonly fault: FrameFault }[] = [
  { name: 'a wrong sum of the prelude', bytes: flipped(GOOD, 9), fault: 'prelude_checksum' },
  { name: 'a length that was garbled', bytes: flipped(GOOD, 0), fault: 'prelude_checksum' },
  { name: 'a garbled payload', bytes: flipped(GOOD, GOOD.length - 6), fault: 'message_checksum' },
  { name: 'a garbled header', bytes: flipped(GOOD, 14), fault: 'message_checksum' },
  { name: 'a wrong sum of the message', bytes: flipped(GOOD, GOOD.length - 1), fault: 'message_checksum' },
  { name: 'a cut in the prelude', bytes: GOOD.subarray(0, 7), fault: 'truncated' },
  { name: 'a cut in the payload', bytes: GOOD.subarray(0, GOOD.length - 8), fault: 'truncated' },
  {
    name: 'a frame beyond the bound',
    bytes: rawFrame(Buffer.alloc(0), Buffer.alloc(0), 4 * 1024 * 1024 + 1),
    fault: 'frame_too_large',
  },
  {
    name: 'a frame shorter than its frame',
    bytes: rawFrame(Buffer.alloc(0), Buffer.alloc(0), 15),
    fault: 'frame_too_small',
  },
  { name: 'headers beyond the bound', bytes: rawFrame(Buffer.alloc(128 * 1024 + 1)), fault: 'headers_too_large' },
  {
    name: 'headers longer than the frame',
    bytes: rawFrame(Buffer.alloc(40), Buffer.alloc(0), 30),
    fault: 'frame_too_small',
  },
  { name: 'a header without a name', bytes: rawFrame(Buffer.from([0, 0])), fault: 'header_malformed' },
  { name: 'a header of an unknown type', bytes: rawFrame(Buffer.from([1, 97, 10])), fault: 'header_malformed' },
  { name: 'a header whose name is cut', bytes: rawFrame(Buffer.from([9, 97])), fault: 'header_malformed' },
  { name: 'a header without its type', bytes: rawFrame(Buffer.from([1, 97])), fault: 'header_malformed' },
  {
    name: 'a header whose value is cut',
    bytes: rawFrame(Buffer.from([1, 97, 7, 0, 9, 97])),
    fault: 'header_malformed',
  },
  { name: 'a header twice', bytes: rawFrame(Buffer.from([1, 97, 0, 1, 97, 1])), fault: 'header_repeated' },
];

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ 0x10, at);
  return copy;
}

for (const { name, bytes, fault } of FAULTS) {
  test(`${name} is told as ${fault}, behind the frames before it, and nothing is read after it`, () => {
    const all = Buffer.concat([GOOD, bytes, ...(fault === 'truncated' ? [] : [GOOD])]);
    const told = decode([all]);
    assert.equal(told.fault, fault);
    assert.equal(told.frames.length, 1);
  });
}

test('a fault does not depend on where the bytes were cut', () => {
  for (const { bytes, fault } of FAULTS.filter(({ bytes: { length } }) => length < 1000)) {
    const all = Buffer.concat([GOOD, bytes, fault === 'truncated' ? Buffer.alloc(0) : GOOD]);
    assert.equal(readSplitEverywhere(all, decode, { runs: 20 }).fault, fault);
  }
});

test('any bytes are read to a fault or to frames, and never throw', () => {
  const chunks = fc.array(fc.oneof(fc.uint8Array({ maxLength: 64 }), fc.constant(Uint8Array.from(GOOD))), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(chunks, (pieces) => {
      const { frames, fault } = decode(pieces);
      assert.ok(frames.length <= pieces.length);
      assert.ok(fault !== undefined || Buffer.concat(pieces).length === frames.length * GOOD.length);
    }),
    { numRuns: 500 },
  );
});

test('one garbled byte anywhere in a frame is always seen', () => {
  for (let at = 0; at < GOOD.length; at += 1) {
    const { frames, fault } = decode([flipped(GOOD, at)]);
    assert.equal(frames.length, 0, `byte ${at}`);
    assert.ok(fault !== undefined, `byte ${at}`);
  }
});
