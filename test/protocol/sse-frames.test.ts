import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createSseParser } from '../../src/protocol/sse.ts';
import { createFrameSplitter, frameEnd } from '../../src/protocol/sse-frames.ts';

/** What goes to the client after each chunk. */
function split(chunks: Iterable<Uint8Array>, maxFrameBytes = 10_000): readonly string[] {
  const splitter = createFrameSplitter({ maxFrameBytes });
  const whole: string[] = [];
  for (const chunk of chunks) {
    const frames = splitter.feed(chunk);
    if (frames === undefined) continue;
    assert.equal(walked(frames.text), frames.text.length, 'a walk over whole frames ends where they end');
    assert.equal(Buffer.from(frames.text, 'latin1').compare(frames.bytes), 0, 'text and bytes are the same');
    whole.push(frames.bytes.toString());
  }
  return whole;
}

/** How far it comes who goes from frame to frame. */
function walked(text: string): number {
  let at = 0;
  for (let end = frameEnd(text, 0); end !== -1; end = frameEnd(text, end)) at = end;
  return at;
}

const events = (bytes: Uint8Array): readonly string[] => {
  const told: string[] = [];
  createSseParser((type, data) => told.push(`${type}|${data}`)).feed(bytes);
  return told;
};

function* everyByte(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1) {
    const one = Uint8Array.of(bytes[at] ?? 0);
    yield one;
    one.fill(0x21);
  }
}

const CASES = [
  { name: 'LF', text: 'data: a\n\ndata: é\n\n', frames: ['data: a\n\n', 'data: é\n\n'] },
  { name: 'CRLF', text: 'data: a\r\n\r\ndata: b\r\n\r\n', frames: ['data: a\r\n\r\n', 'data: b\r\n\r\n'] },
  { name: 'CR', text: 'data: a\r\rdata: b\r\r', frames: ['data: a\r\r', 'data: b\r\r'] },
  { name: 'LF, with more of them between', text: 'a\n\n\n\n\nb\n\n', frames: ['a\n\n', '\n\n', '\nb\n\n'] },
  { name: 'mixed ends', text: 'x\n\r\ny\r\n\nz\r\r\n', frames: ['x\n\r\n', 'y\r\n\n', 'z\r\r\n'] },
];

describe('the splitter of frames', () => {
  for (const { name, text, frames } of CASES) {
    it(`passes whole frames that end in ${name}, and no part of another`, () => {
      const bytes = Buffer.from(text);
      assert.deepEqual(split([bytes]), [text]);
      assert.deepEqual(split([bytes.subarray(0, -2)]), [frames.slice(0, -1).join('')].filter(Boolean));
      assert.equal(split([bytes.subarray(0, 3), bytes.subarray(3)]).join(''), text);
    });

    it(`finds the ends of frames that end in ${name}`, () => {
      const ends: string[] = [];
      let start = 0;
      for (let end = frameEnd(text, start); end !== -1; end = frameEnd(text, start)) {
        ends.push(text.slice(start, end));
        start = end;
      }
      assert.deepEqual(ends, frames);
    });
  }

  it('passes a chunk of whole frames without a copy', () => {
    const bytes = Buffer.from('data: a\n\n');
    assert.equal(createFrameSplitter().feed(bytes)?.bytes.buffer, bytes.buffer);
  });

  it('gives a frame as soon as its last byte is there, and keeps what came before of it', () => {
    const bytes = Buffer.from('event: x\ndata: 漢\n\n');
    assert.deepEqual(split(everyByte(bytes)), [bytes.toString()]);
  });

  it('refuses a frame that passes its bound, in one chunk and in many', () => {
    const bytes = Buffer.from('x'.repeat(200));
    assert.throws(() => split([bytes], 100), { code: 'too_large' });
    assert.throws(() => split(everyByte(bytes), 100), { code: 'too_large' });
  });

  it('loses no byte and breaks no event, however it is cut', () => {
    const part = fc.constantFrom('data: a', 'data: 漢', 'event: x', ':', '\n', '\n', '\n\n', '\n\n\n');
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 30 }),
        fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 8 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        (parts, cuts, end) => {
          const bytes = Buffer.from(parts.join('').replaceAll('\n', end));
          const ends = [...cuts.filter((cut) => cut < bytes.length), bytes.length].sort((one, other) => one - other);
          const chunks = ends.map((end, index) => Buffer.from(bytes.subarray(ends[index - 1] ?? 0, end)));
          const joined = split(chunks).join('');
          assert.ok(bytes.toString().startsWith(joined));
          assert.deepEqual(events(Buffer.from(joined)), events(bytes));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('the splitter of frames, of any bytes', () => {
  it('gives only what a walk from frame to frame comes to the end of', () => {
    const bytes = fc.array(fc.constantFrom(10, 13, 97), { maxLength: 40 });
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 6 }), (chunks) => {
        split(chunks.map((chunk) => Uint8Array.from(chunk)));
      }),
      { numRuns: 3000 },
    );
  });
});
