import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { backoffMs } from '../../src/reliability/backoff.ts';

const OPTIONS = { baseMs: 200, capMs: 5_000 };

const CASES = [
  { failures: 1, random: 0.5, waits: 100 },
  { failures: 2, random: 0.5, waits: 200 },
  { failures: 3, random: 0.25, waits: 200 },
  { failures: 6, random: 0.5, waits: 2_500 },
  { failures: 1_000, random: 0.5, waits: 2_500 },
  { failures: 0, random: 0.5, waits: 100 },
  { failures: 4, random: 0, waits: 0 },
];

for (const { failures, random, waits } of CASES) {
  test(`after ${failures} failures and a throw of ${random} it waits ${waits} ms`, () => {
    assert.equal(backoffMs(failures, OPTIONS, random), waits);
  });
}

test('a wait is never longer than its cap, and its upper bound never shrinks', () => {
  const failures = fc.integer({ min: 1, max: 10_000 });
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(failures, random, (count, thrown) => {
      const waitMs = backoffMs(count, OPTIONS, thrown);
      assert.ok(waitMs >= 0 && waitMs < OPTIONS.capMs);
      assert.ok(backoffMs(count + 1, OPTIONS, thrown) >= waitMs);
    }),
  );
});
