/**
 * Spend of each hour of the scopes of budgets, back to the begin of their windows and over the weeks that a forecast
 * looks at. Budgets of the same dimensions and the same time are asked for together: the ledger reads as much for one of
 * them as for all.
 */
import type { Budget, ScopeDimension } from '../../core/budget.ts';
import { FORECAST_WEEKS } from '../../core/forecast.ts';
import { windowAt } from '../../core/window.ts';
import type { LedgerReader, TotalsRow, Where } from '../ledger-reader.ts';

/** Nano-USD by the begin of the hour, milliseconds since the epoch. */
export type Hours = ReadonlyMap<number, bigint>;

/** Of a budget: by the values that it is kept apart by, as JSON. */
export type Spend = ReadonlyMap<string, Hours>;

const HOUR_MS = 3_600_000;
export const HISTORY_MS = FORECAST_WEEKS * 7 * 24 * HOUR_MS;
/** Hours of four weeks and a month, of a thousand values. */
const MAX_ROWS = 1_500_000;
/** Of few values each: budgets of one key among thousands are asked for one by one. */
const FEW: ReadonlySet<ScopeDimension> = new Set([
  'team',
  'application',
  'environment',
  'cost_center',
  'target',
  'provider',
  'model',
]);

/** @returns by the id of the budget */
export async function readSpend(
  budgets: readonly Budget[],
  reader: Pick<LedgerReader, 'totals'>,
  nowMs: number,
): Promise<ReadonlyMap<string, Spend>> {
  const spend = new Map<string, Spend>();
  for (const together of alike(budgets, nowMs)) {
    const [first, ...others] = together;
    if (first === undefined) continue;
    // One by itself is told apart by the ledger, several by what is read of all of them.
    const where: Where = others.length === 0 ? Object.fromEntries(first.where) : {};
    const apart = others.length === 0 ? [] : [...first.where.keys()];
    const by = [...apart, ...first.each];
    const period = { fromMs: spendFrom(first, nowMs), toMs: nowMs + 1 };
    const rows = await reader.totals({ ...period, by, where, per: 'hour', limit: MAX_ROWS });
    const inScope = Map.groupBy(rows, ({ values }) => JSON.stringify(values.slice(0, apart.length)));
    for (const budget of together) {
      const own = inScope.get(JSON.stringify(apart.map((name) => budget.where.get(name)))) ?? [];
      spend.set(budget.id, byValues(own, apart.length));
    }
  }
  return spend;
}

/** In groups that one question answers. */
function alike(budgets: readonly Budget[], nowMs: number): Iterable<readonly Budget[]> {
  return Map.groupBy(budgets, (budget) => {
    const { id, where, each } = budget;
    const names = [...where.keys(), ...each];
    return names.every((name) => FEW.has(name))
      ? JSON.stringify([[...where.keys()], each, spendFrom(budget, nowMs)])
      : id;
  }).values();
}

/** @param from which of a row's values they are */
function byValues(rows: readonly TotalsRow[], from: number): Spend {
  const spend = new Map<string, Map<number, bigint>>();
  for (const { values, startMs, costNano } of rows) {
    if (startMs === undefined) continue;
    const key = JSON.stringify(values.slice(from));
    const hours = spend.get(key) ?? new Map<number, bigint>();
    spend.set(key, hours.set(startMs, costNano));
  }
  return spend;
}

/** From when on the spend of a budget is looked at. */
function spendFrom(budget: Budget, nowMs: number): number {
  const historyMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS - HISTORY_MS;
  return Math.min(historyMs, Math.max(startOf(budget, nowMs), nowMs - 2 * HISTORY_MS));
}

/** When the window that is open now began; 0: it never did. */
export function startOf({ window }: Budget, nowMs: number): number {
  switch (window.kind) {
    case 'calendar':
      return windowAt(window, nowMs).startsAtMs;
    case 'rolling':
      return nowMs - window.bucketMs * window.buckets;
    case 'total':
      return 0;
  }
}
