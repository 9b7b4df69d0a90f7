/** Requests are the same requests, in whatever pieces they come; and the same that Node's own server reads. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { bytesOf, nodeReader, oursReader, type Reader, type Understood } from './support/understood.ts';

const NAMES = ['host', 'x-a', 'x-b', 'content-type', 'cookie', 'authorization'] as const;
const LAST = 'GET /last HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';

const value = fc.stringMatching(/^([!-~\xa1-\xff]([ \t!-~\xa1-\xff]{0,20}[!-~\xa1-\xff])?)?$/);
const blank = fc.stringMatching(/^[ \t]{0,2}$/);
const field = fc
  .tuple(
    fc.constantFrom('x-a', 'X-B', 'Content-Type', 'cookie', 'Authorization', 'x-other', 'accept'),
    blank,
    value,
    blank,
  )
  .map(([name, left, said, right]) => `${name}:${left}${said}${right}\r\n`);
const text = fc.string({ unit: 'binary-ascii', maxLength: 60 });
const withLength = text.map((body) => ({ framing: `Content-Length: ${body.length}\r\n`, sent: body, body }));
const inChunks = fc
  .tuple(
    fc.array(
      fc.tuple(fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 20 }), fc.constantFrom('', ';a', ';a=b')),
    ),
    fc.array(field, { maxLength: 2 }),
  )
  .map(([pieces, trailers]) => ({
    framing: 'Transfer-Encoding: Chunked\r\n',
    sent: `${pieces.map(([piece, more]) => `${piece.length.toString(16)}${more}\r\n${piece}\r\n`).join('')}0\r\n${trailers.join('')}\r\n`,
    body: pieces.map(([piece]) => piece).join(''),
  }));
const noBody = fc.constant({ framing: '', sent: '', body: '' });
const request = fc
  .tuple(
    fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'M-SEARCH'),
    fc.oneof(fc.stringMatching(/^\/[!-"$-~]{0,20}$/), fc.constantFrom('http://x/a', 'http://[::1]:80/a?b')),
    fc.array(field, { maxLength: 6 }),
    fc.oneof(withLength, inChunks, noBody),
    fc.nat(),
  )
  .map(([method, target, fields, { framing, sent, body }, place]) => {
    const lines = fields.toSpliced(place % (fields.length + 1), 0, framing);
    return { method, target, body, bytes: `${method} ${target} HTTP/1.1\r\nHost: x\r\n${lines.join('')}\r\n${sent}` };
  });

/** Cut at places that are any of its length. */
function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...at, bytes.length]
    .map((end, index) => bytes.subarray(at[index - 1] ?? 0, end))
    .filter(({ length }) => length > 0);
}

const cuts = fc.array(fc.nat(), { maxLength: 6 });
const shown = (requests: readonly Understood[]): readonly string[] =>
  requests.map(({ method, target, headers, body }) => JSON.stringify([method, target, headers, body]));

/** What stands at the joints of HTTP. */
const JOINTS = [
  ...['\r', '\n', '\r\n', '\r\n\r\n', '\0', ' ', '\t', ':', ';', ',', '0', '1', 'a', 'F', '\x7f', '\x80', '\xff'],
  ...['HTTP/1.1', 'HTTP/1.0', 'content-length: 3\r\n', 'transfer-encoding: chunked\r\n', 'connection: close\r\n'],
  ...['0\r\n\r\n', 'host: y\r\n', 'GET / ', 'expect: 100-continue\r\n', '5\r\nhello\r\n'],
];

describe('requests on the wire', { timeout: 120_000 }, () => {
  let ours: Reader;
  let node: Reader;
  before(async () => {
    ours = await oursReader();
    node = await nodeReader();
  });
  after(async () => {
    await ours.close();
    await node.close();
  });

  it('are read as they were sent, several in a connection, in whatever pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 4 }), cuts, async (sent, places) => {
        const bytes = bytesOf(`${sent.map((one) => one.bytes).join('')}${LAST}`);
        const { requests } = await ours.read(cut(bytes, places));
        assert.deepEqual(
          requests.map(({ method, target, body }) => [method, target, body]),
          [...sent.map(({ method, target, body }) => [method, target, body]), ['GET', '/last', '']],
        );
      }),
      { numRuns: 200 },
    );
  });

  it('have the fields that Node reads, also those that come twice', async () => {
    await fc.assert(
      fc.asyncProperty(request, async ({ bytes }) => {
        const pieces = [bytesOf(bytes + LAST)];
        const [read, expected] = await Promise.all([ours.read(pieces, NAMES), node.read(pieces, NAMES)]);
        assert.deepEqual(shown(read.requests), shown(expected.requests));
      }),
      { numRuns: 200 },
    );
  });

  it('that are broken anywhere are refused, or understood as Node understands them', async () => {
    const broken = fc
      .tuple(
        fc.array(request, { minLength: 1, maxLength: 2 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(6), fc.constantFrom(...JOINTS)), { minLength: 1, maxLength: 3 }),
      )
      .map(([sent, strokes]) => {
        let bytes = sent.map((one) => one.bytes).join('') + LAST;
        for (const [place, gone, joint] of strokes) {
          const at = place % (bytes.length + 1);
          bytes = bytes.slice(0, at) + joint + bytes.slice(at + gone);
        }
        return bytes;
      });
    await fc.assert(
      fc.asyncProperty(broken, cuts, async (bytes, places) => {
        const [read, reference] = await Promise.all([
          ours.read(cut(bytesOf(bytes), places), NAMES),
          node.read([bytesOf(bytes)], NAMES),
        ]);
        const understood = shown(read.requests);
        assert.deepEqual(understood, shown(reference.requests).slice(0, understood.length));
      }),
      { numRuns: 400 },
    );
  });
});
