/** Rates as token buckets: the figures at their edges, and beside a bucket that is counted by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RateDemand } from '../../src/core/account.ts';
import { fullAfterMs, fullAfterRefundMs, isEverBorne, waitMs } from '../../src/core/rate.ts';

/** One unit a second, three at once. */
const RATE: RateDemand = { key: 'k', limit: 'l', units: 60, perMs: 60_000, burst: 3, take: 1 };

const waits: readonly (readonly [string, Partial<RateDemand>, number, number])[] = [
  ['a bucket that is full', {}, 0, 0],
  ['a bucket that was full long ago', {}, -1e9, 0],
  ['a bucket with one unit left', {}, 2_000, 0],
  ['an empty bucket', {}, 3_000, 1_000],
  ['a bucket with half a unit', {}, 2_500, 500],
  ['more than is left', { take: 3 }, 1_000, 1_000],
  ['as much as it ever bears', { take: 3 }, 0, 0],
  ['a bucket that a clock set back left far in the future', {}, 1e9, 1_000],
  ['a burst that became smaller', { burst: 1 }, 3_000, 1_000],
  ['a fraction of a millisecond that sums leave over', {}, 2_000.000_9, 0],
];
for (const [name, more, fullAtMs, wanted] of waits) {
  test(`${name}: waits ${wanted} ms`, () => {
    const demand = { ...RATE, ...more };
    assert.equal(Math.round(waitMs(demand, fullAfterMs(demand, fullAtMs, 0), 0)), wanted);
  });
}

test('what asks for more than the burst is never borne', () => {
  assert.deepEqual([isEverBorne({ ...RATE, take: 3 }), isEverBorne({ ...RATE, take: 4 })], [true, false]);
});

test('units that come back are there at once', () => {
  assert.equal(fullAfterRefundMs(RATE, 3_000, 2), 1_000);
});

test('lets through what a bucket that is counted by hand does', () => {
  const step = fc.record({ afterMs: fc.nat({ max: 4_000 }), take: fc.integer({ min: 1, max: 4 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      let nowMs = 0;
      let fullAtMs = 0;
      let milliUnits = 3_000;
      for (const { afterMs, take } of steps) {
        nowMs += afterMs;
        milliUnits = Math.min(3_000, milliUnits + afterMs);
        const demand = { ...RATE, take };
        const after = fullAfterMs(demand, fullAtMs, nowMs);
        const isLet = isEverBorne(demand) && waitMs(demand, after, nowMs) === 0;
        assert.equal(isLet, milliUnits >= take * 1_000);
        fullAtMs = isLet ? after : fullAtMs;
        milliUnits -= isLet ? take * 1_000 : 0;
      }
    }),
  );
});
