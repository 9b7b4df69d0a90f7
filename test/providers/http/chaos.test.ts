/** Calls by the hundred that are cancelled, paused, cut and timed out in any order: each ends once, and no connection is lost. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { answerJson, chunk, head, LAST_CHUNK, STREAM_HEAD, startUpstream } from '../../support/upstream.ts';
import { client, watch } from './support/watching.ts';

const GOOD = answerJson(200, { ok: true });
const STREAM = `${STREAM_HEAD}${chunk('abc')}${chunk('def')}${LAST_CHUNK}`;

const VENDORS: Readonly<Record<string, (socket: Socket) => void>> = {
  good: (socket) => void socket.write(GOOD),
  late: (socket) => void setTimeout(() => socket.write(GOOD), 3),
  streams: (socket) => void socket.write(STREAM),
  halves: (socket) => {
    socket.write(STREAM.slice(0, 70));
    setImmediate(() => socket.write(STREAM.slice(70)));
  },
  closes: (socket) => void socket.end(GOOD.replace('content-type', 'connection: close\r\ncontent-type')),
  leaves: (socket) => void socket.end(GOOD),
  babbles: (socket) => void socket.write(GOOD + GOOD),
  cuts: (socket) => void socket.end(head(200, { 'content-length': '9' })),
  resets: (socket) => void socket.resetAndDestroy(),
  hangs: () => undefined,
};

const one = fc.record({
  does: fc.constantFrom(...Object.keys(VENDORS)),
  /** Nobody waits for who hangs. */
  cancelAfterMs: fc.oneof(fc.constant(undefined), fc.integer({ min: 0, max: 10 })),
  pauseForMs: fc.oneof(fc.constant(undefined), fc.integer({ min: 0, max: 5 })),
  connectTimeoutMs: fc.constantFrom(1, 5, 5_000),
  afterMs: fc.integer({ min: 0, max: 20 }),
});

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('whatever happens, every call ends once and every connection can be had again', async () => {
  await using upstream = await startUpstream((socket, { path }) => VENDORS[path.slice(1)]?.(socket));
  await fc.assert(
    fc.asyncProperty(fc.array(one, { minLength: 20, maxLength: 60 }), async (calls) => {
      await using http = await client(4);
      const { origin } = upstream;
      const ended = calls.map(async ({ does, cancelAfterMs, pauseForMs, connectTimeoutMs, afterMs }) => {
        await after(afterMs);
        const { exchange, ended: end } = watch(http, { origin, path: `/${does}`, connectTimeoutMs });
        const cancelMs = cancelAfterMs ?? (does === 'hangs' ? 10 : undefined);
        if (pauseForMs !== undefined) {
          exchange.pause();
          setTimeout(() => exchange.resume(), pauseForMs);
        }
        if (cancelMs !== undefined) setTimeout(() => exchange.cancel(), cancelMs);
        return end;
      });
      await Promise.all(ended);
      const before = upstream.requests.length;
      const held = Array.from({ length: 4 }, () => watch(http, { origin, path: '/hangs' }));
      await upstream.arrived(before + 3);
      for (const { exchange } of held) exchange.cancel();
      const last = await watch(http, { origin, path: '/good' }).ended;
      assert.deepEqual([last.status, last.failure], [200, undefined]);
    }),
    { numRuns: 20 },
  );
});
