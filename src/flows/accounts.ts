/**
 * Port: where money and limits are held. Implementations are shared by everything that spends from the same budgets,
 * and pass the same contract suite. Nothing is promised to arrive in order, so every operation is idempotent by id.
 */

import type { Account, Balance, HoldRequest, HoldResult, SettleRequest, SettleResult } from '../core/account.ts';
import type { CancelSignal } from '../core/cancellation.ts';
import type { HeldDecision } from './held-decisions.ts';

/** What policy lets a call do where its hold is not given at once. Without any: the first answer stands. */
export interface HoldOptions {
  /** How long it may wait for money that others hold, or for a limit; default 0. */
  readonly waitMs?: number;
  /** Aborted: nobody waits any more. */
  readonly signal?: CancelSignal;
  /** Where the accounts cannot be reached; default `deny`. */
  readonly away?:
    | { readonly kind: 'deny' }
    /** This process may spend so much of each account by itself, until they are back. */
    | { readonly kind: 'allowance'; readonly nano: bigint }
    /** Let through, and recorded when they are back. */
    | { readonly kind: 'record' };
  /** What the hold is for, where somebody else will report it: remembered with the hold, in the same trip. */
  readonly decision?: HeldDecision;
}

export interface Accounts {
  /** @throws Failure `unavailable` where nobody can be asked */
  hold(request: HoldRequest, options?: HoldOptions): HoldResult | Promise<HoldResult>;
  /** @throws Failure `unavailable` */
  settle(request: SettleRequest): SettleResult | Promise<SettleResult>;
  /** Of each account, in their order, what is known now: may be a moment old, decides nothing. */
  balances(accounts: readonly Account[]): readonly Balance[] | Promise<readonly Balance[]>;
  close(): Promise<void>;
}
