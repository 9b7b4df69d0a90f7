/** When a connection is used again, and when never. */
import assert from 'node:assert/strict';
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { createAuthority } from '../../support/certificates.ts';
import {
  answer,
  answerJson,
  chunk,
  head,
  LAST_CHUNK,
  type Script,
  STREAM_HEAD,
  startUpstream,
} from '../../support/upstream.ts';
import { client, watch } from './support/watching.ts';

/** At once, and not because it was idle for seconds. */
const SOON_MS = 1_000;
const GOOD = answerJson(200, { ok: true });
const OK: Script = (socket) => void socket.write(GOOD);

/** The answer of the first request, and a good one of every other. */
const first = (text: string, then?: (socket: Socket) => void): Script => {
  let count = 0;
  return (socket) => {
    count += 1;
    socket.write(count === 1 ? text : GOOD, () => count === 1 && then?.(socket));
  };
};

const KEPT: readonly { readonly name: string; readonly text: string }[] = [
  { name: 'a length', text: answer(200, 'abc') },
  { name: 'chunks', text: `${STREAM_HEAD}${chunk('abc')}${LAST_CHUNK}` },
  { name: 'no body', text: 'HTTP/1.1 204 No Content\r\n\r\n' },
  { name: 'an error', text: answer(500, 'abc') },
  { name: 'a time to keep it', text: answer(200, 'abc', { 'keep-alive': 'max=9, timeout=60' }) },
];

for (const { name, text } of KEPT) {
  test(`a connection is used again behind ${name}`, async () => {
    await using upstream = await startUpstream(first(text));
    await using http = await client();
    assert.equal((await watch(http, { origin: upstream.origin }).ended).failure, undefined);
    assert.equal((await watch(http, { origin: upstream.origin }).ended).text, '{"ok":true}');
    assert.equal(upstream.connections, 1);
  });
}

const CLOSED: readonly { readonly name: string; readonly text: string }[] = [
  { name: 'the vendor says that it closes', text: answer(200, 'abc', { connection: 'close' }) },
  { name: 'it is of HTTP/1.0', text: answer(200, 'abc').replace('1.1', '1.0') },
  { name: 'more came than was asked for', text: `${answer(200, 'abc')}${GOOD}` },
  { name: 'one byte more came', text: `${STREAM_HEAD}${chunk('abc')}${LAST_CHUNK}\n` },
  { name: 'the vendor keeps it for a second at most', text: answer(200, 'abc', { 'keep-alive': 'timeout=1' }) },
  { name: 'what has no body announces one', text: head(304, { 'content-length': '3' }) },
];

for (const { name, text } of CLOSED) {
  test(`a connection is closed, and its answer is good, when ${name}`, async () => {
    await using upstream = await startUpstream(first(text));
    await using http = await client();
    const closed = upstream.closed();
    assert.equal((await watch(http, { origin: upstream.origin }).ended).failure, undefined);
    const answeredAtMs = performance.now();
    assert.ok((await closed) - answeredAtMs < SOON_MS);
    assert.equal((await watch(http, { origin: upstream.origin }).ended).text, '{"ok":true}');
    assert.equal(upstream.connections, 2);
  });
}

const IDLE: readonly { readonly name: string; readonly does: (socket: Socket) => void }[] = [
  { name: 'bytes', does: (socket) => void socket.write(GOOD) },
  { name: 'an end', does: (socket) => void socket.end() },
  { name: 'a reset', does: (socket) => void socket.resetAndDestroy() },
];

for (const { name, does } of IDLE) {
  test(`${name} on a connection that nobody has closes it, and nobody is told`, async () => {
    let idle: Socket | undefined;
    await using upstream = await startUpstream((socket) => {
      socket.write(answer(200, idle === undefined ? 'one' : 'two'));
      idle ??= socket;
    });
    await using http = await client();
    assert.equal((await watch(http, { origin: upstream.origin }).ended).text, 'one');
    const closed = upstream.closed();
    assert.ok(idle !== undefined);
    const brokenAtMs = performance.now();
    does(idle);
    assert.ok((await closed) - brokenAtMs < SOON_MS);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await watch(http, { origin: upstream.origin }).ended).text, 'two');
    assert.equal(upstream.connections, 2);
  });
}

