import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { BudgetWindow } from '../../src/core/budget.ts';
import { windowAt } from '../../src/core/window.ts';

type Unit = Extract<BudgetWindow, { kind: 'calendar' }>['unit'];
const UNITS: readonly Unit[] = ['hour', 'day', 'week', 'month'];
/** Whole hours, half hours of summer, quarters, and a clock that changes at midnight. */
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Asia/Beirut'];

const at = (unit: Unit, timeZone: string, instant: string) =>
  windowAt({ kind: 'calendar', unit, timeZone }, Date.parse(instant));
const iso = (ms: number | undefined): string => (ms === undefined ? 'never' : new Date(ms).toISOString());

const CASES: readonly [name: string, unit: Unit, zone: string, now: string, key: string, from: string, to: string][] = [
  ['an hour', 'hour', 'UTC', '2026-11-23T14:59:59.999Z', '2026-11-23T14:00Z', '2026-11-23T14:00Z', '2026-11-23T15:00Z'],
  ['a day', 'day', 'UTC', '2026-11-23T00:00:00Z', '2026-11-23', '2026-11-23T00:00Z', '2026-11-24T00:00Z'],
  ['a week from Monday', 'week', 'UTC', '2026-11-29T23:59Z', '2026-11-23', '2026-11-23T00:00Z', '2026-11-30T00:00Z'],
  ['a month', 'month', 'UTC', '2026-02-28T12:00Z', '2026-02-01', '2026-02-01T00:00Z', '2026-03-01T00:00Z'],
  [
    'a day of 25 hours',
    'day',
    'Europe/Berlin',
    '2026-10-25T12:00Z',
    '2026-10-25',
    '2026-10-24T22:00Z',
    '2026-10-25T23:00Z',
  ],
  [
    'a day of 23 hours',
    'day',
    'Europe/Berlin',
    '2026-03-29T12:00Z',
    '2026-03-29',
    '2026-03-28T23:00Z',
    '2026-03-29T22:00Z',
  ],
  [
    'the same hour once',
    'hour',
    'Europe/Berlin',
    '2026-10-25T00:30Z',
    '2026-10-25T02:00+02:00',
    '2026-10-25T00:00Z',
    '2026-10-25T01:00Z',
  ],
  [
    'and once more',
    'hour',
    'Europe/Berlin',
    '2026-10-25T01:30Z',
    '2026-10-25T02:00+01:00',
    '2026-10-25T01:00Z',
    '2026-10-25T02:00Z',
  ],
  [
    'hours that begin at a quarter',
    'hour',
    'Asia/Kathmandu',
    '2026-11-23T00:10Z',
    '2026-11-23T05:00+05:45',
    '2026-11-22T23:15Z',
    '2026-11-23T00:15Z',
  ],
];

describe('the window of a budget', () => {
  for (const [name, unit, zone, now, key, from, to] of CASES) {
    test(`${name} (${zone})`, () => {
      const open = at(unit, zone, now);
      assert.deepEqual(
        [open.key, iso(open.startsAtMs), iso(open.resetsAtMs)],
        [key, iso(Date.parse(from)), iso(Date.parse(to))],
      );
    });
  }

  test('never ends where it rolls, or is one for ever', () => {
    for (const window of [{ kind: 'total' }, { kind: 'rolling', bucketMs: 1, buckets: 2 }] as const) {
      assert.deepEqual(windowAt(window, 5), windowAt(window, 5e12));
      assert.equal(windowAt(window, 5).resetsAtMs, undefined);
    }
  });

  test('a zone that is none is refused', () => {
    assert.throws(() => at('day', 'Mars/Olympus', '2026-01-01T00:00Z'), /time zone/);
  });
});

test('windows follow one another without a gap, each with a name of its own, whatever the clocks do', () => {
  const moment = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2032-01-01') });
  fc.assert(
    fc.property(fc.constantFrom(...UNITS), fc.constantFrom(...ZONES), moment, (unit, timeZone, nowMs) => {
      const window: BudgetWindow = { kind: 'calendar', unit, timeZone };
      const open = windowAt(window, nowMs);
      const next = windowAt(window, open.resetsAtMs ?? Number.NaN);
      const last = windowAt(window, (open.resetsAtMs ?? Number.NaN) - 1);
      assert.ok(open.startsAtMs <= nowMs && nowMs < (open.resetsAtMs ?? 0));
      assert.deepEqual(last, open);
      assert.equal(next.startsAtMs, open.resetsAtMs);
      assert.notEqual(next.key, open.key);
      assert.deepEqual(windowAt(window, open.startsAtMs), open);
    }),
    {
      numRuns: 400,
      examples: ['2026-10-25T00:59:59.999Z', '2026-03-29T01:00Z', '2026-04-04T15:15Z', '2026-03-28T22:00Z'].flatMap(
        (text) => UNITS.flatMap((unit) => ZONES.map((zone): [Unit, string, number] => [unit, zone, Date.parse(text)])),
      ),
    },
  );
});
