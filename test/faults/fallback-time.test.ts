/** Going on to a healthy second target adds next to nothing to that target's own answer. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { BOARD_DEFAULTS } from '../../src/reliability/board.ts';
import { ask, DOORS } from './doors.ts';
import type { Asked } from './faults.ts';
import { scriptOf } from './misbehaviour.ts';
import { type Scene, startScene } from './upstreams.ts';
import { SPOKEN } from './vendors.ts';

const vendor = SPOKEN.compatible;
const CALLS = 60;
const WARM_UP = 20;
/** Of the median: from the moment in which the first target failed until the second has its request, all told. On a
 * machine that is too busy to answer a direct call in that time, the direct call is the bar. */
const BAR_MS = 2;
/** A breaker that never opens: the first target fails on purpose, every time. */
const EXECUTOR = {
  board: {
    ...BOARD_DEFAULTS,
    breaker: { ...BOARD_DEFAULTS.breaker, consecutiveFailures: 1_000_000, minimumCalls: 1_000_000 },
  },
};

describe('a fallback', { timeout: 60_000 }, () => {
  let scene: Scene;
  before(async () => {
    scene = await startScene(vendor, { executor: EXECUTOR });
  });
  after(() => scene[Symbol.asyncDispose]());

  for (const asked of ['whole', 'stream'] as const) {
    it(`adds at most ${BAR_MS} ms to the answer of a healthy second target (${asked})`, async (context) => {
      const added: number[] = [];
      const direct: number[] = [];
      for (let made = 0; made < CALLS + WARM_UP; made += 1) {
        // Side by side, so that a busy moment of the machine hits both.
        const own = await timed(asked, 'second');
        const { failedAtMs, askedAtMs } = await timed(asked, 'pair');
        if (made < WARM_UP) continue;
        direct.push(own.tookMs);
        added.push(askedAtMs - failedAtMs);
      }
      const addedMs = medianOf(added);
      const directMs = medianOf(direct);
      context.diagnostic(`${asked}: adds ${addedMs.toFixed(2)} ms to ${directMs.toFixed(2)} ms (medians)`);
      assert.ok(addedMs > 0 && addedMs <= Math.max(BAR_MS, directMs), `${addedMs} ms beside ${directMs} ms`);
    });
  }

  async function timed(asked: Asked, plan: 'pair' | 'second') {
    const { first, second, gateway } = scene;
    let failedAtMs = Number.NaN;
    const fail = scriptOf('status_500', vendor, asked === 'stream');
    scene.behave((socket, request) => {
      fail(socket, request);
      failedAtMs = performance.now();
    });
    const failures = first.requests.length;
    const arrived = second.arrived(second.requests.length).then(() => performance.now());
    const startedAtMs = performance.now();
    const { headers } = await ask(gateway.url, DOORS.openai, { plan, asked });
    const tookMs = performance.now() - startedAtMs;
    assert.equal(headers['x-turnpike-target'], 'second/model');
    assert.equal(first.requests.length - failures, plan === 'pair' ? 1 : 0);
    return { failedAtMs, askedAtMs: await arrived, tookMs };
  }
});

const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
