import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { HOUR_MS, type HourJudged, judgeHour, WEEK_MS } from '../../src/alerts/baseline.ts';

const HOUR = Date.parse('2026-11-23T10:00:00Z');
const MINIMUM = 100n;

/** The same spend in every hour of so many weeks before; then this hour's. */
function judged(weeks: number, each: (hoursAgo: number) => bigint, now: bigint): HourJudged | undefined {
  const spend = new Map([[HOUR, now]]);
  for (let ago = 1; ago <= weeks * 168 + 1; ago += 1) spend.set(HOUR - ago * HOUR_MS, each(ago));
  return judgeHour(spend, HOUR, MINIMUM);
}

const unusual = (result: HourJudged | undefined): boolean | undefined => result?.unusual;

describe('an hour by its own baseline', () => {
  test('is unusual from twice the median on, where history is steady', () => {
    assert.deepEqual(
      judged(4, () => 1_000n, 2_000n),
      {
        spentNano: 2_000n,
        usualNano: 1_000n,
        aboveNano: 2_000n,
        unusual: true,
      },
    );
    assert.equal(unusual(judged(4, () => 1_000n, 1_999n)), false);
  });

  test('may stray further where history strays', () => {
    // A third of the hours at the median, the others 500 above or below: 6 × 1.4826 × 500 above it.
    const wide = (ago: number): bigint => BigInt(1_000 + ((ago % 3) - 1) * 500);
    assert.equal(judged(4, wide, 0n)?.aboveNano, 1_000n + (500n * 88_956n) / 10_000n);
  });

  test('is not thrown off by one outlier of the past', () => {
    const outlier = (ago: number): bigint => (ago === 168 ? 1_000_000n : 1_000n);
    assert.equal(unusual(judged(4, outlier, 2_000n)), true);
  });

  const quiet: readonly (readonly [string, HourJudged | undefined])[] = [
    ['pennies, whatever was before', judged(4, () => 1n, MINIMUM - 1n)],
    ['nothing spent', judged(4, () => 0n, 0n)],
  ];
  for (const [title, result] of quiet) test(`never: ${title}`, () => assert.equal(unusual(result), false));

  test('a quiet hour has the minimum', () => assert.equal(unusual(judged(4, () => 0n, MINIMUM)), true));

  test('waits for two weeks of history', () => {
    assert.equal(
      judged(1, () => 1_000n, 1_000_000n),
      undefined,
    );
    assert.equal(unusual(judged(2, () => 1_000n, 1_000_000n)), true);
  });

  test('weeks before the first spend are no weeks of nothing', () => {
    const spend = new Map([
      [HOUR - 2 * WEEK_MS, 1_000n],
      [HOUR - WEEK_MS - HOUR_MS, 1_000n],
      [HOUR - WEEK_MS, 1_000n],
      [HOUR - WEEK_MS + HOUR_MS, 1_000n],
    ]);
    // Of six hours four had spend: with four weeks it would have been four of twelve.
    assert.equal(judgeHour(spend, HOUR, MINIMUM)?.usualNano, 1_000n);
  });

  test('more spend is never less unusual', () => {
    const history = fc.array(fc.bigInt({ min: 0n, max: 10_000n }), { minLength: 700, maxLength: 700 });
    fc.assert(
      fc.property(
        history,
        fc.bigInt({ min: 0n, max: 100_000n }),
        fc.bigInt({ min: 0n, max: 100_000n }),
        (past, now, more) => {
          const of = (spent: bigint): boolean | undefined => unusual(judged(4, (ago) => past[ago] ?? 0n, spent));
          assert.ok(Number(of(now + more)) >= Number(of(now)));
        },
      ),
      { numRuns: 30 },
    );
  });
});
