/** What a receiver may do from within what it is told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpClient, HttpExchange, HttpReceiver } from '../../../src/providers/http/http-exchange.ts';
import { answer, chunk, LAST_CHUNK, type Script, STREAM_HEAD, startUpstream } from '../../support/upstream.ts';
import { client, watch } from './support/watching.ts';

const THREE = `${STREAM_HEAD}${chunk('a')}${chunk('b')}${chunk('c')}${LAST_CHUNK}`;
const STREAM: Script = (socket) => void socket.write(THREE);

interface Doing {
  /** Everything that is told, in a word each. */
  readonly told: string[];
  /** Resolves with the word it waits for. */
  until(word: string): Promise<void>;
  readonly exchange: HttpExchange;
}

/** @param does what it does when it is told */
function send(http: HttpClient, origin: string, does: (word: string, exchange: HttpExchange) => void): Doing {
  const told: string[] = [];
  const waiting = new Map<string, () => void>();
  const hear = (word: string): void => {
    told.push(word);
    waiting.get(word)?.();
    does(word, exchange);
  };
  const receiver: HttpReceiver = {
    head: (status) => hear(String(status)),
    data: (bytes) => hear(Buffer.from(bytes).toString()),
    end: () => hear('end'),
    failed: ({ outcome, message }) => hear(`${outcome}: ${message.replace(/^[\d.:]+ /, '')}`),
  };
  const { signal } = new AbortController();
  const call = { origin, method: 'POST', path: '/', headers: [], body: '{}', connectTimeoutMs: 5_000, signal } as const;
  const exchange: HttpExchange = http.send(call, receiver);
  return {
    told,
    exchange,
    until: (word) =>
      new Promise((resolve) => {
        if (told.includes(word)) resolve();
        else waiting.set(word, resolve);
      }),
  };
}

const CANCELLED = 'cancelled: the request was cancelled';

for (const [at, told] of [
  ['200', ['200', CANCELLED]],
  ['b', ['200', 'a', 'b', CANCELLED]],
] as const) {
  test(`whoever cancels when it is told ${at} is told nothing more, and the connection is closed`, async () => {
    await using upstream = await startUpstream(STREAM);
    await using http = await client(1);
    const closed = upstream.closed();
    const doing = send(http, upstream.origin, (word, exchange) => word === at && exchange.cancel());
    await closed;
    assert.deepEqual(doing.told, told);
    assert.equal((await watch(http, { origin: upstream.origin }).ended).text, 'abc');
  });
}

test('whoever cancels when all is told changes nothing', async () => {
  await using upstream = await startUpstream(STREAM);
  await using http = await client(1);
  const doing = send(http, upstream.origin, (word, exchange) => word === 'end' && exchange.cancel());
  await doing.until('end');
  assert.deepEqual(doing.told, ['200', 'a', 'b', 'c', 'end']);
  doing.exchange.pause();
  assert.equal((await watch(http, { origin: upstream.origin }).ended).text, 'abc');
  doing.exchange.cancel();
  assert.equal((await watch(http, { origin: upstream.origin }).ended).text, 'abc');
  assert.equal(upstream.connections, 1);
});

for (const at of ['200', 'a', 'c']) {
  test(`whoever pauses when it is told ${at} is told nothing until it goes on, though all was read`, async () => {
    await using upstream = await startUpstream(STREAM);
    await using http = await client(1);
    const doing = send(http, upstream.origin, (word, exchange) => word === at && exchange.pause());
    await doing.until(at);
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const all = ['200', 'a', 'b', 'c', 'end'];
    assert.deepEqual(doing.told, all.slice(0, all.indexOf(at) + 1));
    doing.exchange.resume();
    await doing.until('end');
    assert.deepEqual(doing.told, all);
    assert.equal((await watch(http, { origin: upstream.origin }).ended).text, 'abc');
    assert.equal(upstream.connections, 1);
  });
}

test('whoever pauses and goes on at every word is told all, in order', async () => {
  await using upstream = await startUpstream(STREAM);
  await using http = await client(1);
  const doing = send(http, upstream.origin, (_, exchange) => {
    exchange.pause();
    setImmediate(() => exchange.resume());
  });
  await doing.until('end');
  assert.deepEqual(doing.told, ['200', 'a', 'b', 'c', 'end']);
});

test('an answer of no bytes that is paused at its head ends when it goes on', async () => {
  await using upstream = await startUpstream((socket) => void socket.write(answer(200, '')));
  await using http = await client(1);
  const doing = send(http, upstream.origin, (word, exchange) => word === '200' && exchange.pause());
  await doing.until('200');
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(doing.told, ['200']);
  doing.exchange.resume();
  assert.deepEqual(doing.told, ['200', 'end']);
});

test('a body that ends with its connection while it is paused is whole when it goes on', async () => {
  await using upstream = await startUpstream((socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\nabc'));
  await using http = await client(1);
  const doing = send(http, upstream.origin, (word, exchange) => word === '200' && exchange.pause());
  await doing.until('200');
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(doing.told, ['200']);
  doing.exchange.resume();
  await doing.until('end');
  assert.deepEqual(doing.told, ['200', 'abc', 'end']);
});

test('an exchange that is paused before it has a connection is told nothing until it goes on', async () => {
  await using upstream = await startUpstream(STREAM);
  await using http = await client(1);
  const doing = send(http, upstream.origin, () => undefined);
  doing.exchange.pause();
  await upstream.arrived();
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(doing.told, []);
  doing.exchange.resume();
  await doing.until('end');
});

for (const [at, told] of [
  ['200', ['200', 'connection: cut its answer (unknown)']],
  ['b', ['200', 'a', 'b', 'connection: cut its answer (unknown)']],
  ['end', ['200', 'a', 'b', 'c', 'end']],
] as const) {
  test(`a receiver that throws when it is told ${at} hurts no other`, async () => {
    await using upstream = await startUpstream(STREAM);
    await using http = await client(1);
    const doing = send(http, upstream.origin, (word) => {
      if (word === at) throw new Error('of the receiver');
    });
    await doing.until(told.at(-1) ?? '');
    assert.deepEqual(doing.told, told);
    assert.equal((await watch(http, { origin: upstream.origin }).ended).text, 'abc');
  });
}

test('whoever sends again when it is told the end has the same connection', async () => {
  await using upstream = await startUpstream(STREAM);
  await using http = await client(4);
  let again: Doing | undefined;
  const doing = send(http, upstream.origin, (word) => {
    if (word === 'end') again = send(http, upstream.origin, () => undefined);
  });
  await doing.until('end');
  await again?.until('end');
  assert.deepEqual(again?.told, ['200', 'a', 'b', 'c', 'end']);
  assert.equal(upstream.connections, 1);
});

test('what was told stays as it was', async () => {
  const bodies = ['first '.repeat(20_000), 'second '.repeat(20_000)];
  await using upstream = await startUpstream(
    (socket) => void socket.write(answer(200, bodies[upstream.requests.length - 1] ?? '')),
  );
  await using http = await client(1);
  const kept: Uint8Array[] = [];
  const { signal } = new AbortController();
  for (const _ of bodies) {
    await new Promise<void>((resolve) => {
      http.send(
        { origin: upstream.origin, method: 'POST', path: '/', headers: [], connectTimeoutMs: 5_000, signal },
        { head: () => undefined, data: (bytes) => kept.push(bytes), end: resolve, failed: () => undefined },
      );
    });
  }
  assert.equal(Buffer.concat(kept).toString(), bodies.join(''));
});
