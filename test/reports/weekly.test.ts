import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { weekly } from '../../src/reports/weekly.ts';
import type { WeeklyQuestion } from '../../src/reports/weekly-report.ts';
import { createArrayReader } from './array-reader.ts';
import { attempt, type Told } from './entries.ts';

const USD = 1_000_000_000n;
const AFTER = Date.parse('2026-12-01T00:00:00Z');

const report = (told: readonly Told[], question: Partial<WeeklyQuestion> = {}) =>
  weekly(createArrayReader(told.map(attempt)), { week: '2026-W47', timeZone: 'UTC', nowMs: AFTER, ...question });

/** Six weeks of two teams; 2026-W47 is from 16 to 22 November. */
const HISTORY: readonly Told[] = [
  { at: '2026-10-15T10:00:00Z', costNano: 99n * USD, tokens: [1, 1] }, // a week too old for the baseline
  { at: '2026-10-20T10:00:00Z', costNano: 10n * USD, tokens: [100, 100] },
  { at: '2026-10-27T10:00:00Z', costNano: 20n * USD, tokens: [100, 100] },
  { at: '2026-11-03T10:00:00Z', costNano: 30n * USD, tokens: [100, 100] },
  { at: '2026-11-10T10:00:00Z', costNano: 20n * USD, tokens: [100, 100] },
  { at: '2026-11-10T11:00:00Z', team: 'docs', costNano: 5n * USD, tokens: [10, 0], target: 'anthropic/claude' },
  { at: '2026-11-16T00:00:00Z', costNano: 20n * USD, tokens: [100, 100], cached: 40 },
  { at: '2026-11-22T23:59:59Z', application: 'batch', costNano: 10n * USD, tokens: [50, 50] },
  { at: '2026-11-17T09:00:00Z', team: 'docs', costNano: 10n * USD, tokens: [20, 0], target: 'anthropic/claude' },
  { at: '2026-11-23T00:00:00Z', costNano: 77n * USD, tokens: [1, 1] }, // the week after
];

test('each team beside last week, its four weeks before and the others', async () => {
  const { teams, total, teamCount, complete, days } = await report(HISTORY);
  assert.deepEqual([complete, teamCount, days[0], days[6]], [true, 2, '2026-11-16', '2026-11-22']);
  const facts = teams.map((line) => ({
    team: line.team,
    cost: line.sums.costNano / USD,
    calls: line.sums.calls,
    tokens: [line.sums.inputTokens, line.sums.cacheReadTokens, line.sums.outputTokens],
    change: [line.changeNano / USD, line.changeRatio],
    baseline: [line.baselineWeeks, line.baselineNano, line.baselineRatio],
    share: line.share,
    rank: line.rank,
    days: line.days.map((day) => day / USD),
  }));
  assert.deepEqual(facts, [
    {
      team: 'search',
      cost: 30n,
      calls: 2,
      tokens: [150, 40, 150],
      change: [10n, 0.5],
      baseline: [4, 20n * USD, 1.5],
      share: 0.75,
      rank: 1,
      days: [20n, 0n, 0n, 0n, 0n, 0n, 10n],
    },
    {
      team: 'docs',
      cost: 10n,
      calls: 1,
      tokens: [20, 0, 0],
      change: [5n, 1],
      // Nothing was asked before last week: that is its whole history.
      baseline: [1, 5n * USD, 2],
      share: 0.25,
      rank: 2,
      days: [0n, 10n, 0n, 0n, 0n, 0n, 0n],
    },
  ]);
  assert.deepEqual(
    [total.sums.costNano, total.changeNano, total.baselineNano, total.days[1]],
    [40n * USD, 15n * USD, (85n * USD) / 4n, 10n * USD],
  );
});

test('why, applications and models of a team', async () => {
  const [search, docs] = (await report(HISTORY)).teams;
  // One call of 200 tokens became two of 150; the price stayed: volume ×2, length ×¾.
  assert.deepEqual(search?.why, {
    volume: (35n * USD) / 2n,
    tokensPerCall: (-15n * USD) / 2n,
    mix: 0n,
    price: 0n,
    other: 0n,
  });
  assert.deepEqual(docs?.why, { volume: 0n, tokensPerCall: 5n * USD, mix: 0n, price: 0n, other: 0n });
  assert.deepEqual(
    search?.applications.map(({ name, share }) => [name, share]),
    [
      ['assistant', 0.6667],
      ['batch', 0.3333],
    ],
  );
  assert.deepEqual(
    docs?.models.map(({ name, share }) => [name, share]),
    [['anthropic/claude', 1]],
  );
});

test('what nobody knows the price of does not make the rest look cheaper', async () => {
  const [line] = (
    await report([
      { at: '2026-11-10T10:00:00Z', costNano: 100n, tokens: [100, 0] },
      { at: '2026-11-17T10:00:00Z', costNano: 100n, tokens: [100, 0] },
      { at: '2026-11-17T11:00:00Z', kind: 'unpriced', tokens: [900, 0] },
    ])
  ).teams;
  assert.deepEqual(line?.why, { volume: 0n, tokensPerCall: 0n, mix: 0n, price: 0n, other: 0n });
});