test('a connection that rested is not used when it was closed while the thread was busy', async () => {
  await using http = await client();
  let idle: Socket | undefined;
  const vendor = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => {
      socket.write(GOOD);
      idle ??= socket;
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => vendor.once('listening', resolve));
  const address = vendor.address();
  assert.ok(typeof address === 'object' && address !== null);
  const origin = `http://127.0.0.1:${address.port}`;
  assert.equal((await watch(http, { origin }).ended).status, 200);
  assert.ok(idle !== undefined);
  // It goes to the kernel at once, and is read when this turn is over.
  idle.end();
  const busyUntilMs = performance.now() + 150;
  while (performance.now() < busyUntilMs);
  assert.deepEqual((await watch(http, { origin }).ended).failure, undefined);
  vendor.close();
});

test('a connection is closed a second before the vendor would', async () => {
  await using upstream = await startUpstream((socket) => {
    socket.write(answer(200, 'abc', { 'keep-alive': 'timeout=2' }));
  });
  await using http = await client();
  const closed = upstream.closed();
  await watch(http, { origin: upstream.origin }).ended;
  const fromMs = performance.now();
  const tookMs = (await closed) - fromMs;
  assert.ok(tookMs > 900 && tookMs < 1_900, `${tookMs} ms`);
});

test('the connection that was used last is used first', async () => {
  const ports: (number | undefined)[] = [];
  await using upstream = await startUpstream((socket) => {
    ports.push(socket.remotePort);
    socket.write(GOOD);
  });
  await using http = await client();
  await Promise.all(Array.from({ length: 3 }, () => watch(http, { origin: upstream.origin }).ended));
  for (let count = 0; count < 5; count += 1) await watch(http, { origin: upstream.origin }).ended;
  assert.equal(new Set(ports.slice(0, 3)).size, 3);
  assert.equal(new Set(ports.slice(3)).size, 1);
});

test('an answer before the request was read is told, and the connection is closed', async () => {
  const vendor = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pause();
    socket.write(answer(413, 'too large'));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => vendor.once('listening', resolve));
  const address = vendor.address();
  assert.ok(typeof address === 'object' && address !== null);
  await using http = await client();
  const origin = `http://127.0.0.1:${address.port}`;
  for (let count = 0; count < 2; count += 1) {
    const told = await watch(http, { origin, body: 'x'.repeat(32 * 1024 * 1024) }).ended;
    assert.deepEqual([told.status, told.text], [413, 'too large']);
  }
  assert.equal(await new Promise((resolve) => vendor.getConnections((_, count) => resolve(count))), 2);
  await http.close();
  vendor.close();
});

test('a body until the connection ends is whole, and one that is reset is not', async () => {
  await using upstream = await startUpstream((socket, { path }) => {
    socket.write(`${head(200, {})}abc`, () => {
      if (path === '/ends') socket.end('def');
      else setImmediate(() => socket.resetAndDestroy());
    });
  });
  await using http = await client();
  const whole = await watch(http, { origin: upstream.origin, path: '/ends' }).ended;
  assert.deepEqual([whole.text, whole.failure], ['abcdef', undefined]);
  const cut = await watch(http, { origin: upstream.origin, path: '/is-reset' }).ended;
  assert.match(cut.failure?.message ?? '', /cut its answer \(ECONNRESET\)$/);
});

const certified = () => {
  const authority = createAuthority('Example CA');
  return { authority, tls: authority.certify({ name: [['CN', 'upstream']], ips: ['127.0.0.1'] }) };
};

