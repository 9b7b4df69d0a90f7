/** A vendor that writes faster than its client reads: the vendor is made to wait, and memory stays as it is. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { chunk, LAST_CHUNK, type Script, STREAM_HEAD } from '../support/upstream.ts';
import { ask, DOORS, type Door, open } from './doors.ts';
import { between } from './ledger.ts';
import { type Scene, startScene } from './upstreams.ts';
import { SPOKEN, type Spoken } from './vendors.ts';

const PIECES = 4_096;
const PIECE_CHARS = 16_384;
/** Nearly all of it stands in the kernel, in the sockets of both sides. */
const LEFT_MAX_BYTES = 24 * 1024 * 1024;
const GROWN_MAX_BYTES = 4 * 1024 * 1024;
const ASK = { plan: 'alone', asked: 'stream' } as const;
const STILL_MS = 150;
const FIRST_NANO = 500_000;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

interface Case {
  readonly name: string;
  readonly door: Door;
  readonly vendor: Spoken;
}

const CASES: readonly Case[] = [
  { name: 'relayed as it is', door: DOORS.openai, vendor: SPOKEN.compatible },
  { name: 'translated', door: DOORS.openai, vendor: SPOKEN.anthropic },
];

for (const { name, door, vendor } of CASES) {
  describe(`a stream of 64 MiB, ${name}, whose client does not read`, { timeout: 60_000 }, () => {
    let scene: Scene;
    before(async () => {
      scene = await startScene(vendor);
      // What is loaded by the first call is not the stream's.
      await ask(scene.gateway.url, door, ASK);
    });
    after(() => scene[Symbol.asyncDispose]());

    it('waits, and comes whole when the client reads at last', async () => {
      const { gateway } = scene;
      let socket: Socket | undefined;
      const flood = flooding(vendor);
      scene.behave((opened, request) => {
        socket = opened;
        flood(opened, request);
      });
      const left = (): number => (socket?.bytesWritten ?? 0) - (socket?.writableLength ?? 0);
      const start = await gateway.ledger();
      const before = memoryBytes();
      const response = await open(gateway.url, door, ASK);
      await untilStill(left);
      assert.ok(left() < LEFT_MAX_BYTES, `${left()} bytes left the vendor`);
      const grown = memoryBytes() - before;
      assert.ok(grown < GROWN_MAX_BYTES, `${grown} bytes more in memory`);

      let bytes = 0;
      let tail = '';
      for await (const part of response) {
        bytes += part.length;
        tail = (tail + part.toString('latin1')).slice(-64);
      }
      assert.ok(bytes > PIECES * PIECE_CHARS, `${bytes} bytes`);
      assert.ok(tail.includes(door.successMarker), tail);
      assert.equal(response.trailers['x-turnpike-cost-usd'], String(FIRST_NANO / 1e9));
      const { attempts } = between(start, await gateway.ledger());
      assert.deepEqual([...attempts], [['first ok', 1]]);
    });
  });
}

/** What is reachable, on the heap and in buffers. */
function memoryBytes(): number {
  collectGarbage();
  // Buffers go with the second pass.
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Writes as fast as its socket takes it. */
function flooding(vendor: Spoken): Script {
  const piece = chunk(vendor.more('x'.repeat(PIECE_CHARS)));
  return (socket) => {
    let sent = 0;
    const more = (): void => {
      while (sent < PIECES) {
        sent += 1;
        if (!socket.write(piece)) return;
      }
      socket.off('drain', more);
      socket.write(Buffer.concat([chunk(vendor.ending), Buffer.from(LAST_CHUNK)]));
    };
    socket.on('drain', more);
    socket.write(Buffer.concat([Buffer.from(STREAM_HEAD), chunk(vendor.opening), chunk(vendor.piece('x'))]));
    more();
  };
}

/** Until a number has not changed for a while: there is no event for nothing happening. */
async function untilStill(read: () => number): Promise<void> {
  let seen = Number.NaN;
  let sinceMs = performance.now();
  while (performance.now() - sinceMs < STILL_MS) {
    const now = read();
    if (now !== seen) sinceMs = performance.now();
    seen = now;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
