import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Forecast, type ForecastInput, forecast } from '../../src/core/forecast.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A Monday. */
const START = Date.parse('2026-11-02T00:00:00Z');
const USD = 1_000_000_000n;

type Rate = (hourMs: number) => bigint;

const steady: Rate = () => USD;
/** By day on weekdays only. */
const office: Rate = (hourMs) => {
  const hour = Math.floor((hourMs - START) / HOUR_MS);
  const day = ((Math.floor(hour / 24) % 7) + 7) % 7;
  return day < 5 && hour - Math.floor(hour / 24) * 24 >= 8 && hour - Math.floor(hour / 24) * 24 < 18 ? 10n * USD : 0n;
};

/** A window of so many days of which so many are over, behind so many weeks of history at the same rate. */
function input(
  rate: Rate,
  days: number,
  over: number,
  weeks: number,
  more: Partial<ForecastInput> = {},
): ForecastInput {
  const nowMs = START + over * DAY_MS;
  const hours = new Map<number, bigint>();
  for (let atMs = START - weeks * 7 * DAY_MS; atMs < nowMs; atMs += HOUR_MS) hours.set(atMs, rate(atMs));
  let settledNano = 0n;
  for (const [atMs, nano] of hours) if (atMs >= START) settledNano += nano;
  return {
    nowMs,
    startMs: START,
    endMs: START + days * DAY_MS,
    settledNano,
    limitNano: 1_000_000n * USD,
    hours,
    ...more,
  };
}

const usd = (nano: bigint): number => Number((Number(nano) / 1e9).toFixed(6));
const at = (forecasted: Forecast): string =>
  forecasted.runsOut.kind === 'expected' ? new Date(forecasted.runsOut.atMs).toISOString() : forecasted.runsOut.kind;

describe('forecast', () => {
  test('without history it is a straight line, to the hour at which it runs out', () => {
    const result = forecast(input(steady, 5, 1, 0, { limitNano: 100n * USD }));
    assert.equal(result.weeks, 0);
    assert.equal(usd(result.expectedNano), 120);
    assert.equal(at(result), '2026-11-06T04:00:00.000Z');
  });

  test('a rate that never strays has an interval of nothing', () => {
    const { expectedNano, lowNano, highNano } = forecast(input(steady, 5, 1, 4));
    assert.deepEqual([lowNano, highNano], [expectedNano, expectedNano]);
  });

  test('with history it knows the weekend', () => {
    // Friday evening: five days of 100 USD are spent, and nothing comes until Monday.
    const friday = input(office, 7, 5, 4);
    const straight = forecast({ ...friday, hours: new Map([...friday.hours].filter(([atMs]) => atMs >= START)) });
    const known = forecast(friday);
    // In 112 hours since its first spend, and 48 to come.
    assert.equal(usd(straight.expectedNano), Number((500 + (48 * 500) / 112).toFixed(6)));
    // A fifth of the straight line since Monday stays: (200 + 4 × 0) / 5.
    assert.equal(usd(known.expectedNano), 540);
    assert.equal(known.weeks, 4);
  });

  test('with history it knows that the weekend is over', () => {
    const month = forecast(input(office, 14, 7, 4));
    assert.equal(Math.round(usd(month.expectedNano)), 1_000);
  });

  for (const weeks of [0, 1, 2, 3, 4]) {
    test(`counts ${weeks} whole weeks of history`, () => {
      assert.equal(forecast(input(steady, 5, 1, weeks)).weeks, weeks);
    });
  }

  test('more history than four weeks is not looked at', () => {
    assert.equal(forecast(input(steady, 5, 1, 6)).weeks, 4);
  });

  test('what is spent already is said so', () => {
    assert.deepEqual(forecast(input(steady, 5, 1, 0, { limitNano: 24n * USD })).runsOut, { kind: 'already' });
  });

  test('a budget that lasts lasts to its end', () => {
    assert.deepEqual(forecast(input(steady, 5, 1, 4, { limitNano: 121n * USD })).runsOut, { kind: 'not-before-end' });
  });

  test('a limit between what is expected and what may be is possible', () => {
    const wild: Rate = (hourMs) => ((hourMs / HOUR_MS) % 2 === 0 ? 0n : 2n * USD);
    const before = forecast(input(wild, 5, 1, 0));
    const limitNano = (before.expectedNano + before.highNano) / 2n;
    const { runsOut } = forecast(input(wild, 5, 1, 0, { limitNano }));
    assert.equal(runsOut.kind, 'possible');
  });

  test('the first call of a window is no rate of a thousand an hour', () => {
    const result = forecast({ ...input(steady, 1, 0, 0), nowMs: START + 1_000, settledNano: USD });
    assert.ok(usd(result.expectedNano) <= 25);
  });

  test('whoever began in the middle of a window spends by the time since, over a day at least', () => {
    const since = (days: number): number => {
      const began = START + (20 - days) * DAY_MS;
      const late = input((atMs) => (atMs < began ? 0n : USD), 30, 20, 0);
      return usd(forecast(late).expectedNano);
    };
    assert.deepEqual([since(20), since(5), since(1)], [720, 5 * 24 + 240, 24 + 240]);
    // Two hours of a day: a twelfth of the rate, and not the rate of two hours.
    assert.equal(since(1 / 12), 22);
  });

  test('from a rolling window leaves what came in one length before', () => {
    const rolling = input(steady, 1, 1, 0, { rollingMs: DAY_MS });
    const result = forecast({ ...rolling, endMs: rolling.nowMs + DAY_MS });
    assert.equal(usd(result.expectedNano), 24);
    // All of it in the first half of the day: half of the rate comes, all of it leaves.
    const morning = input((atMs) => (atMs < START + 12 * HOUR_MS ? USD : 0n), 1, 1, 0, { rollingMs: DAY_MS });
    assert.equal(usd(forecast({ ...morning, endMs: morning.nowMs + 12 * HOUR_MS }).expectedNano), 12 + 6 - 12);
  });

  test('nothing spent is nothing expected', () => {
    const result = forecast(input(() => 0n, 5, 1, 0));
    assert.deepEqual(result, {
      expectedNano: 0n,
      lowNano: 0n,
      highNano: 0n,
      weeks: 0,
      runsOut: { kind: 'not-before-end' },
    });
  });
});