test('over TLS a connection is used again, and a new one takes up the session', async () => {
  const { authority, tls } = certified();
  const resumed: boolean[] = [];
  const protocols: (string | false | null)[] = [];
  const vendor = createTlsServer(
    { cert: tls.certificatePem, key: tls.keyPem, ALPNProtocols: ['h2', 'http/1.1'] },
    (socket) => {
      resumed.push(socket.isSessionReused());
      protocols.push(socket.alpnProtocol);
      socket.on('error', () => undefined);
      let count = 0;
      socket.on('data', () => {
        count += 1;
        socket.write(count < 2 ? GOOD : answer(200, '{}', { connection: 'close' }));
      });
    },
  ).listen(0, '127.0.0.1');
  await new Promise((resolve) => vendor.once('listening', resolve));
  const address = vendor.address();
  assert.ok(typeof address === 'object' && address !== null);
  const origin = `https://127.0.0.1:${address.port}`;
  await using http = await client(4, [authority.certificatePem]);
  for (let count = 0; count < 4; count += 1) assert.equal((await watch(http, { origin }).ended).status, 200);
  assert.deepEqual(resumed, [false, true]);
  assert.deepEqual(protocols, ['http/1.1', 'http/1.1']);
  await http.close();
  vendor.close();
});

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`a certificate of another name is refused again and again over ${version}`, async () => {
    const authority = createAuthority('Example CA');
    const tls = authority.certify({ name: [['CN', 'upstream']], dns: ['else.example'] });
    const options = { cert: tls.certificatePem, key: tls.keyPem, minVersion: version, maxVersion: version };
    const vendor = createTlsServer(options, (socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => socket.write(GOOD));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => vendor.once('listening', resolve));
    const address = vendor.address();
    assert.ok(typeof address === 'object' && address !== null);
    const origin = `https://127.0.0.1:${address.port}`;
    await using http = await client(4, [authority.certificatePem]);
    for (let count = 0; count < 4; count += 1) {
      const { failure } = await watch(http, { origin }).ended;
      assert.match(failure?.message ?? '', /\(ERR_TLS_CERT_ALTNAME_INVALID\)$/);
      assert.equal(failure?.sent, false);
    }
    await http.close();
    vendor.close();
  });
}

test('over TLS a long answer comes whole, also when it is paused', async () => {
  const { tls, authority } = certified();
  const body = 'x'.repeat(1024 * 1024);
  await using upstream = await startUpstream((socket) => void socket.write(answer(200, body)), { tls });
  await using http = await client(4, [authority.certificatePem]);
  const watched = watch(http, { origin: upstream.origin });
  await watched.bytes(1);
  watched.exchange.pause();
  await new Promise((resolve) => setImmediate(resolve));
  const before = watched.received();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(watched.received(), before);
  watched.exchange.resume();
  assert.equal((await watched.ended).text, body);
});

test('a call takes the connection that was made for one that gave up', async () => {
  let socketMade: (socket: Socket) => void = () => undefined;
  const accepted = new Promise<Socket>((resolve) => {
    socketMade = resolve;
  });
  const { tls, authority } = certified();
  await using upstream = await startUpstream(OK, { tls });
  // Between them: nothing passes until the test says so, so that the handshake hangs.
  const gate = createServer({ pauseOnConnect: true }, (socket) => socketMade(socket)).listen(0, '127.0.0.1');
  await new Promise((resolve) => gate.once('listening', resolve));
  const address = gate.address();
  assert.ok(typeof address === 'object' && address !== null);
  const origin = `https://127.0.0.1:${address.port}`;
  await using http = await client(1, [authority.certificatePem]);
  const { failure } = await watch(http, { origin, connectTimeoutMs: 30 }).ended;
  assert.deepEqual([failure?.outcome, failure?.sent], ['timeout', false]);
  const second = watch(http, { origin });
  const socket = await accepted;
  const behind = connect(upstream.port, '127.0.0.1');
  socket.pipe(behind).pipe(socket);
  assert.equal((await second.ended).status, 200);
  assert.equal(upstream.connections, 1);
  await http.close();
  gate.close();
});
