/** What policy lets a call do where its hold is not given, and how a hold that was not given is told. */
import type { Account, HoldResult } from '../core/account.ts';
import type { HoldTerms } from '../core/decision.ts';
import { Failure, type FailureDetails } from '../core/failure.ts';
import type { HoldOptions } from './accounts.ts';
import type { Money } from './money.ts';

/** Beyond the deadline of a call: until then whoever made it settles, if it lives. */
export const LEASE_GRACE_MS = 30_000;

/** @param leftMs of the call's time, and of the patience that policy grants it as a whole */
export function holdOptions(terms: HoldTerms | undefined, leftMs: number, waitedMs: number = 0): HoldOptions {
  if (terms === undefined) return {};
  const waitMs = Math.max(0, Math.min((terms.wait_ms ?? 0) - waitedMs, leftMs));
  switch (terms.when_away ?? 'deny') {
    case 'deny':
      return { waitMs };
    case 'record':
      return { waitMs, away: { kind: 'record' } };
    case 'allowance':
      return { waitMs, away: { kind: 'allowance', nano: BigInt(terms.allowance_nano_usd ?? 0) } };
  }
}

/** @returns Failure `budget_exhausted` or `throttled` */
export function answeredHold(
  result: Exclude<HoldResult, { kind: 'held' }>,
  accounts: readonly Account[],
  nowMs: number,
): Failure {
  switch (result.kind) {
    case 'short':
      return short(
        result.budget,
        accounts.find(({ key }) => key === result.account),
        nowMs,
      );
    case 'throttled':
      return throttled(result.limit, result.retryAfterMs);
  }
}

export function tellShort(
  money: Pick<Money, 'short'>,
  { account: key, balances }: Extract<HoldResult, { kind: 'short' }>,
  accounts: readonly Account[],
): void {
  const account = accounts.find((one) => one.key === key);
  if (account !== undefined) money.short({ account, balances });
}

function short(budget: string, account: Account | undefined, nowMs: number): Failure {
  const resetsAtMs = account?.resetsAtMs;
  const details: FailureDetails = {
    rule: 'budget.hold',
    reason: 'budget_exhausted',
    budget,
    ...(resetsAtMs === undefined
      ? undefined
      : { resetsAt: new Date(resetsAtMs).toISOString(), retryAfterMs: Math.max(0, resetsAtMs - nowMs) }),
  };
  return new Failure('budget_exhausted', `budget "${budget}" cannot bear what this call may cost`, { details });
}

function throttled(limit: string, retryAfterMs: number): Failure {
  const details: FailureDetails = {
    rule: 'budget.limit',
    reason: 'limit_exhausted',
    ...(retryAfterMs === 0 ? undefined : { retryAfterMs }),
  };
  return new Failure('throttled', `limit "${limit}" is used up`, { details });
}
