/** One request to one target: why it was made, how it ended, what it used and cost. */
import type { AttemptFailure, FailedOutcome } from './attempt-failure.ts';
import type { AttemptOutcome } from './facts.ts';
import type { FinishReason } from './reply.ts';
import type { MeteredUsage } from './usage.ts';

export type AttemptReason = 'initial' | 'retry' | 'fallback' | 'hedge';

/** Cost of an attempt in nano-USD, each component rounded half up; `total` is their sum. */
export interface AttemptCostItems {
  readonly inputNano: bigint;
  readonly cacheReadNano: bigint;
  readonly cacheWriteNano: bigint;
  readonly outputNano: bigint;
  /** What is charged per request, image or minute and not per token. */
  readonly otherNano: bigint;
  readonly totalNano: bigint;
}

export type AttemptCost =
  | {
      readonly kind: 'priced';
      readonly priceId: string;
      /** `standard`, `long_context`, `flex`, `priority`, `batch`. */
      readonly tier: string;
      readonly items: AttemptCostItems;
      /** From estimated usage. */
      readonly estimated: boolean;
    }
  /** No card is in force for the target. */
  | { readonly kind: 'unpriced' }
  /** Nobody knows what was used; it may have cost something. */
  | { readonly kind: 'unknown' }
  /** The request never reached a model: nothing was used. */
  | { readonly kind: 'none' };

export interface AttemptRecord {
  /** From 0, in the order in which they started. */
  readonly index: number;
  readonly reason: AttemptReason;
  /** With `fallback` and `retry`: how the attempt before ended. */
  readonly because?: FailedOutcome;
  readonly target: string;
  readonly outcome: AttemptOutcome;
  readonly failure?: AttemptFailure;
  /** Milliseconds since the epoch, with fraction. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly firstTokenMs?: number;
  /** Output had reached the client. */
  readonly outputStarted: boolean;
  readonly usage: MeteredUsage;
  readonly cost: AttemptCost;
  readonly responseId?: string;
  readonly responseModel?: string;
  readonly finish?: FinishReason;
}
