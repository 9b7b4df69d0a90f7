/**
 * Port: the money and the limits of one call. Before an attempt is made its upper bound is held, whoever else spends
 * from the same budgets; when it ended, what it came to replaces that.
 */

import type { AttemptRecord } from '../core/attempt.ts';
import type { CancelSignal } from '../core/cancellation.ts';
import type { Failure } from '../core/failure.ts';

export interface FundsRequest {
  /** `provider/model`. */
  readonly target: string;
  /** The most that the attempt may cost, in nano-USD; undefined: no price card is in force. */
  readonly boundNano: bigint | undefined;
  /** Tokens of input and output that it may use. */
  readonly tokens: number;
  /** Milliseconds since the epoch until which it may wait. */
  readonly deadlineAtMs: number;
}

/** Told one of the first two, once. */
export interface HeldFunds {
  settle(record: AttemptRecord): void;
  /** The attempt was not made after all. */
  release(): void;
  /** Holds so much more, at once or not at all. Never throws. */
  extend(moreNano: bigint): boolean | Promise<boolean>;
}

export type FundsAnswer =
  | { readonly kind: 'held'; readonly held: HeldFunds }
  /** Budgets bear at most `freeNano` of it now. */
  | { readonly kind: 'short'; readonly freeNano: bigint; readonly failure: Failure }
  /** By a limit, or because nobody can be asked. */
  | { readonly kind: 'refused'; readonly failure: Failure };

export interface Funds {
  /** Never throws. @param signal aborted: nobody waits any more */
  hold(request: FundsRequest, signal: CancelSignal): FundsAnswer | Promise<FundsAnswer>;
}
