/** Reports of cost that remember who asked, over a ledger of three entries, and three budgets. */
import type { Arrival } from '../../src/flows/arrival.ts';
import type { BudgetsRequest, CostReports, PivotRequest, WeeklyRequest } from '../../src/flows/cost-reports.ts';
import { compileBudgets } from '../../src/policy/budgets.ts';
import { readBudgetStates } from '../../src/reports/budgets/read-states.ts';
import { createReportSource } from '../../src/reports/source.ts';
import { createArrayReader } from '../reports/array-reader.ts';
import { attempt } from '../reports/entries.ts';

type Asked = WeeklyRequest | PivotRequest | BudgetsRequest;

export interface ScriptedReports extends CostReports {
  readonly arrivals: readonly Arrival[];
  readonly asked: readonly Asked[];
}

/** 2026-11-18, a Wednesday. */
const NOW = Date.parse('2026-11-18T12:00:00Z');

const BOOK = compileBudgets({
  budget_rules: {
    hard: [
      { at: 0.5, do: 'warn' },
      { at: 1, do: 'deny' },
    ],
  },
  budgets: {
    'search-month': { title: 'Search', scope: { team: 'search' }, window: 'month', limit_nano_usd: 8, rules: 'hard' },
    'each-team-day': { scope: { team: '*' }, window: 'day', limit_nano_usd: 10, rules: 'hard' },
    'all-total': { scope: {}, window: 'total', limit_nano_usd: 1000, rules: 'hard' },
  },
});
const CHARGED = new Map([
  ['search-month|2026-11-01', 8n],
  ['all-total|total', 8n],
]);

/** @param identify stands for identity, and throws where it refuses */
export function scriptedReports(identify: (arrival: Arrival) => void = () => undefined): ScriptedReports {
  const arrivals: Arrival[] = [];
  const asked: Asked[] = [];
  const reader = createArrayReader([
    attempt({ at: '2026-11-10T12:00:00Z', costNano: 3n, tokens: [10, 2] }),
    attempt({ at: '2026-11-17T12:00:00Z', costNano: 5n, tokens: [10, 2], cached: 4 }),
    attempt({ at: '2026-11-17T13:00:00Z', team: 'docs', kind: 'unknown' }),
  ]);
  const source = createReportSource({
    reader,
    timeZone: 'UTC',
    nowMs: () => NOW,
    budgetStates: (question) =>
      readBudgetStates(
        {
          book: BOOK,
          reader: { totals: reader.totals, charged: async () => CHARGED },
          balances: (accounts) =>
            accounts.flatMap(({ key }) => (key === 'all-total|total' ? [] : [{ key, settledNano: 8n, heldNano: 2n }])),
        },
        question,
      ),
  });
  const told = (arrival: Arrival, request: Asked): void => {
    arrivals.push(arrival);
    asked.push(request);
    identify(arrival);
  };
  return {
    arrivals,
    asked,
    async weekly(arrival, request) {
      told(arrival, request);
      return source.weekly(request);
    },
    async pivot(arrival, request) {
      told(arrival, request);
      return source.pivot(request);
    },
    async budgets(arrival, request) {
      told(arrival, request);
      return source.budgets(request, false);
    },
  };
}
