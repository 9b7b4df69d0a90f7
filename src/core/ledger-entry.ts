/**
 * Entries of the ledger: one for every attempt, written when it is settled, and adjustments. They are never changed;
 * what turns out wrong is corrected by another entry.
 */
import type { AttemptCost, AttemptReason } from './attempt.ts';
import type { Operation } from './call.ts';
import type { Attribution } from './decision.ts';
import type { AttemptOutcome } from './facts.ts';
import type { MeteredUsage } from './usage.ts';

/** How sure an amount is. */
export type Certainty = 'exact' | 'estimated' | 'unpriced' | 'unknown';

interface EntryBase {
  /** Unique; writing the same id again changes nothing. Of an attempt: `<call id>/<index>`. */
  readonly id: string;
  readonly callId: string;
  /** Milliseconds since the epoch at which the attempt started: the time that it is reported under. */
  readonly atMs: number;
  readonly decisionId: string;
  readonly policyRevision: string;
  /** `sha256:` and hex: of policy and data, so of the price cards as well. */
  readonly policyDigest: string;
  readonly target: string;
  readonly attribution: Attribution;
  readonly subject?: string;
  readonly keyId?: string;
  /** Keys of the accounts that were charged, and with how much: what is unknown is charged with its bound. */
  readonly accounts: readonly string[];
  readonly chargedNano: bigint;
}

export interface AttemptEntry extends EntryBase {
  readonly kind: 'attempt';
  /** `gateway`: we made it; `report`: somebody told us. */
  readonly source: 'gateway' | 'report';
  readonly index: number;
  readonly reason: AttemptReason;
  readonly operation: Operation;
  readonly requestedModel?: string;
  readonly outcome: AttemptOutcome;
  readonly durationMs: number;
  readonly firstTokenMs?: number;
  readonly usage: MeteredUsage;
  readonly cost: AttemptCost;
  /** Its hold was over by then. */
  readonly late?: boolean;
}

/** What an earlier entry should have said differently: `chargedNano` and `cost` are differences and may be negative. */
export interface AdjustmentEntry extends EntryBase {
  readonly kind: 'adjustment';
  /** Id of the entry that it corrects. */
  readonly adjusts: string;
  /** Such as `repriced`. */
  readonly why: string;
  readonly cost: Extract<AttemptCost, { kind: 'priced' }>;
}

export type LedgerEntry = AttemptEntry | AdjustmentEntry;

/** What accounts are charged with: the cost; its bound, where nobody knows. What has no price is charged nothing. */
export function chargedNanoOf(cost: AttemptCost, boundNano: bigint): bigint {
  switch (cost.kind) {
    case 'priced':
      return cost.items.totalNano;
    case 'none':
    case 'unpriced':
      return 0n;
    case 'unknown':
      return boundNano;
  }
}

/** How much of an amount is known, and how well; a priced attempt is `exact` or `estimated`. */
export function certaintyOf(cost: AttemptCost): Certainty {
  switch (cost.kind) {
    case 'priced':
      return cost.estimated ? 'estimated' : 'exact';
    case 'none':
      return 'exact';
    case 'unpriced':
    case 'unknown':
      return cost.kind;
  }
}
