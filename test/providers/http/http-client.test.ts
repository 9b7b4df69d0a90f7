import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { createHttpClient } from '../../../src/providers/http/http-client.ts';
import { createAuthority } from '../../support/certificates.ts';
import {
  answerJson,
  chunk,
  head,
  LAST_CHUNK,
  type Script,
  STREAM_HEAD,
  startUpstream,
} from '../../support/upstream.ts';
import { client, watch } from './support/watching.ts';

const OK: Script = (socket) => void socket.write(answerJson(200, { ok: true }));

test('a request goes out with its headers and body, and the answer comes back', async () => {
  await using upstream = await startUpstream(OK);
  await using http = await client();
  const told = await watch(http, { origin: upstream.origin }).ended;
  assert.deepEqual([told.status, told.text, told.failure], [200, '{"ok":true}', undefined]);
  const [request] = upstream.requests;
  assert.equal(request?.method, 'POST');
  assert.equal(request?.path, '/v1/x');
  assert.equal(request?.body, '{"a":1}');
  assert.equal(request?.headers['content-type'], 'application/json');
  assert.equal(request?.headers['content-length'], '7');
});

test('one call behind the other uses the same connection', async () => {
  await using upstream = await startUpstream(OK);
  await using http = await client(1);
  for (let count = 0; count < 5; count++) await watch(http, { origin: upstream.origin }).ended;
  assert.equal(upstream.requests.length, 5);
  assert.equal(upstream.connections, 1);
});

test('calls beyond the connections wait, in their order, and all are answered', async () => {
  await using upstream = await startUpstream(OK);
  await using http = await client(2);
  const calls = Array.from({ length: 20 }, (_, index) => watch(http, { origin: upstream.origin, path: `/${index}` }));
  const all = await Promise.all(calls.map(({ ended }) => ended));
  assert.ok(all.every(({ status }) => status === 200));
  assert.ok(upstream.connections <= 2, `${upstream.connections} connections`);
  const order = upstream.requests.map(({ path }) => Number(path.slice(1)));
  assert.deepEqual(new Set(order).size, 20);
  assert.ok(
    order.every((one, at) => Math.abs(one - at) <= 2),
    order.join(),
  );
});

test('an informational head is not taken for the answer', async () => {
  await using upstream = await startUpstream((socket) => {
    socket.write(`HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${answerJson(201, {})}`);
  });
  await using http = await client();
  const told = await watch(http, { origin: upstream.origin }).ended;
  assert.deepEqual([told.status, told.text], [201, '{}']);
});

const FAILURES: readonly { readonly name: string; readonly script: Script; readonly says: RegExp }[] = [
  {
    name: 'a reset before the head',
    script: (socket) => socket.resetAndDestroy(),
    says: /closed the connection without/,
  },
  { name: 'an end before the head', script: (socket) => socket.end(), says: /closed the connection without/ },
  {
    name: 'an end within the head',
    script: (socket) => socket.end('HTTP/1.1 200 O'),
    says: /closed the connection without/,
  },
  {
    name: 'bytes that are no HTTP',
    script: (socket) => socket.end('220 mail.example ESMTP\r\n'),
    says: /closed the connection without/,
  },
  {
    name: 'an end within a body of known length',
    script: (socket) => socket.end(`${head(200, { 'content-length': '10' })}abc`),
    says: /cut its answer/,
  },
  {
    name: 'an end within a chunked body',
    script: (socket) => socket.end(`${STREAM_HEAD}${chunk('abc')}`),
    says: /cut its answer/,
  },
  {
    name: 'a reset within a chunked body',
    script: (socket) =>
      socket.write(`${STREAM_HEAD}${chunk('abc')}`, () => setImmediate(() => socket.resetAndDestroy())),
    says: /cut its answer/,
  },
  {
    name: 'a chunk whose size is none',
    script: (socket) => socket.write(`${STREAM_HEAD}${chunk('abc')}zz\r\n`),
    says: /cut its answer/,
  },
  {
    name: 'headers without end',
    script: (socket) => socket.write(`HTTP/1.1 200 OK\r\n${`x-pad: ${'x'.repeat(1000)}\r\n`.repeat(100)}`),
    says: /closed the connection without/,
  },
];

