/** Responses that nobody wrote by hand, against Node's own client. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { createServer, type Server } from 'node:net';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { latin1, read } from './support/reading.ts';
import { client, watch } from './support/watching.ts';

interface Response {
  readonly text: string;
  /** Only so is the body over. */
  readonly isEnded: boolean;
}

const token = fc.stringMatching(/^x-[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
const value = fc.stringMatching(/^([!-~\xa1-\xff]([ \t!-~\xa1-\xff]{0,20}[!-~\xa1-\xff])?)?$/);
const blank = fc.stringMatching(/^[ \t]{0,3}$/);
const header = fc
  .tuple(token, blank, value, blank)
  .map(([name, left, said, right]) => `${name}:${left}${said}${right}\r\n`);
const body = fc.string({ unit: 'binary-ascii', maxLength: 60 });
const status = fc.constantFrom(200, 200, 200, 201, 400, 404, 429, 500, 529);
const reason = fc.constantFrom('', ' ', ' OK', ' Not so good');
const extension = fc.constantFrom('', '', ';a', ';a=b', ';a="b"');

const inChunks = fc
  .tuple(
    fc.array(fc.tuple(fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 20 }), extension)),
    fc.array(header, { maxLength: 2 }),
  )
  .map(([pieces, trailers]) => {
    const chunks = pieces.map(([piece, said]) => `${piece.length.toString(16)}${said}\r\n${piece}\r\n`);
    return {
      framing: 'Transfer-Encoding: chunked\r\n',
      text: `${chunks.join('')}0\r\n${trailers.join('')}\r\n`,
      isEnded: false,
    };
  });
const withLength = body.map((text) => ({ framing: `Content-Length: ${text.length}\r\n`, text, isEnded: false }));
const untilEnd = body.map((text) => ({ framing: '', text, isEnded: true }));

const valid: fc.Arbitrary<Response> = fc
  .tuple(
    fc.array(fc.constantFrom('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'), { maxLength: 2 }),
    status,
    reason,
    fc.array(header, { maxLength: 8 }),
    fc.oneof(inChunks, withLength, untilEnd),
    fc.nat(),
  )
  .map(([hints, code, why, headers, { framing, text, isEnded }, place]) => {
    const lines = headers.toSpliced(place % (headers.length + 1), 0, framing);
    return { text: `${hints.join('')}HTTP/1.1 ${code}${why}\r\n${lines.join('')}\r\n${text}`, isEnded };
  });

/** What breaks readers: what stands at the joints of HTTP. */
const tokens = [
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\0',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '0',
  'f',
  '-',
  'chunked',
  'Content-Length: 3\r\n',
  '\x7f',
  '\xff',
];
const edit = fc.tuple(
  fc.nat(),
  fc.nat(3),
  fc.oneof(fc.constantFrom(...tokens), fc.string({ unit: 'binary-ascii', maxLength: 3 })),
);

const mutated: fc.Arbitrary<Response> = fc
  .tuple(valid, fc.array(edit, { minLength: 1, maxLength: 3 }))
  .map(([{ text, isEnded }, edits]) => ({
    text: edits.reduce((before, [place, removed, added]) => {
      const at = place % (before.length + 1);
      return `${before.slice(0, at)}${added}${before.slice(at + removed)}`;
    }, text),
    isEnded,
  }));

let current: Response = { text: '', isEnded: false };
let server: Server;
let origin = '';

before(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => {
      if (current.isEnded) socket.end(current.text, 'latin1');
      else socket.write(current.text, 'latin1');
    });
    // Who waits for more than comes would wait for ever.
    socket.setTimeout(200, () => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
after(() => server.close());

interface Oracle {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** As Node reads it; undefined where it refuses it. */
function asked(response: Response): Promise<Oracle | undefined> {
  current = response;
  return new Promise((resolve) => {
    const asking = request(`${origin}/`, { agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk) => chunks.push(chunk));
      incoming.on('error', () => resolve(undefined));
      incoming.on('end', () => {
        const names = incoming.rawHeaders.filter((_, at) => at % 2 === 0);
        const headers = names.map((name, at) => [name.toLowerCase(), incoming.rawHeaders[2 * at + 1] ?? ''] as const);
        resolve({ status: incoming.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString('latin1') });
        asking.destroy();
      });
    });
    asking.on('error', () => resolve(undefined));
    asking.end();
  });
}

const sorted = (headers: readonly (readonly [string, string])[]): readonly string[] =>
  headers.map(([name, said]) => `${name}: ${said}`).toSorted();

const listed = (headers: object): readonly (readonly [string, string])[] =>
  Object.entries(headers).flatMap(([name, said]: [string, string | string[]]) =>
    [said].flat().map((one) => [name, one] as const),
  );

test('every response that is well made is read as Node reads it', async () => {
  await using http = await client(1);
  await fc.assert(
    fc.asyncProperty(valid, async (response) => {
      const expected = await asked(response);
      const told = await watch(http, { origin }).ended;
      assert.ok(expected !== undefined, 'Node reads it');
      assert.equal(told.failure, undefined);
      const got = { status: told.status, body: told.latin1, headers: sorted(listed(told.headers)) };
      assert.deepEqual(got, { status: expected.status, body: expected.body, headers: sorted(expected.headers) });
    }),
    { numRuns: 150 },
  );
});

/** Node takes the tab for a part of the coding, where it is a blank behind it. */
const TAB_BEHIND_CODING = /transfer-encoding:[^\r]*chunked[ \t]*\t/i;
/** Extensions of chunks, and trailers: Node reads their grammar, where we pass over a line to its end. */
const SKIPPED = /\r\n[0-9a-f]+[ \t;]|\r\n0+(;[^\r\n]*)?\r\n[^\r]/i;

test('what is not quite well made is read as Node reads it, or refused', async () => {
  await fc.assert(
    fc.asyncProperty(mutated, async (response) => {
      const ours = read([latin1(response.text)], response.isEnded);
      // Of what stands behind a response, Node says that the response is broken.
      fc.pre(ours.phase === 'over' && ours.rest === '' && !TAB_BEHIND_CODING.test(response.text));
      const expected = await asked(response);
      assert.ok(expected !== undefined || SKIPPED.test(response.text), 'what Node refuses is refused');
      const got = { status: ours.status, body: ours.body, headers: listed(ours.headers) };
      const { status: code, headers, body: text } = expected ?? got;
      assert.deepEqual(
        { ...got, headers: sorted(got.headers) },
        { status: code, body: text, headers: sorted(headers) },
      );
    }),
    { numRuns: 150 },
  );
});

const cut = (bytes: Buffer, sizes: readonly number[]): readonly Buffer[] => {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...pieces, bytes.subarray(at)];
};

const sizes = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 20 });
const noise = fc.string({ unit: 'binary-ascii', maxLength: 200 }).map((text) => ({ text, isEnded: true }));
const headed = noise.map(({ text }) => ({ text: `HTTP/1.1 200 OK\r\n${text}`, isEnded: true }));

test('however it is split, a response is the same', () => {
  fc.assert(
    fc.property(fc.oneof(valid, mutated, noise, headed), sizes, ({ text, isEnded }, at) => {
      const bytes = latin1(text);
      const whole = read([bytes], isEnded);
      const split = read(cut(bytes, at), isEnded);
      assert.equal(split.phase, whole.phase);
      assert.ok(whole.phase === 'broken' || isSame(split, whole));
    }),
    { numRuns: 3_000 },
  );
});

function isSame(one: object, other: object): boolean {
  assert.deepEqual(one, other);
  return true;
}
