/**
 * State of every budget by the ledger: what its accounts were charged in the window that is open now, and what is to be
 * expected of them; and by the accounts, what is held of it. A budget that is kept apart has a state for each value that
 * spent something.
 */
import type { Account, Balance } from '../../core/account.ts';
import type { Budget, BudgetBook, BudgetStep } from '../../core/budget.ts';
import { accountOfValues } from '../../core/demand.ts';
import { Failure } from '../../core/failure.ts';
import { type Forecast, forecast } from '../../core/forecast.ts';
import { windowAt } from '../../core/window.ts';
import type { LedgerReader } from '../ledger-reader.ts';
import { HISTORY_MS, type Hours, readSpend, startOf } from './read-spend.ts';

export interface BudgetState {
  readonly budget: Budget;
  /** Of the dimensions that it is kept apart by, in their order; undefined: nothing was spent by any. */
  readonly values: readonly string[] | undefined;
  /** Of the window that is open now; undefined: it never began, or never starts anew. */
  readonly startsAtMs: number | undefined;
  readonly resetsAtMs: number | undefined;
  readonly settledNano: bigint;
  /** For calls in flight; undefined: nobody who is asked knows. */
  readonly heldNano: bigint | undefined;
  /** The last step that was reached. */
  readonly step: BudgetStep | undefined;
  /** To where it is forecast: the end of the window, one length of a rolling one, 90 days of what never ends. */
  readonly horizonMs: number;
  readonly forecast: Forecast;
}

const ENDLESS_MS = 90 * 24 * 3_600_000;

export interface BudgetSources {
  readonly book: BudgetBook;
  readonly reader: Pick<LedgerReader, 'charged' | 'totals'>;
  /** What accounts hold, in their order; absent, or nothing of it: not known. */
  readonly balances?: (accounts: readonly Account[]) => readonly Balance[] | Promise<readonly Balance[]>;
}

export interface BudgetQuestion {
  readonly nowMs: number;
  /** Only budgets that cover it, and of those that are kept apart by team its own. */
  readonly team?: string | undefined;
  /** None that the team shares with others: those tell what others spend. */
  readonly isAlone?: boolean | undefined;
}

export async function readBudgetStates(
  { book, reader, balances = () => [] }: BudgetSources,
  { nowMs, team, isAlone = false }: BudgetQuestion,
): Promise<readonly BudgetState[]> {
  const budgets = [...book.budgets.values()].filter(
    (budget) => team === undefined || (mayCover(budget, team) && !(isAlone && isShared(budget))),
  );
  const charges = await readCharges(budgets, reader, nowMs);
  const states: BudgetState[] = [];
  const spends = await readSpend(budgets, reader, nowMs);
  for (const budget of budgets) {
    const charged = charges.get(budget.id) ?? [];
    const own = charged.filter(({ values }) => team === undefined || isOf(budget, values, team));
    for (const { values, nano } of own) {
      states.push(stateOf(budget, values, nano, spends.get(budget.id)?.get(JSON.stringify(values)) ?? NO_HOURS, nowMs));
    }
    if (own.length === 0) states.push(stateOf(budget, budget.each.length === 0 ? [] : undefined, 0n, NO_HOURS, nowMs));
  }
  return withHeld(states, balances, nowMs);
}

const NO_HOURS: Hours = new Map();

async function withHeld(
  states: readonly BudgetState[],
  balances: NonNullable<BudgetSources['balances']>,
  nowMs: number,
): Promise<readonly BudgetState[]> {
  const accounts = states.map(({ budget, values }) => values && accountOfValues(budget, values, nowMs));
  const held = new Map<string, bigint>();
  try {
    const known = accounts.flatMap((account) => account ?? []);
    for (const { key, heldNano } of await balances(known)) held.set(key, heldNano);
  } catch (reason) {
    // What was spent is known all the same.
    if (Failure.from(reason).code !== 'unavailable') throw reason;
  }
  return states.map((state, at) => ({ ...state, heldNano: held.get(accounts[at]?.key ?? '') }));
}

const mayCover = ({ where }: Budget, team: string): boolean => (where.get('team') ?? team) === team;

const isShared = ({ where, each }: Budget): boolean => !where.has('team') && !each.includes('team');

function isOf({ each }: Budget, values: readonly string[], team: string): boolean {
  const place = each.indexOf('team');
  return place < 0 || values[place] === team;
}

interface Charge {
  readonly values: readonly string[];
  readonly nano: bigint;
}

/** By budget. The ledger sums by account from a moment on: one question for each moment. */
async function readCharges(
  budgets: readonly Budget[],
  reader: Pick<LedgerReader, 'charged'>,
  nowMs: number,
): Promise<ReadonlyMap<string, readonly Charge[]>> {
  const since = new Map<number, Map<string, Budget>>();
  const calendarMs = budgets
    .filter(({ window }) => window.kind === 'calendar')
    .reduce((first, { window }) => Math.min(first, windowAt(window, nowMs).startsAtMs), nowMs);
  for (const budget of budgets) {
    const fromMs = budget.window.kind === 'calendar' ? calendarMs : startOf(budget, nowMs);
    const together = since.get(fromMs) ?? new Map<string, Budget>();
    since.set(fromMs, together.set(budget.id, budget));
  }
  const charges = new Map<string, Charge[]>();
  for (const [fromMs, together] of since) {
    for (const [key, nano] of await reader.charged(fromMs)) {
      const [id = '', ...rest] = key.split('|');
      const budget = together.get(id);
      if (budget === undefined || rest.length !== budget.each.length + 1) continue;
      if (rest.at(-1) !== windowAt(budget.window, nowMs).key) continue;
      const list = charges.get(id) ?? [];
      list.push({ values: rest.slice(0, -1).map(unescaped), nano });
      charges.set(id, list);
    }
  }
  return charges;
}

/** As `core/demand.ts` writes it into a key. */
const unescaped = (value: string): string => value.replaceAll('%7C', '|').replaceAll('%25', '%');

function stateOf(
  budget: Budget,
  values: readonly string[] | undefined,
  settledNano: bigint,
  hours: Hours,
  nowMs: number,
): BudgetState {
  const { window, limitNano, ceilingNano = limitNano } = budget;
  const { resetsAtMs } = windowAt(window, nowMs);
  const rollingMs = window.kind === 'rolling' ? window.bucketMs * window.buckets : undefined;
  const horizonMs = resetsAtMs ?? nowMs + (rollingMs ?? ENDLESS_MS);
  return {
    budget,
    values,
    startsAtMs: window.kind === 'total' ? undefined : startOf(budget, nowMs),
    resetsAtMs,
    settledNano,
    heldNano: undefined,
    step: budget.steps.findLast(({ at }) => Number(settledNano) >= Number(limitNano) * at),
    horizonMs,
    forecast: forecast({
      nowMs,
      endMs: horizonMs,
      settledNano,
      limitNano: ceilingNano,
      hours,
      ...(rollingMs === undefined ? {} : { rollingMs }),
      ...(window.kind === 'total' ? recent(hours, nowMs) : { startMs: startOf(budget, nowMs) }),
    }),
  };
}

/** What never ends has the rate of its last four weeks, or of the time since its first spend in them. */
function recent(hours: Hours, nowMs: number): { readonly startMs: number; readonly seenNano: bigint } {
  let startMs = nowMs;
  let seenNano = 0n;
  for (const [atMs, nano] of hours) {
    if (atMs < nowMs - HISTORY_MS) continue;
    startMs = Math.min(startMs, atMs);
    seenNano += nano;
  }
  return { startMs, seenNano };
}
