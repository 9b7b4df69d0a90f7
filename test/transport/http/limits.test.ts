/** Time, number and drain: what bounds a connection, and how the server ends. */
import assert from 'node:assert/strict';
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import type { Decision } from '../../../src/core/decision.ts';
import { createHttpTransport } from '../../../src/transport/http/server.ts';
import { post, problemOf, rawExchange } from './support/raw.ts';
import { ALLOWED, answering } from './support/scripted.ts';
import { serve } from './support/served.ts';

const QUESTION = '{"call":{"operation":"chat"}}';

const connected = (port: number): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.on('error', () => socket.destroy());
  });
const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()));

/** A decision that is made when the test says so, and a sign that it was asked for. */
function gate(): { readonly asked: Promise<void>; decide(): Promise<Decision>; open(): void } {
  let ask = (): void => undefined;
  let open = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    asked,
    open: () => open(),
    async decide() {
      ask();
      await opened;
      return ALLOWED;
    },
  };
}

for (const [what, bytes] of [
  ['nothing at all', ''],
  ['half of its headers', 'POST /v1/decide HTTP/1.1\r\nhost: x\r\n'],
  ['half of its body', post('/v1/decide', QUESTION).slice(0, -3)],
] as const) {
  test(`a client that sends ${what} and then waits gets 408 at the bound`, async (context) => {
    const { port } = await serve(context, answering(), { headersTimeoutMs: 100, requestTimeoutMs: 100 });
    const [response] = await rawExchange(port, (socket) => socket.write(bytes));
    assert.equal(response?.status, 408);
    assert.equal(problemOf(response).code, 'deadline_exceeded');
  });
}

test('an idle connection is closed at its bound', async (context) => {
  const { port } = await serve(context, answering(), { keepaliveTimeoutMs: 50 });
  const responses = await rawExchange(port, (socket) => socket.write(post('/v1/decide', QUESTION, [])));
  assert.deepEqual(
    responses.map(({ status }) => status),
    [200],
  );
});

test('connections past their number are closed, and those within it go on', async (context) => {
  const { port } = await serve(context, answering(), { maxConnections: 1 });
  const first = await connected(port);
  assert.deepEqual(await rawExchange(port, () => undefined), []);
  const answered = new Promise<string>((resolve) => first.once('data', (bytes) => resolve(bytes.toString('latin1'))));
  first.write(post('/v1/decide', QUESTION));
  assert.match(await answered, /^HTTP\/1\.1 200 /);
});

test('requests past their number are told to come back; probes are answered', async (context) => {
  const held = gate();
  const { port, url } = await serve(context, answering({ decide: held.decide }), { maxInFlight: 1 });
  const first = rawExchange(port, (socket) => socket.write(post('/v1/decide', QUESTION)));
  await held.asked;
  const [second] = await rawExchange(port, (socket) => socket.write(post('/v1/decide', QUESTION)));
  assert.equal(second?.status, 503);
  assert.equal(second.headers.get('retry-after'), '1');
  assert.equal(problemOf(second).code, 'overloaded');
  assert.equal((await fetch(`${url}/readyz`)).status, 200);
  held.open();
  assert.equal((await first)[0]?.status, 200);
  const [third] = await rawExchange(port, (socket) => socket.write(post('/v1/decide', QUESTION)));
  assert.equal(third?.status, 200);
});

test('a drain finishes what runs, cuts what is idle, and takes nothing new', async (context) => {
  const held = gate();
  const { port, transport } = await serve(context, answering({ decide: held.decide }));
  const fresh = await connected(port);
  const used = await connected(port);
  used.write(post('/livez', '', []).replace('POST', 'GET'));
  await new Promise((resolve) => used.once('data', resolve));
  const cut = Promise.all([closed(fresh), closed(used)]);
  const running = rawExchange(port, (socket) => socket.write(post('/v1/decide', QUESTION, [])));
  await held.asked;
  const drained = transport.drain(60_000);
  await cut;
  const refused = connect(port, '127.0.0.1');
  const [error] = await new Promise<[NodeJS.ErrnoException]>((resolve) =>
    refused.once('error', (...all) => resolve(all)),
  );
  assert.equal(error.code, 'ECONNREFUSED');
  held.open();
  const [response] = await running;
  assert.equal(response?.status, 200);
  assert.equal(response.headers.get('connection'), 'close');
  await drained;
});

test('a drain cuts what still runs at its bound, and may be asked for twice', async (context) => {
  const held = gate();
  const { port, transport } = await serve(context, answering({ decide: held.decide }));
  const running = rawExchange(port, (socket) => socket.write(post('/v1/decide', QUESTION)));
  await held.asked;
  await transport.drain(20);
  assert.deepEqual(await running, []);
  await transport.drain(20);
});

test('a transport that never started drains at once', async () => {
  const transport = createHttpTransport(answering(), {
    host: '127.0.0.1',
    port: 0,
    nowMs: Date.now,
    metrics: async () => ({ contentType: 'text/plain', body: '' }),
  });
  await transport.drain(60_000);
});

test('a port in use is a failure that names the address', async (context) => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', () => resolve()));
  context.after(() => other.close());
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await assert.rejects(serve(context, answering(), { port }), {
    code: 'address_in_use',
    message: `http: 127.0.0.1:${port} is already in use`,
  });
});

test('an address of another machine is a fault of the configuration', async (context) => {
  await assert.rejects(serve(context, answering(), { host: '192.0.2.1', port: 1 }), {
    code: 'config_invalid',
    message: 'http: cannot listen on 192.0.2.1:1 (EADDRNOTAVAIL)',
  });
});
