import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latin1, type Read, read, splits } from './support/reading.ts';

interface Good {
  readonly name: string;
  readonly text: string;
  readonly isEnded?: true;
  readonly expect: Partial<Omit<Read, 'headers'>> & { readonly headers?: Readonly<Record<string, unknown>> };
}

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;
const ALPHABET = 'abcdefghijklmnop';

const GOOD: readonly Good[] = [
  {
    name: 'a length',
    text: `${OK}Content-Type: application/json\r\nContent-Length: 5\r\n\r\nhello`,
    expect: {
      status: 200,
      headers: { 'content-type': 'application/json', 'content-length': '5' },
      body: 'hello',
      keepsConnection: true,
    },
  },
  { name: 'a length of nothing', text: `${OK}content-length: 0\r\n\r\n`, expect: { body: '', keepsConnection: true } },
  { name: 'a length with zeros before it', text: `${OK}content-length: 0003\r\n\r\nabc`, expect: { body: 'abc' } },
  { name: 'no reason', text: 'HTTP/1.1 429 \r\ncontent-length: 1\r\n\r\nx', expect: { status: 429, body: 'x' } },
  { name: 'no space for a reason', text: 'HTTP/1.1 529\r\ncontent-length: 1\r\n\r\nx', expect: { status: 529 } },
  { name: 'a reason in Latin-1', text: 'HTTP/1.1 200 Schön\r\ncontent-length: 0\r\n\r\n', expect: { status: 200 } },
  {
    name: 'blanks around values, and an empty one',
    text: `${OK}a: \t one two\t \r\nb:\r\nc:x\r\ncontent-length:\t0 \r\n\r\n`,
    expect: { headers: { a: 'one two', b: '', c: 'x', 'content-length': '0' } },
  },
  {
    name: 'headers that are repeated',
    text: `${OK}set-cookie: a=1\r\nSet-Cookie: b=2\r\nSET-COOKIE: c=3\r\nx: 1\r\nx: 2\r\ncontent-length: 0\r\n\r\n`,
    expect: { headers: { 'set-cookie': ['a=1', 'b=2', 'c=3'], x: ['1', '2'], 'content-length': '0' } },
  },
  {
    name: 'headers named like what objects have',
    text: `${OK}__proto__: a\r\nconstructor: b\r\n__proto__: c\r\ntoString: d\r\ncontent-length: 0\r\n\r\n`,
    expect: { headers: { ['__proto__']: ['a', 'c'], constructor: 'b', tostring: 'd', 'content-length': '0' } },
  },
  {
    name: 'a value with a colon and bytes above ASCII',
    text: `${OK}x: a:b é\r\ncontent-length: 0\r\n\r\n`,
    expect: { headers: { x: 'a:b é', 'content-length': '0' } },
  },
  { name: 'chunks', text: `${CHUNKED}3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n`, expect: { body: 'abc0123456789' } },
  {
    name: 'a chunk of a size in either case',
    text: `${CHUNKED}0000010\r\n${ALPHABET}\r\n0\r\n\r\n`,
    expect: { body: ALPHABET },
  },
  {
    name: 'chunks with extensions and trailers',
    text: `${CHUNKED}3;a="b;c"\r\nabc\r\n1 ;x\r\nd\r\n00;last\r\nx-sum: 1\r\ny: 2\r\n\r\n`,
    expect: { status: 200, body: 'abcd', keepsConnection: true, headers: { 'transfer-encoding': 'chunked' } },
  },
  {
    name: 'a coding in capitals',
    text: `${OK}Transfer-Encoding: Chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n`,
    expect: { body: 'x' },
  },
  {
    name: 'line ends within a chunk',
    text: `${CHUNKED}6\r\n\r\n0\r\n\r\r\n0\r\n\r\n`,
    expect: { body: '\r\n0\r\n\r' },
  },
  {
    name: 'a body until the connection ends',
    text: `${OK}content-type: text/plain\r\n\r\nabc\r\n\r\nHTTP/1.1 200 OK\r\n`,
    isEnded: true,
    expect: { body: 'abc\r\n\r\nHTTP/1.1 200 OK\r\n', keepsConnection: false },
  },
  {
    name: 'neither headers nor body',
    text: 'HTTP/1.1 200 OK\r\n\r\n',
    isEnded: true,
    expect: { body: '', headers: {} },
  },
  {
    name: 'informational heads before it',
    text: `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${OK}content-length: 2\r\n\r\nok`,
    expect: { status: 200, body: 'ok', headers: { 'content-length': '2' }, keepsConnection: true },
  },
  { name: '204', text: 'HTTP/1.1 204 No Content\r\n\r\n', expect: { status: 204, body: '', keepsConnection: true } },
  {
    name: '304 that tells the length it would have',
    text: 'HTTP/1.1 304 Not Modified\r\ncontent-length: 10\r\n\r\n',
    expect: { status: 304, body: '', keepsConnection: false },
  },
  {
    name: '204 that announces chunks',
    text: 'HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n',
    expect: { status: 204, body: '', keepsConnection: false },
  },
  {
    name: 'HTTP/1.0',
    text: 'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 1\r\n\r\nx',
    expect: { body: 'x', keepsConnection: false },
  },
  {
    name: 'a connection that closes, among other options',
    text: `${OK}connection: x-y, Close\r\ncontent-length: 1\r\n\r\nx`,
    expect: { body: 'x', keepsConnection: false },
  },
  {
    name: 'a connection that closes, said second',
    text: `${OK}connection: keep-alive\r\nconnection: close\r\ncontent-length: 1\r\n\r\nx`,
    expect: { keepsConnection: false },
  },
  {
    name: 'more than was asked for',
    text: `${OK}content-length: 2\r\n\r\nok${OK}`,
    expect: { body: 'ok', rest: OK },
  },
  { name: 'more behind the last chunk', text: `${CHUNKED}0\r\n\r\nHTTP`, expect: { body: '', rest: 'HTTP' } },
];

