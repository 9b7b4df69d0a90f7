/**
 * Accounts: what each budget has left in one window for whoever it covers, and what is asked of them. All amounts are
 * nano-USD. `settled + held` of an account stays at or below its ceiling at every instant; what is settled behind a
 * lease that ended, or above its hold, is recorded as well and counts against everybody who comes later.
 */

export interface Account {
  /** The budget, the values it is kept apart by, and its window, such as `team-search-month|2026-11-01`. */
  readonly key: string;
  /** Id of the budget. */
  readonly budget: string;
  /** Where the budget denies; absent: it only counts. */
  readonly ceilingNano?: bigint;
  /** What counts as full. */
  readonly limitNano: bigint;
  /** Milliseconds since the epoch at which a new window starts; absent: never. */
  readonly resetsAtMs?: number;
  /** Of a rolling window: it is as long as so many buckets, and what was settled leaves it bucket by bucket. */
  readonly rolling?: { readonly bucketMs: number; readonly buckets: number };
}

/** What an account has: `settled` is spent in its window. */
export interface Balance {
  readonly key: string;
  readonly settledNano: bigint;
  readonly heldNano: bigint;
}

/** Units of a rate that one call takes: a token bucket by GCRA, full at the start. */
export interface RateDemand {
  /** Id of the limit, what it counts and the values it is kept apart by, such as `team-search-rpm|requests`. */
  readonly key: string;
  /** Id of the limit. */
  readonly limit: string;
  /** So many units in so long. */
  readonly units: number;
  readonly perMs: number;
  /** So many at once. */
  readonly burst: number;
  /** Taken by this call; one that asks for more than `burst` is never let through. */
  readonly take: number;
}

/** One of so many places. */
export interface SlotDemand {
  readonly key: string;
  /** Id of the limit. */
  readonly limit: string;
  readonly places: number;
}

/** Everything in it is given, or nothing. */
export interface HoldRequest {
  /** Asking again with the same id gives the same hold. */
  readonly id: string;
  /** Nothing was ever held by this id, and who says so knows it: it need not be looked up. Default false. */
  readonly isNew?: boolean;
  readonly amountNano: bigint;
  readonly accounts: readonly Account[];
  readonly rates: readonly RateDemand[];
  readonly slots: readonly SlotDemand[];
  /** What is not settled within is given back. */
  readonly leaseMs: number;
}

export type HoldResult =
  /** `fence` belongs to this hold alone: settling must bring it. */
  | { readonly kind: 'held'; readonly fence: string }
  /** `freeNano` is left in the account that has least; `heldNano` of it may come back. */
  | {
      readonly kind: 'short';
      readonly account: string;
      readonly budget: string;
      readonly freeNano: bigint;
      readonly heldNano: bigint;
      readonly balances: readonly Balance[];
    }
  /** `retryAfterMs` is 0 where nobody can tell: a place that is taken. */
  | { readonly kind: 'throttled'; readonly key: string; readonly limit: string; readonly retryAfterMs: number };

/** A hold becomes what it came to; 0 releases it. Its slots are given back. */
export interface SettleRequest {
  readonly id: string;
  readonly fence: string;
  readonly costNano: bigint;
  /** The same as were held: a settlement that comes late must still be recorded. */
  readonly accounts: readonly Account[];
  /** Units of rates, by key, that were taken and not used: given back. */
  readonly refunds?: readonly { readonly rate: RateDemand; readonly units: number }[];
}

export type SettleResult =
  | { readonly kind: 'settled'; readonly balances: readonly Balance[] }
  /** The lease was over: recorded all the same. */
  | { readonly kind: 'late'; readonly balances: readonly Balance[] }
  /** Was settled before: nothing changed. */
  | { readonly kind: 'duplicate' };
