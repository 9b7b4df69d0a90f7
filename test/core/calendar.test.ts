import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  addDays,
  createCalendar,
  firstOfNextMonth,
  mondayOf,
  mondayOfWeek,
  parseDate,
  weekName,
} from '../../src/core/calendar.ts';

describe('a day begins at its first moment', () => {
  const cases: readonly (readonly [zone: string, day: string, start: string, why: string])[] = [
    ['UTC', '2026-11-22', '2026-11-22T00:00:00Z', 'at midnight'],
    ['Europe/Berlin', '2026-07-01', '2026-06-30T22:00:00Z', 'in summer'],
    ['Asia/Kathmandu', '2026-07-01', '2026-06-30T18:15:00Z', 'three quarters of an hour off'],
    ['Pacific/Kiritimati', '2026-07-01', '2026-06-30T10:00:00Z', 'farthest ahead'],
    ['Pacific/Pago_Pago', '2026-07-01', '2026-07-01T11:00:00Z', 'farthest behind'],
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00Z', 'at one o’clock, where midnight is jumped over'],
    ['America/Havana', '2026-11-01', '2026-11-01T04:00:00Z', 'at the first midnight of two'],
  ];
  for (const [zone, day, start, why] of cases) {
    test(`${zone}: ${why}`, () => {
      assert.equal(new Date(createCalendar(zone).startOf(day)).toISOString(), new Date(start).toISOString());
    });
  }

  test('and ends where the next begins, whatever the clock does', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Africa/Cairo', 'Australia/Lord_Howe', 'Asia/Kathmandu'];
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: 20_000 }), (zone, days) => {
        const calendar = createCalendar(zone);
        const day = addDays('1990-01-01', days);
        const startMs = calendar.startOf(day);
        assert.deepEqual([calendar.date(startMs), calendar.date(startMs - 1)], [day, addDays(day, -1)]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('ISO weeks', () => {
  const cases: readonly (readonly [day: string, week: string, monday: string])[] = [
    ['2026-11-22', '2026-W47', '2026-11-16'],
    ['2026-11-23', '2026-W48', '2026-11-23'],
    ['2027-01-03', '2026-W53', '2026-12-28'],
    ['2021-01-01', '2020-W53', '2020-12-28'],
    ['2024-12-30', '2025-W01', '2024-12-30'],
    ['1969-12-31', '1970-W01', '1969-12-29'],
  ];
  for (const [day, week, monday] of cases) {
    test(`${day} is in ${week}`, () => {
      assert.deepEqual([weekName(day), mondayOf(day), mondayOfWeek(week)], [week, monday, monday]);
    });
  }
});

test('a month ends where the next begins', () => {
  assert.deepEqual(['2026-01-31', '2026-02-01', '2024-02-29', '2026-12-15'].map(firstOfNextMonth), [
    '2026-02-01',
    '2026-03-01',
    '2024-03-01',
    '2027-01-01',
  ]);
});

describe('what is no day is refused', () => {
  for (const text of ['2026-02-30', '2026-13-01', '2026-1-1', 'today', '']) {
    test(`"${text}"`, () => {
      assert.throws(() => parseDate(text, '--from'), { code: 'invalid_request', message: /^--from: must be a date/ });
    });
  }
});

test('an hour is told with what the clock is ahead of UTC', () => {
  const berlin = createCalendar('Europe/Berlin');
  assert.deepEqual(
    ['2026-10-25T00:00:00Z', '2026-10-25T01:00:00Z'].map((text) => berlin.hour(Date.parse(text))),
    ['2026-10-25T02:00+02:00', '2026-10-25T02:00+01:00'],
  );
  assert.equal(createCalendar('UTC').hour(0), '1970-01-01T00:00Z');
});
