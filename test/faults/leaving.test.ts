/** The client goes away: the vendor is told at once, nobody else is asked, and what was used is accounted for. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DOORS, open } from './doors.ts';
import type { Asked } from './faults.ts';
import { between } from './ledger.ts';
import { type Misbehaviour, scriptOf } from './misbehaviour.ts';
import { type Scene, startScene } from './upstreams.ts';
import { SPOKEN } from './vendors.ts';

const LEAVES = 5;
const BAR_MS = 100;
const vendor = SPOKEN.compatible;

interface Case {
  readonly name: string;
  readonly asked: Asked;
  readonly does: Exclude<Misbehaviour, 'unresolved' | 'refused' | 'unconnected' | 'untrusted' | 'misnamed' | 'expired'>;
  /** The client leaves when it has the head; else when the vendor has the request. */
  readonly begun: boolean;
  readonly charged: 'unknown' | 'estimated';
}

// biome-ignore format: a table, one case a row
const CASES: readonly Case[] = [
  { name: 'waits for a document', asked: 'whole', does: 'hang_before_head', begun: false, charged: 'unknown' },
  { name: 'waits for the rest of a document', asked: 'whole', does: 'hang_after_head', begun: false, charged: 'unknown' },
  { name: 'waits for a stream', asked: 'stream', does: 'hang_before_head', begun: false, charged: 'unknown' },
  { name: 'waits for the first output', asked: 'stream', does: 'hang_before_output', begun: false, charged: 'unknown' },
  { name: 'reads a stream that pauses', asked: 'stream', does: 'hang_within_answer', begun: true, charged: 'estimated' },
  { name: 'reads a stream that flows', asked: 'stream', does: 'drip_words', begun: true, charged: 'estimated' },
];

describe('a client that leaves while it', { timeout: 60_000 }, () => {
  let scene: Scene;
  before(async () => {
    scene = await startScene(vendor);
  });
  after(() => scene[Symbol.asyncDispose]());

  for (const { name, asked, does, begun, charged } of CASES) {
    it(`${name} cancels the call at its vendor within ${BAR_MS} ms`, async () => {
      const { first, second, gateway } = scene;
      scene.behave(scriptOf(does, vendor, asked === 'stream'));
      const start = await gateway.ledger();
      const tookMs: number[] = [];
      for (let left = 0; left < LEAVES; left += 1) {
        const leaving = new AbortController();
        const arrived = first.arrived(first.requests.length);
        const reply = open(gateway.url, DOORS.openai, { plan: 'pair', asked }, leaving.signal);
        const gone = assert.rejects(
          reply.then(async (response) => {
            for await (const _part of response);
          }),
        );
        await arrived;
        if (begun) await reply;
        const closed = first.closed();
        const leftAtMs = performance.now();
        leaving.abort();
        tookMs.push((await closed) - leftAtMs);
        await gone;
      }
      assert.ok(medianOf(tookMs) < BAR_MS, `${tookMs} ms`);
      const { attempts, unknown, fallbacks, retries, costNano } = between(start, await gateway.ledger());
      assert.deepEqual([...attempts], [['first cancelled', LEAVES]]);
      assert.deepEqual([fallbacks, retries, second.requests.length], [0, 0, 0]);
      assert.equal(unknown, charged === 'unknown' ? LEAVES : 0);
      assert.equal(costNano.has('first'), charged === 'estimated');
    });
  }
});

const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
