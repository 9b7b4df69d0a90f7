/** Settlements for the tests of alerts: one account, one attempt at a time. */
import type { Account } from '../../src/core/account.ts';
import type { BudgetBook, BudgetStep } from '../../src/core/budget.ts';
import type { AttemptEntry } from '../../src/core/ledger-entry.ts';
import type { SettledFact } from '../../src/flows/money.ts';

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

export const entry = (more: Partial<AttemptEntry> = {}): AttemptEntry => ({
  kind: 'attempt',
  id: 'call-1/0',
  callId: 'call-1',
  atMs: Date.parse('2026-11-23T10:00:00Z'),
  decisionId: 'decision-1',
  policyRevision: 'main',
  policyDigest: 'sha256:0',
  target: 'a/m',
  attribution: { team: 'search', application: 'assistant', environment: 'prod' },
  accounts: ['team-month|2026-11-01'],
  chargedNano: 0n,
  source: 'gateway',
  index: 0,
  reason: 'initial',
  operation: 'chat',
  outcome: 'ok',
  durationMs: 10,
  usage: { kind: 'exact', tokens: { input: 1, output: 1 } },
  cost: {
    kind: 'priced',
    priceId: 'a/m@1',
    tier: 'standard',
    estimated: false,
    items: { inputNano: 0n, cacheReadNano: 0n, cacheWriteNano: 0n, outputNano: 0n, otherNano: 0n, totalNano: 0n },
  },
  ...more,
});

/** @param settledNano what the account has afterwards; undefined: nobody could tell */
export function settlement(
  chargedNano: bigint,
  settledNano: bigint | undefined,
  its: Account = account(),
): SettledFact {
  return {
    entry: entry({ chargedNano }),
    accounts: [its],
    balances: settledNano === undefined ? [] : [{ key: its.key, settledNano, heldNano: 0n }],
  };
}