test('whatever was spent: low ≤ expected ≤ high, none below what is spent, and every hour it may run out in is in order', () => {
  const spend = fc.array(fc.integer({ min: 0, max: 5_000_000_000 }), { minLength: 1, maxLength: 5 * 168 });
  fc.assert(
    fc.property(
      spend,
      fc.nat({ max: 167 }),
      fc.nat({ max: 400 }),
      fc.integer({ min: 1, max: 800 }),
      fc.nat(),
      (past, since, ahead, limit, minute) => {
        const thisHour = Math.floor(START / HOUR_MS) + past.length;
        const nowMs = thisHour * HOUR_MS + (minute % 60) * 60_000;
        const startMs = Math.max(START, nowMs - since * HOUR_MS);
        const hours = new Map(past.map((nano, index) => [START + index * HOUR_MS, BigInt(nano)]));
        let settledNano = 0n;
        for (const [atMs, nano] of hours) if (atMs >= startMs) settledNano += nano;
        const limitNano = BigInt(limit) * USD;
        const result = forecast({ nowMs, startMs, endMs: nowMs + ahead * HOUR_MS, settledNano, limitNano, hours });
        const { lowNano, expectedNano, highNano, runsOut } = result;
        assert.ok(settledNano <= lowNano && lowNano <= expectedNano && expectedNano <= highNano);
        const moments = [
          'earliestMs' in runsOut ? runsOut.earliestMs : nowMs,
          'atMs' in runsOut ? runsOut.atMs : undefined,
          'latestMs' in runsOut ? runsOut.latestMs : undefined,
        ].filter((moment) => moment !== undefined);
        assert.deepEqual(
          moments,
          moments.toSorted((a, b) => a - b),
        );
        assert.ok(moments.every((moment) => moment >= nowMs && moment <= nowMs + ahead * HOUR_MS));
        assert.equal(runsOut.kind === 'already', settledNano >= limitNano);
        assert.equal(runsOut.kind === 'expected', settledNano < limitNano && expectedNano >= limitNano);
        assert.equal(runsOut.kind === 'not-before-end', settledNano < limitNano && highNano < limitNano);
      },
    ),
    { numRuns: 200 },
  );
});