for (const { name, script, says } of FAILURES) {
  test(`${name} is a failed connection`, async () => {
    await using upstream = await startUpstream(script);
    await using http = await client();
    const { failure } = await watch(http, { origin: upstream.origin }).ended;
    assert.equal(failure?.outcome, 'connection');
    assert.equal(failure?.sent, undefined, 'it may have reached a model');
    assert.match(failure?.message ?? '', says);
  });
}

test('nobody listening is a failed connection, and nothing was sent', async () => {
  const upstream = await startUpstream(OK);
  await upstream[Symbol.asyncDispose]();
  await using http = await client();
  const { failure } = await watch(http, { origin: upstream.origin }).ended;
  assert.deepEqual(failure, {
    outcome: 'connection',
    message: `127.0.0.1:${upstream.port} refuses connections (ECONNREFUSED)`,
    sent: false,
  });
});

test('a name that nobody knows is a failed connection, and nothing was sent', async () => {
  await using http = await client();
  const { failure } = await watch(http, { origin: 'http://no-such-host.invalid' }).ended;
  assert.equal(failure?.outcome, 'connection');
  assert.equal(failure?.sent, false);
  assert.match(failure?.message ?? '', /^the name no-such-host\.invalid cannot be resolved \(\w+\)$/);
});

test('a certificate is believed from a named authority, and from nobody else', async () => {
  const authority = createAuthority('Example CA');
  const tls = authority.certify({ name: [['CN', 'upstream']], ips: ['127.0.0.1'] });
  await using upstream = await startUpstream(OK, { tls });
  await using trusting = await client(4, [authority.certificatePem]);
  assert.equal((await watch(trusting, { origin: upstream.origin }).ended).status, 200);

  await using wary = await client();
  const { failure } = await watch(wary, { origin: upstream.origin }).ended;
  assert.equal(failure?.outcome, 'connection');
  assert.equal(failure?.sent, false);
  assert.match(failure?.message ?? '', /^no TLS with 127\.0\.0\.1:\d+ \(/);
});

test('a certificate of another name is refused', async () => {
  const authority = createAuthority('Example CA');
  const tls = authority.certify({ name: [['CN', 'upstream']], dns: ['else.example'] });
  await using upstream = await startUpstream(OK, { tls });
  await using http = await client(4, [authority.certificatePem]);
  const { failure } = await watch(http, { origin: upstream.origin }).ended;
  assert.match(failure?.message ?? '', /^no TLS with .*\(ERR_TLS_CERT_ALTNAME_INVALID\)$/);
});

test('a call that gets no connection in its time is given up while others go on', async () => {
  await using upstream = await startUpstream((socket, { path }) => {
    if (path === '/fast') socket.write(answerJson(200, {}));
  });
  await using http = await client(1);
  const slow = watch(http, { origin: upstream.origin, path: '/slow' });
  await upstream.arrived();
  const { failure } = await watch(http, { origin: upstream.origin, connectTimeoutMs: 20 }).ended;
  assert.deepEqual(failure, {
    outcome: 'timeout',
    message: `no connection to 127.0.0.1:${upstream.port} was free within 20 ms: all 1 are in use`,
    crowded: true,
    sent: false,
  });
  slow.exchange.cancel();
  assert.equal((await watch(http, { origin: upstream.origin, path: '/fast' }).ended).status, 200);
  assert.deepEqual(
    upstream.requests.map(({ path }) => path),
    ['/slow', '/fast'],
  );
});

test('a TLS handshake that hangs is given up in time', async () => {
  const silent = createServer((socket) => setTimeout(() => socket.destroy(), 100)).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const address = silent.address();
  assert.ok(typeof address === 'object' && address !== null);
  const http = createHttpClient({ maxConnections: 1 });
  const given = { origin: `https://127.0.0.1:${address.port}`, connectTimeoutMs: 30 };
  const ends = await Promise.all([watch(http, given).ended, watch(http, given).ended]);
  const message = `no connection to 127.0.0.1:${address.port} within 30 ms`;
  // The second waits behind it: that too is the vendor's doing, not a want of connections.
  for (const { failure } of ends) assert.deepEqual(failure, { outcome: 'timeout', message, sent: false });
  await http.close();
  silent.close();
});

const MOMENTS: readonly { readonly name: string; readonly script: Script; readonly bytes: number }[] = [
  { name: 'before the head', script: () => undefined, bytes: 0 },
  { name: 'behind the head', script: (socket) => void socket.write(`${STREAM_HEAD}${chunk('abc')}`), bytes: 3 },
];

for (const { name, script, bytes } of MOMENTS) {
  test(`an abort ${name} closes the socket within 100 ms`, async () => {
    await using upstream = await startUpstream(script);
    await using http = await client();
    const controller = new AbortController();
    const watched = watch(http, { origin: upstream.origin, signal: controller.signal });
    await upstream.arrived();
    await watched.bytes(bytes);
    const closed = upstream.closed();
    const abortedAtMs = performance.now();
    controller.abort();
    const { failure } = await watched.ended;
    assert.deepEqual(failure, { outcome: 'cancelled', message: 'the request was cancelled' });
    const tookMs = (await closed) - abortedAtMs;
    assert.ok(tookMs < 100, `${tookMs} ms`);
  });
}

test('a call whose signal is aborted already sends nothing', async () => {
  await using upstream = await startUpstream(OK);
  await using http = await client();
  const { failure } = await watch(http, { origin: upstream.origin, signal: AbortSignal.abort() }).ended;
  assert.deepEqual([failure?.outcome, failure?.sent], ['cancelled', false]);
  assert.equal(upstream.connections, 0);
});

test('a call that is aborted while it waits for a connection is never sent', async () => {
  await using upstream = await startUpstream((socket, { path }) => {
    if (path !== '/first') socket.write(answerJson(200, {}));
  });
  await using http = await client(1);
  const first = watch(http, { origin: upstream.origin, path: '/first' });
  await upstream.arrived();
  const controller = new AbortController();
  const second = watch(http, { origin: upstream.origin, path: '/second', signal: controller.signal });
  const third = watch(http, { origin: upstream.origin, path: '/third' });
  controller.abort();
  assert.deepEqual((await second.ended).failure?.sent, false);
  first.exchange.cancel();
  assert.equal((await third.ended).status, 200);
  assert.equal(upstream.connections, 2, 'no connection was spent on it');
  assert.deepEqual(
    upstream.requests.map(({ path }) => path),
    ['/first', '/third'],
  );
});

test('a paused exchange stops the vendor, and goes on where it was', async () => {
  const total = 32 * 1024 * 1024;
  let written = 0;
  const script: Script = (socket) => {
    socket.write(head(200, { 'content-length': String(total) }));
    const block = Buffer.alloc(64 * 1024, 'x');
    const pump = (): void => {
      while (written < total && socket.write(block)) written += block.length;
      if (written < total) {
        written += block.length;
        socket.once('drain', pump);
      }
    };
    pump();
  };
  await using upstream = await startUpstream(script);
  await using http = await client();
  const watched = watch(http, { origin: upstream.origin });
  await watched.bytes(1);
  watched.exchange.pause();
  const stalled = await steady(() => written + watched.received());
  assert.ok(stalled < total, 'the vendor was stopped');
  const before = watched.received();
  assert.ok(before < 1024 * 1024, `${before} bytes came in spite of the pause`);
  watched.exchange.resume();
  const told = await watched.ended;
  assert.equal(told.failure, undefined);
  assert.equal(told.text.length, total);
});

/** The value that stays the same for 20 turns of the timers; bounded. */
async function steady(read: () => number): Promise<number> {
  let last = read();
  let same = 0;
  for (let turn = 0; turn < 2000 && same < 20; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const now = read();
    same = now === last ? same + 1 : 0;
    last = now;
  }
  assert.equal(same, 20, 'it never came to rest');
  return last;
}

test('an answer that ends while it is paused is told when it goes on', async () => {
  await using upstream = await startUpstream((socket) => {
    socket.write(`${STREAM_HEAD}${chunk('abc')}`);
    setImmediate(() => socket.write(`${chunk('def')}${LAST_CHUNK}`));
  });
  await using http = await client();
  const watched = watch(http, { origin: upstream.origin });
  await watched.bytes(3);
  watched.exchange.pause();
  await steady(watched.received);
  watched.exchange.resume();
  const told = await watched.ended;
  assert.deepEqual([told.text, told.failure], ['abcdef', undefined]);
});

test('closing gives up what runs and what waits', async () => {
  await using upstream = await startUpstream(() => undefined);
  const http = createHttpClient({ maxConnections: 1 });
  const running = watch(http, { origin: upstream.origin });
  await upstream.arrived();
  const waiting = watch(http, { origin: upstream.origin });
  await http.close();
  assert.equal((await running.ended).failure?.outcome, 'connection');
  assert.equal((await waiting.ended).failure?.outcome, 'cancelled');
});
