/** Settlements for the tests of alerts: one account, one attempt at a time. */
import type { Account } from '../../src/core/account.ts';
import type { BudgetBook, BudgetStep } from '../../src/core/budget.ts';
import type { SettledFact } from '../../src/flows/money.ts';
import { attemptEntry } from '../support/attempt-entry.ts';

export const LIMIT_NANO = 1_000n;

export const bookOf = (...steps: readonly BudgetStep[]): BudgetBook => ({
  budgets: new Map([
    [
      'team-month',
      {
        id: 'team-month',
        where: new Map(),
        each: [],
        window: { kind: 'calendar', unit: 'month', timeZone: 'UTC' },
        limitNano: LIMIT_NANO,
        steps,
      },
    ],
  ]),
  limits: new Map(),
});

export const account = (more: Partial<Account> = {}): Account => ({
  key: 'team-month|2026-11-01',
  budget: 'team-month',
  limitNano: LIMIT_NANO,
  resetsAtMs: Date.parse('2026-12-01'),
  ...more,
});

/** @param settledNano what the account has afterwards; undefined: nobody could tell */
export function settlement(
  chargedNano: bigint,
  settledNano: bigint | undefined,
  its: Account = account(),
): SettledFact {
  return {
    entry: attemptEntry({ chargedNano }),
    accounts: [its],
    balances: settledNano === undefined ? [] : [{ key: its.key, settledNano, heldNano: 0n }],
  };
}
