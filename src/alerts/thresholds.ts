/**
 * Rule: a settlement takes a budget to one of its steps or past it, or a hold is refused because it is full: since no
 * hold goes beyond where it denies, what is settled may come close to that step and never reach it. What an account had before and has after a settlement
 * are atomic, so of everybody who settles, in every replica, exactly one sees a step between the two, and nothing has to
 * be agreed on. A settlement whose balance nobody could tell leaves a gap: the account is then alerted by what it has, and
 * the id tells a repetition.
 */
import type { Account, Balance } from '../core/account.ts';
import type { BudgetBook, BudgetStep } from '../core/budget.ts';
import type { SettledFact } from '../flows/money.ts';
import type { Alert } from './alert.ts';
import { type AlertRule, NO_ALERTS } from './rule.ts';

interface Step {
  readonly share: number;
  readonly does: readonly BudgetStep['does'][];
  readonly amountNano: bigint;
}

interface Watch {
  readonly book: BudgetBook;
  readonly limitNano: bigint;
  /** Ascending. */
  readonly steps: readonly Step[];
  /** Ids of what this process told. */
  readonly told: Set<string>;
  /** A settlement passed unseen. */
  gap: boolean;
}

/** Beyond this the oldest is forgotten: it costs a repetition at worst. */
const MAX_WATCHES = 50_000;

/** @param budgets as policy has them now */
export function createThresholdRule(budgets: () => BudgetBook): AlertRule {
  const watches = new Map<string, Watch>();

  const watchOf = (account: Account): Watch => {
    const book = budgets();
    const known = watches.get(account.key);
    if (known?.book === book && known.limitNano === account.limitNano) return known;
    const { limitNano } = account;
    const steps = stepsOf(book.budgets.get(account.budget)?.steps ?? [], limitNano);
    const fresh: Watch = { book, limitNano, steps, told: known?.told ?? new Set(), gap: known?.gap ?? false };
    watches.delete(account.key);
    watches.set(account.key, fresh);
    if (watches.size > MAX_WATCHES) {
      const [oldest] = watches.keys();
      if (oldest !== undefined) watches.delete(oldest);
    }
    return fresh;
  };

  const reached = (account: Account, balance: Balance, chargedNano: bigint, nowMs: number): readonly Alert[] => {
    const watch = watchOf(account);
    const { settledNano } = balance;
    const [first] = watch.steps;
    if (first === undefined || settledNano < first.amountNano) return NO_ALERTS;
    const beforeNano = settledNano - chargedNano;
    const { gap } = watch;
    const alerts = watch.steps.flatMap((step): readonly Alert[] => {
      if (settledNano < step.amountNano || (beforeNano >= step.amountNano && !gap)) return NO_ALERTS;
      return tell(watch, account, step, settledNano, nowMs);
    });
    watch.gap = false;
    return alerts;
  };

  return {
    refused({ account, balances }, nowMs) {
      const step = watchOf(account).steps.find(({ does }) => does.includes('deny'));
      if (step === undefined) return NO_ALERTS;
      const settledNano = balanceOf(balances, account)?.settledNano ?? account.ceilingNano ?? account.limitNano;
      return tell(watchOf(account), account, step, settledNano, nowMs);
    },
    observe({ entry, accounts, balances }, nowMs) {
      let found = NO_ALERTS;
      for (const [index, account] of accounts.entries()) {
        const balance = balances[index]?.key === account.key ? balances[index] : balanceOf(balances, account);
        if (balance === undefined) {
          if (entry.chargedNano !== 0n) watchOf(account).gap = true;
          continue;
        }
        const alerts = reached(account, balance, entry.chargedNano, nowMs);
        if (alerts.length > 0) found = [...found, ...alerts];
      }
      return found;
    },
  };
}

function tell({ told }: Watch, account: Account, step: Step, settledNano: bigint, nowMs: number): readonly Alert[] {
  const id = `${account.key}${turnOf(account, nowMs)}|${step.share}`;
  if (told.has(id)) return NO_ALERTS;
  told.add(id);
  return [thresholdAlert(id, account, step, settledNano, nowMs)];
}

const balanceOf = (balances: SettledFact['balances'], account: Account): Balance | undefined =>
  balances.find(({ key }) => key === account.key);

/** A rolling budget has no window that ends: a step is told once in each stretch of its length. */
function turnOf({ rolling }: Account, nowMs: number): string {
  return rolling === undefined ? '' : `~${Math.floor(nowMs / (rolling.bucketMs * rolling.buckets))}`;
}

const PARTS = 1_000_000n;

/** Steps at the same share are one; one at 0 is reached before anything is spent and tells nothing. */
function stepsOf(steps: readonly BudgetStep[], limitNano: bigint): readonly Step[] {
  const shares = [...new Set(steps.map(({ at }) => at))].filter((at) => at > 0).sort((a, b) => a - b);
  return shares.map((share) => ({
    share,
    does: steps.filter(({ at }) => at === share).map(({ does }) => does),
    // Rounded down, as the amount at which a budget denies: what is never exceeded would never be told.
    amountNano: (limitNano * BigInt(Math.round(share * Number(PARTS)))) / PARTS,
  }));
}

const thresholdAlert = (id: string, account: Account, step: Step, settledNano: bigint, atMs: number): Alert => ({
  kind: 'threshold',
  id,
  atMs,
  budget: account.budget,
  account: account.key,
  share: step.share,
  does: step.does,
  settledNano,
  limitNano: account.limitNano,
  ...(account.resetsAtMs === undefined ? {} : { resetsAtMs: account.resetsAtMs }),
});
