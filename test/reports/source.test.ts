import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LedgerReader } from '../../src/reports/ledger-reader.ts';
import { createReportSource, type ReportSourceOptions } from '../../src/reports/source.ts';
import { createArrayReader } from './array-reader.ts';
import { attempt } from './entries.ts';

const NOW = Date.parse('2026-11-18T12:00:00Z');

function counted(options: Partial<ReportSourceOptions> = {}) {
  const plain = createArrayReader([attempt({ at: '2026-11-17T12:00:00Z', costNano: 5n, tokens: [1, 1] })]);
  const state = { reads: 0, nowMs: NOW, broken: false };
  const reader: LedgerReader = {
    ...plain,
    async totals(query) {
      state.reads += 1;
      if (state.broken) throw new Error('away');
      return plain.totals(query);
    },
  };
  const source = createReportSource({ reader, timeZone: 'UTC', nowMs: () => state.nowMs, ...options });
  return { state, source };
}

const QUESTION = { by: ['team'], where: [] };

test('the same question reads the ledger once, until its answer is too old', async () => {
  const { state, source } = counted();
  const [first, second] = await Promise.all([source.pivot(QUESTION), source.pivot(QUESTION)]);
  assert.equal(first, second);
  assert.equal(state.reads, 1);
  await source.pivot({ ...QUESTION, by: ['application'] });
  assert.equal(state.reads, 2);
  state.nowMs += 10_000;
  await source.pivot(QUESTION);
  assert.equal(state.reads, 3);
});

test('the state of budgets is read anew after a second: what is held changes', async () => {
  let reads = 0;
  const budgetStates = async () => {
    reads += 1;
    return [];
  };
  const { state, source } = counted({ budgetStates });
  await Promise.all([source.budgets({}, false), source.budgets({}, false)]);
  state.nowMs += 999;
  assert.deepEqual(await source.budgets({}, false), { at: '2026-11-18T12:00:00.000Z', budgets: [] });
  assert.equal(reads, 1);
  await source.budgets({ team: 'search' }, false);
  await source.budgets({ team: 'search' }, true);
  assert.equal(reads, 3);
  state.nowMs += 1;
  await source.budgets({}, false);
  assert.equal(reads, 4);
});

test('what failed is asked again', async () => {
  const { state, source } = counted();
  state.broken = true;
  await assert.rejects(source.pivot(QUESTION), /away/);
  state.broken = false;
  const document = JSON.parse(JSON.stringify(await source.pivot(QUESTION)));
  assert.equal(document.total.cost_nano_usd, '5');
});

test('only so many answers are kept', async () => {
  const { state, source } = counted({ keptMost: 1 });
  await source.pivot(QUESTION);
  await source.pivot({ ...QUESTION, by: ['target'] });
  await source.pivot(QUESTION);
  assert.equal(state.reads, 3);
});

test('only so many reports are made at once', async () => {
  const { source } = counted({ atOnce: 1 });
  const [first, second] = await Promise.allSettled([source.pivot(QUESTION), source.pivot({ ...QUESTION, by: [] })]);
  assert.equal(first.status, 'fulfilled');
  assert.match(String(second.status === 'rejected' && second.reason), /overloaded|more than 1 reports/);
});

test('the week is that of now, in the zone of the configuration, with budgets', async () => {
  const { source } = counted({
    timeZone: 'Asia/Tokyo',
    budgets: async () => [{ id: 'b', team: 'search', limitNano: 9n, settledNano: 5n, heldNano: 0n }],
  });
  const document = JSON.parse(JSON.stringify(await source.weekly({})));
  assert.deepEqual(
    [document.week, document.time_zone, document.complete, document.teams[0].budgets[0].id],
    ['2026-W47', 'Asia/Tokyo', false, 'b'],
  );
});

describe('what may not be asked is refused by name', () => {
  const cases: readonly (readonly [string, Parameters<ReturnType<typeof counted>['source']['pivot']>[0], RegExp])[] = [
    ['too many rows', { ...QUESTION, limit: 1001 }, /^limit: must be a whole number from 1 to 1000/],
    ['a row and a half', { ...QUESTION, limit: 1.5 }, /^limit:/],
    ['a day that is none', { ...QUESTION, from: 'monday' }, /^from: must be a date/],
    ['too long a time', { ...QUESTION, from: '2020-01-01' }, /^from, to: must be at most 400 days/],
  ];
  for (const [name, request, message] of cases) {
    test(name, () => assert.rejects(counted().source.pivot(request), { code: 'invalid_request', message }));
  }
});
