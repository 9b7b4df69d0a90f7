import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createSseParser } from '../../src/protocol/sse.ts';
import { readSplitEverywhere } from './split-everywhere.ts';

type Told = readonly [type: string, data: string];

function readAll(chunks: Iterable<Uint8Array>, maxEventChars = 10_000): readonly Told[] {
  const told: Told[] = [];
  const parser = createSseParser((type, data) => told.push([type, data]), { maxEventChars });
  for (const chunk of chunks) parser.feed(chunk);
  return told;
}

const CASES: readonly { readonly name: string; readonly text: string; readonly told: readonly Told[] }[] = [
  { name: 'one event', text: 'data: {"a":1}\n\n', told: [['', '{"a":1}']] },
  { name: 'a name and data', text: 'event: message_start\ndata: {}\n\n', told: [['message_start', '{}']] },
  { name: 'data of several lines', text: 'data: a\ndata:b\ndata:  c\n\n', told: [['', 'a\nb\n c']] },
  { name: 'lines that end in CRLF', text: 'event: x\r\ndata: a\r\ndata: b\r\n\r\n', told: [['x', 'a\nb']] },
  {
    name: 'lines that end in CR',
    text: 'data: a\rdata: b\r\rdata: c\r\r',
    told: [
      ['', 'a\nb'],
      ['', 'c'],
    ],
  },
  {
    name: 'ends of all kinds',
    text: 'data: a\r\ndata: b\n\rdata: c\r\r\n',
    told: [
      ['', 'a\nb'],
      ['', 'c'],
    ],
  },
  { name: 'a comment and an empty event', text: ': keep-alive\n\n\n\ndata: a\n\n', told: [['', 'a']] },
  { name: 'a comment within an event', text: 'data: a\n: why\ndata: b\n\n', told: [['', 'a\nb']] },
  { name: 'a byte order mark', text: '\ufeffdata: a\n\n', told: [['', 'a']] },
  { name: 'a byte order mark that is content', text: 'data: \ufeffa\n\n', told: [['', '\ufeffa']] },
  { name: 'fields that nobody needs', text: 'id: 7\nretry: 10\nfoo: bar\ndatabase: x\ndata: a\n\n', told: [['', 'a']] },
  {
    name: 'a field without a colon',
    text: 'data\n\ndata\ndata\n\n',
    told: [
      ['', ''],
      ['', '\n'],
    ],
  },
  { name: 'a name without data is no event', text: 'event: x\n\ndata: a\n\n', told: [['', 'a']] },
  { name: 'the last of two names counts', text: 'event: x\nevent: y\ndata: a\n\n', told: [['y', 'a']] },
  { name: 'letters of two to four bytes', text: 'data: é 漢 🚦 e\u0301\n\n', told: [['', 'é 漢 🚦 e\u0301']] },
  { name: 'other separators of lines are content', text: 'data: a\u2028b\u0085c\n\n', told: [['', 'a\u2028b\u0085c']] },
  { name: 'an event that the end cuts', text: 'data: a\n\ndata: b\n', told: [['', 'a']] },
  { name: 'nothing', text: '', told: [] },
];

describe('the parser of server-sent events', () => {
  for (const { name, text, told } of CASES) {
    it(`reads ${name}, split anywhere`, () => {
      assert.deepEqual(readSplitEverywhere(Buffer.from(text), readAll), told);
    });
  }

  it('reads bytes that are no UTF-8 as replacement characters', () => {
    const bytes = Buffer.from([...Buffer.from('data: '), 0xc3, 0x28, 0xff, 10, 10]);
    assert.deepEqual(readSplitEverywhere(bytes, readAll), [['', '\ufffd(\ufffd']]);
  });

  const long = 'x'.repeat(200);
  const TOO_LONG = [
    { name: 'a line without an end', text: `data: ${long}` },
    { name: 'many short lines', text: 'data: x\n'.repeat(30) },
    { name: 'many lines without data', text: 'data\n'.repeat(40) },
    { name: 'a comment', text: `:${long}\n` },
    { name: 'a name', text: `event: ${long}\n` },
  ];
  for (const { name, text } of TOO_LONG) {
    it(`refuses an event that passes its bound by ${name}`, () => {
      const bytes = Buffer.from(text);
      assert.throws(() => readAll([bytes], 150), { code: 'too_large' });
      assert.throws(
        () =>
          readAll(
            Array.from(bytes, (byte) => Uint8Array.of(byte)),
            150,
          ),
        { code: 'too_large' },
      );
    });
  }

  it('counts each event by itself', () => {
    assert.equal(readAll([Buffer.from('data: 0123456789\n\n'.repeat(1000))], 150).length, 1000);
  });

  it('reads one long line in single bytes in time that is linear', () => {
    const bytes = Buffer.from(`data: ${'é'.repeat(500_000)}\n\n`);
    const chunks = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    assert.equal(readAll(chunks, 2_000_000)[0]?.[1].length, 500_000);
  });

  it('tells the same of anything, split anywhere', () => {
    const alphabet = fc.constantFrom(
      'data:',
      'event:',
      ' ',
      'a',
      '\n',
      '\r',
      '\r\n',
      ':',
      '\ufeff',
      '漢',
      '🚦',
      'id: 1',
    );
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 40 }), (parts) => {
        readSplitEverywhere(Buffer.from(parts.join('')), readAll, { runs: 8 });
      }),
      { numRuns: 200 },
    );
  });

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        readSplitEverywhere(bytes, readAll, { runs: 4 });
      }),
    );
  });
});