for (const { name, text, isEnded = false, expect } of GOOD) {
  test(`is read however it is split: ${name}`, () => {
    const all = splits(latin1(text));
    for (const pieces of all) {
      const got = read(pieces, isEnded);
      const { headers, ...rest } = expect;
      const wanted = { ...got, phase: 'over', rest: '', ...rest, headers: headers ?? { ...got.headers } };
      assert.deepEqual({ ...got, headers: ownOf(got.headers) }, { ...wanted, headers: ownOf(wanted.headers) });
    }
    assert.ok(all.length > 10);
  });
}

/** Every header, also those that a literal or a copy would not have for its own. */
const ownOf = (headers: object): readonly (readonly [string, unknown])[] =>
  Object.entries(headers).toSorted(([a], [b]) => (a < b ? -1 : 1));

test('headers have nothing but what was sent', () => {
  const { headers } = read([latin1(`${OK}content-length: 0\r\n\r\n`)]);
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) assert.equal(headers[name], undefined);
});

const line = (text: string): string => `${OK}${text}\r\ncontent-length: 0\r\n\r\n`;

const BAD: readonly { readonly name: string; readonly text: string }[] = [
  { name: 'another protocol', text: 'SSH-2.0-OpenSSH_9.9\r\n' },
  { name: 'a line before it', text: `\r\n${OK}content-length: 0\r\n\r\n` },
  { name: 'HTTP/2 in words', text: 'HTTP/2 200 OK\r\ncontent-length: 0\r\n\r\n' },
  { name: 'a version that is none', text: 'HTTP/1.2 200 OK\r\ncontent-length: 0\r\n\r\n' },
  { name: 'a name in small letters', text: 'http/1.1 200 OK\r\ncontent-length: 0\r\n\r\n' },
  { name: 'a status of two digits', text: 'HTTP/1.1 20 OK\r\ncontent-length: 0\r\n\r\n' },
  { name: 'a status of four digits', text: 'HTTP/1.1 2000 OK\r\ncontent-length: 0\r\n\r\n' },
  { name: 'a status below 100', text: 'HTTP/1.1 099 OK\r\ncontent-length: 0\r\n\r\n' },
  { name: 'a status that Number would read', text: 'HTTP/1.1 1e2 OK\r\ncontent-length: 0\r\n\r\n' },
  { name: 'two spaces before the status', text: 'HTTP/1.1  200 OK\r\ncontent-length: 0\r\n\r\n' },
  { name: 'no status', text: 'HTTP/1.1 \r\ncontent-length: 0\r\n\r\n' },
  { name: 'a switch of protocols', text: 'HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n' },
  { name: 'an informational head of HTTP/1.0', text: `HTTP/1.0 103 Early Hints\r\n\r\n${OK}content-length: 0\r\n\r\n` },
  { name: 'an informational head that closes', text: 'HTTP/1.1 103 Early Hints\r\nconnection: close\r\n\r\n' },
  { name: 'an informational head with a body', text: 'HTTP/1.1 103 Early Hints\r\ncontent-length: 1\r\n\r\nx' },
  { name: 'a line that goes on', text: line('a: b\r\n c') },
  { name: 'a first line that goes on', text: `${OK} a: b\r\ncontent-length: 0\r\n\r\n` },
  { name: 'a header without a colon', text: line('abc') },
  { name: 'a header without a name', text: line(': x') },
  { name: 'a blank before the colon', text: line('a : x') },
  { name: 'a name with a blank', text: line('a b: x') },
  { name: 'a name above ASCII', text: line('é: x') },
  { name: 'a NUL in a value', text: line('a: x\0y') },
  { name: 'a control in a value', text: line('a: x\x01y') },
  { name: 'a line feed alone in a value', text: line('a: x\ny: z') },
  { name: 'a carriage return alone in a value', text: line('a: x\ry: z') },
  { name: 'a line feed alone behind the status', text: 'HTTP/1.1 200 OK\ncontent-length: 0\r\n\r\n' },
  { name: 'a carriage return before a line end', text: line('a: x\r') },
  { name: 'a length that is a word', text: `${OK}content-length: x\r\n\r\n` },
  { name: 'a length with a sign', text: `${OK}content-length: +1\r\n\r\nx` },
  { name: 'a length below zero', text: `${OK}content-length: -1\r\n\r\nx` },
  { name: 'a length in hex', text: `${OK}content-length: 0x1\r\n\r\nx` },
  { name: 'a length with a fraction', text: `${OK}content-length: 1.0\r\n\r\nx` },
  { name: 'an empty length', text: `${OK}content-length:\r\n\r\n` },
  { name: 'a list of lengths', text: `${OK}content-length: 1, 1\r\n\r\nx` },
  { name: 'a length beyond 2^53', text: `${OK}content-length: 9007199254740992\r\n\r\nx` },
  { name: 'two lengths', text: `${OK}content-length: 1\r\ncontent-length: 2\r\n\r\nxy` },
  { name: 'two lengths that are the same', text: `${OK}content-length: 1\r\ncontent-length: 1\r\n\r\nx` },
  { name: 'a length beside chunks', text: `${OK}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n` },
  { name: 'chunks beside a length', text: `${OK}transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n` },
  { name: 'another coding', text: `${OK}transfer-encoding: gzip\r\n\r\n` },
  { name: 'another coding below chunks', text: `${OK}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n` },
  { name: 'a coding above chunks', text: `${OK}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n` },
  { name: 'chunks twice', text: `${OK}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n` },
  { name: 'an empty coding', text: `${OK}transfer-encoding:\r\n\r\n` },
  { name: 'chunks in HTTP/1.0', text: 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n' },
  { name: 'a chunk without a size', text: `${CHUNKED}\r\nabc\r\n0\r\n\r\n` },
  { name: 'a chunk size that is none', text: `${CHUNKED}zz\r\n` },
  { name: 'a chunk size with a sign', text: `${CHUNKED}-1\r\n` },
  { name: 'a chunk size with an x', text: `${CHUNKED}0x1\r\n` },
  { name: 'a blank before a chunk size', text: `${CHUNKED} 1\r\nx\r\n` },
  { name: 'a chunk size beyond 2^53', text: `${CHUNKED}20000000000000\r\n` },
  { name: 'a chunk size without end', text: `${CHUNKED}00000000000000001\r\n` },
  { name: 'a line feed alone behind a chunk size', text: `${CHUNKED}1\nx\r\n` },
  { name: 'a line feed alone in an extension', text: `${CHUNKED}1;a\nx\r\n` },
  { name: 'a carriage return alone in an extension', text: `${CHUNKED}1;a\rb\r\n` },
  { name: 'no line end behind a chunk', text: `${CHUNKED}1\r\nxy` },
  { name: 'half a line end behind a chunk', text: `${CHUNKED}1\r\nx\r1` },
  { name: 'a line feed alone behind a chunk', text: `${CHUNKED}1\r\nx\n0\r\n\r\n` },
  { name: 'a line feed alone in a trailer', text: `${CHUNKED}0\r\na: b\n\r\n` },
  { name: 'a carriage return alone in a trailer', text: `${CHUNKED}0\r\na: b\rc` },
  { name: 'a line feed for the last line', text: `${CHUNKED}0\r\n\n` },
];

for (const { name, text } of BAD) {
  test(`is refused however it is split: ${name}`, () => {
    for (const pieces of splits(latin1(text))) assert.equal(read(pieces).phase, 'broken');
  });
}

const CUT: readonly { readonly name: string; readonly text: string }[] = [
  { name: 'a length', text: `${OK}content-length: 3\r\n\r\nab` },
  { name: 'chunks', text: `${CHUNKED}1\r\nx\r\n0\r\n` },
  { name: 'a head', text: OK },
];

for (const { name, text } of CUT) {
  test(`is cut when the connection ends within it, wherever: ${name}`, () => {
    const bytes = latin1(text);
    for (let length = 0; length <= bytes.length; length += 1) {
      assert.equal(read([bytes.subarray(0, length)], true).phase, 'broken', `behind ${length} bytes`);
    }
  });
}

const PAD = 'x'.repeat(1000);
const pads = (count: number): string => Array.from({ length: count }, (_, at) => `x-${at}: ${PAD}\r\n`).join('');
const tiny = (count: number): string => 'a:b\r\n'.repeat(count);
const hints = (count: number): string => 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(count);
const END = 'content-length: 0\r\n\r\n';

const BOUNDS: readonly { readonly name: string; readonly fits: string; readonly tooMuch: string }[] = [
  { name: 'bytes of a head', fits: `${OK}${pads(15)}${END}`, tooMuch: `${OK}${pads(17)}${END}` },
  { name: 'bytes of a head that has no end', fits: `${OK}${END}`, tooMuch: `${OK}x: ${PAD.repeat(17)}` },
  { name: 'headers', fits: `${OK}${tiny(199)}${END}`, tooMuch: `${OK}${tiny(200)}${END}` },
  { name: 'informational heads', fits: `${hints(16)}${OK}${END}`, tooMuch: `${hints(17)}${OK}${END}` },
  {
    name: 'extensions of a chunk',
    fits: `${CHUNKED}1;${PAD.repeat(4)}\r\nx\r\n0;${PAD.repeat(4)}\r\n\r\n`,
    tooMuch: `${CHUNKED}1;${PAD.repeat(5)}`,
  },
  {
    name: 'trailers',
    fits: `${CHUNKED}0\r\n${pads(16)}\r\n`,
    tooMuch: `${CHUNKED}0\r\n${pads(17)}`,
  },
];

for (const { name, fits, tooMuch } of BOUNDS) {
  test(`has a bound: ${name}`, () => {
    for (const size of [1, 7, 100_000]) {
      assert.equal(read(cutEvery(size, latin1(fits))).phase, 'over');
      assert.equal(read(cutEvery(size, latin1(tooMuch))).phase, 'broken');
    }
  });
}

function cutEvery(size: number, bytes: Buffer): readonly Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}
