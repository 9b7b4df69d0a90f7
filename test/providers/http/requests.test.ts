/** What goes over the wire, byte by byte, and what never does. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import type { HttpCall } from '../../../src/providers/http/http-exchange.ts';
import { answerJson, startUpstream } from '../../support/upstream.ts';
import { client, watch } from './support/watching.ts';

const GOOD = answerJson(200, { ok: true });

interface Recorder extends AsyncDisposable {
  readonly origin: string;
  /** Of the only connection, until it ends. */
  readonly bytes: Promise<Buffer>;
}

/** Answers at once, closes, and keeps what it was sent to the last byte. */
async function record(): Promise<Recorder> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const server = createServer((socket) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.once('data', () => socket.write(GOOD));
    socket.on('end', () => resolve(Buffer.concat(chunks)));
  }).listen(0, '127.0.0.1');
  await new Promise((told) => server.once('listening', told));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return {
    origin: `http://127.0.0.1:${address.port}`,
    bytes: promise,
    async [Symbol.asyncDispose]() {
      await new Promise((told) => server.close(told));
    },
  };
}

const HUGE = 'x'.repeat(100_000);

const BODIES: readonly { readonly name: string; readonly body: string | Uint8Array }[] = [
  { name: 'ASCII', body: '{"a":"b"}' },
  { name: 'Latin-1', body: '{"a":"Zürich"}' },
  { name: 'beyond Latin-1', body: '{"a":"東京 🚀"}' },
  { name: 'half a character', body: '{"a":"\ud83d"}' },
  { name: 'long, of ASCII', body: HUGE },
  { name: 'long, of more', body: `${HUGE}é` },
  { name: 'bytes', body: Uint8Array.of(0, 1, 128, 255) },
  { name: 'many bytes', body: new Uint8Array(200_000).fill(200) },
];

for (const { name, body } of BODIES) {
  test(`a body goes out as its bytes: ${name}`, async () => {
    await using recorder = await record();
    const http = await client();
    const { origin } = recorder;
    await watch(http, { origin, path: '/v1/x?y=1', headers: ['x-a', 'é', 'X-B', '2'], body }).ended;
    await http.close();
    const bytes = Buffer.from(body);
    const host = origin.slice('http://'.length);
    const head = [
      'POST /v1/x?y=1 HTTP/1.1',
      `host: ${host}`,
      'connection: keep-alive',
      'x-a: é',
      'X-B: 2',
      `content-length: ${bytes.length}`,
    ];
    assert.deepEqual(
      await recorder.bytes,
      Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]),
    );
  });
}

const HEADS: readonly { readonly name: string; readonly call: Partial<HttpCall>; readonly lines: readonly string[] }[] =
  [
    { name: 'a GET has no length', call: { method: 'GET', body: '' }, lines: ['GET /v1/x HTTP/1.1'] },
    { name: 'a POST of nothing has one', call: { body: '' }, lines: ['POST /v1/x HTTP/1.1', 'content-length: 0'] },
    {
      name: 'a host that is named goes before that of the origin',
      call: { method: 'GET', body: '', headers: ['Host', 'example.com'] },
      lines: ['GET /v1/x HTTP/1.1', 'host: example.com'],
    },
    {
      name: 'what becomes of the connection is said once',
      call: { method: 'GET', body: '', headers: ['Connection', 'close'] },
      lines: ['GET /v1/x HTTP/1.1'],
    },
  ];

for (const { name, call, lines } of HEADS) {
  test(name, async () => {
    await using recorder = await record();
    const http = await client();
    const { origin } = recorder;
    await watch(http, { origin, headers: [], ...call }).ended;
    await http.close();
    const sent = (await recorder.bytes).toString('latin1').split('\r\n');
    const host = `host: ${origin.slice('http://'.length)}`;
    const all = new Set(['connection: keep-alive', ...lines, ...(lines.some(isHost) ? [] : [host])]);
    assert.deepEqual(new Set(sent.filter((line) => line !== '')), all);
    assert.deepEqual(sent.slice(-2), ['', '']);
  });
}

const isHost = (line: string): boolean => line.startsWith('host:');

const REFUSED: readonly { readonly name: string; readonly call: Partial<HttpCall> }[] = [
  { name: 'a line break in a value', call: { headers: ['x', 'a\r\nb: c'] } },
  { name: 'a line feed in a value', call: { headers: ['x', 'a\nb: c'] } },
  { name: 'a carriage return in a value', call: { headers: ['x', 'a\rb: c'] } },
  { name: 'a NUL in a value', call: { headers: ['x', 'a\0'] } },
  { name: 'a character that is no byte', call: { headers: ['x', 'a€'] } },
  { name: 'what would be a line feed if it were cut to a byte', call: { headers: ['x', 'a\u010ab: c'] } },
  { name: 'a line break in a name', call: { headers: ['x\r\ny', 'a'] } },
  { name: 'a colon in a name', call: { headers: ['x:y', 'a'] } },
  { name: 'a blank in a name', call: { headers: ['x ', 'a'] } },
  { name: 'an empty name', call: { headers: ['', 'a'] } },
  { name: 'a name without a value', call: { headers: ['x'] } },
  { name: 'a length', call: { headers: ['Content-Length', '3'] } },
  { name: 'a coding', call: { headers: ['Transfer-Encoding', 'chunked'] } },
  { name: 'an upgrade', call: { headers: ['upgrade', 'h2c'] } },
  { name: 'a line break in the host', call: { headers: ['host', 'a\r\nb: c'] } },
  { name: 'a line break in the path', call: { path: '/x HTTP/1.1\r\na: b' } },
  { name: 'a blank in the path', call: { path: '/x y' } },
  { name: 'a path that is none', call: { path: 'x' } },
];

for (const { name, call } of REFUSED) {
  test(`never sent, twice as often as there are connections: ${name}`, async () => {
    await using upstream = await startUpstream((socket) => void socket.write(GOOD));
    await using http = await client(2);
    const { origin, port } = upstream;
    for (let count = 0; count < 4; count += 1) {
      assert.deepEqual((await watch(http, { origin, ...call }).ended).failure, {
        outcome: 'connection',
        message: `the request to 127.0.0.1:${port} has a path or a header that cannot be sent`,
        sent: false,
      });
    }
    assert.equal(upstream.connections, 0);
    assert.equal((await watch(http, { origin }).ended).status, 200);
  });
}