test('a week that is not over is told beside as much of the weeks before', async () => {
  const { teams, complete, throughMs, days } = await report(HISTORY, {
    nowMs: Date.parse('2026-11-17T10:30:00Z'),
  });
  assert.deepEqual([complete, throughMs, days.length], [false, Date.parse('2026-11-17T10:30:00Z'), 2]);
  // By Tuesday 10:30 docs had not begun last week: 11:00.
  assert.deepEqual(
    teams.map((line) => [line.team, line.sums.costNano / USD, line.lastWeek.costNano / USD, line.baselineWeeks]),
    [
      ['search', 20n, 20n, 4],
      ['docs', 10n, 0n, 0],
    ],
  );
});

test('weeks start at midnight of the time zone, and are as long as its clock makes them', async () => {
  const told: readonly Told[] = [
    { at: '2026-10-25T23:30:00Z', costNano: 1n }, // in Berlin half past midnight, of a Monday in winter
    { at: '2026-10-18T22:30:00Z', costNano: 2n }, // the Monday before, in summer
    { at: '2026-10-18T21:30:00Z', costNano: 4n }, // the Sunday before that
  ];
  const { total, fromMs, toMs } = await report(told, { week: '2026-W43', timeZone: 'Europe/Berlin' });
  assert.deepEqual([total.sums.costNano, (toMs - fromMs) / 3_600_000], [2n, 169]);
});

test('one team alone keeps its share and its rank, and tells nothing of the others', async () => {
  const { teams, total, teamCount, doubts } = await report(
    [...HISTORY, { at: '2026-11-18T00:00:00Z', kind: 'unpriced', tokens: [1, 1] }],
    { team: 'docs' },
  );
  assert.deepEqual(
    teams.map(({ team, rank, share }) => [team, rank, share]),
    [['docs', 2, 0.25]],
  );
  assert.deepEqual([total.sums.costNano, teamCount], [10n * USD, 2]);
  assert.ok(doubts.every(({ attempts }) => attempts === 0));
});

test('what is not attributed, priced, known or exact is told apart, and in the total', async () => {
  const { doubts, teams, total } = await report([
    { at: '2026-11-16T00:00:00Z', costNano: 8n, tokens: [1, 1] },
    { at: '2026-11-16T01:00:00Z', team: '', costNano: 4n, tokens: [1, 1] },
    { at: '2026-11-16T02:00:00Z', application: '', costNano: 2n, tokens: [1, 1] },
    { at: '2026-11-16T03:00:00Z', environment: '', costNano: 1n, kind: 'estimated', tokens: [1, 1] },
    { at: '2026-11-16T04:00:00Z', kind: 'unpriced', tokens: [7, 7] },
    { at: '2026-11-16T05:00:00Z', kind: 'unknown' },
  ]);
  assert.deepEqual(doubts, [
    { kind: 'no_team', attempts: 1, costNano: 4n },
    { kind: 'no_application', attempts: 1, costNano: 2n },
    { kind: 'no_environment', attempts: 1, costNano: 1n },
    { kind: 'estimated', attempts: 1, costNano: 1n },
    { kind: 'unpriced', attempts: 1, costNano: 0n },
    { kind: 'unknown', attempts: 1, costNano: 0n },
  ]);
  assert.deepEqual([total.sums.costNano, total.sums.attempts, teams.length], [15n, 6, 2]);
});

test('budgets stand beside their team', async () => {
  const budgets = [
    { id: 'search-month', team: 'search', limitNano: 100n, settledNano: 70n, heldNano: 5n },
    { id: 'docs-month', team: 'docs', limitNano: 10n, settledNano: 1n, heldNano: 0n },
  ];
  const { teams } = await report(HISTORY, { budgets });
  assert.deepEqual(
    teams.map((line) => line.budgets.map(({ id }) => id)),
    [['search-month'], ['docs-month']],
  );
});

test('a week without a single call', async () => {
  const { teams, total } = await report([]);
  assert.deepEqual([teams, total.sums.costNano, total.baselineWeeks, total.changeRatio], [[], 0n, 0, undefined]);
});

describe('what is no week is refused', () => {
  const cases: readonly (readonly [string, Partial<WeeklyQuestion>, RegExp])[] = [
    ['a word', { week: 'last' }, /week: must be an ISO week such as 2026-W47 \(actual: "last"\)/],
    ['week 53 of a year with 52', { week: '2025-W53' }, /actual: "2025-W53"/],
    ['week 0', { week: '2026-W00' }, /actual: "2026-W00"/],
    [
      'a zone that is none',
      { timeZone: 'Mars/Olympus' },
      /time zone: must be an IANA name .* \(actual: "Mars\/Olympus"\)/,
    ],
  ];
  for (const [name, question, expected] of cases) {
    test(name, () => assert.rejects(report([], question), { code: 'invalid_request', message: expected }));
  }
});
