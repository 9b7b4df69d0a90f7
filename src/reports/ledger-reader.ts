/** Port: what reports read of the ledger. Times are milliseconds since the epoch, from (inclusive) to (exclusive). */
import type { Certainty, LedgerEntry } from '../core/ledger-entry.ts';

/** What an entry can be summed by. A tag is `tag:` and its name. */
export const DIMENSIONS = [
  'team',
  'application',
  'environment',
  'cost_center',
  'key_id',
  'subject',
  'target',
  'provider',
  'model',
  'requested_model',
  'operation',
  'outcome',
  'certainty',
  'policy_revision',
  'decision_id',
  'call_id',
] as const;
export type Dimension = (typeof DIMENSIONS)[number] | `tag:${string}`;

export type Period = { readonly fromMs: number; readonly toMs: number };
/** Every named dimension must have that value; an entry that lacks a dimension has the empty text. */
export type Where = { readonly [Name in Dimension]?: string };

export interface TotalsQuery extends Period {
  /** At most 8; none: one row of everything. */
  readonly by: readonly Dimension[];
  readonly where?: Where;
  /** One row for each UTC hour or day, by its start; default: one for the period. */
  readonly per?: 'hour' | 'day';
  /** Rows at most, the dearest first; default 10,000. */
  readonly limit?: number;
}

export interface TotalsRow {
  /** By the query's `by`, in its order. */
  readonly values: readonly string[];
  readonly startMs?: number;
  /** First attempts: every call is counted once. */
  readonly calls: number;
  readonly attempts: number;
  readonly inputTokens: number;
  /** Part of `inputTokens`. */
  readonly cacheReadTokens: number;
  readonly outputTokens: number;
  readonly costNano: bigint;
  /** Parts of the cost, or attempts whose cost nobody knows. */
  readonly certainty: {
    readonly [Kind in Certainty]: { readonly attempts: number; readonly costNano: bigint };
  };
}

export interface EntriesQuery extends Period {
  readonly where?: Where;
  /** Default 1,000. */
  readonly limit?: number;
  /** From a row's `cursor` on, exclusive. */
  readonly after?: string;
}

export interface StoredEntry {
  readonly cursor: string;
  readonly entry: LedgerEntry;
}

export interface LedgerReader {
  totals(query: TotalsQuery): Promise<readonly TotalsRow[]>;
  /** In the order of time. */
  entries(query: EntriesQuery): Promise<readonly StoredEntry[]>;
  /** What every account was charged with since then, to start from: the sum of its entries, by key. */
  charged(sinceMs: number): Promise<ReadonlyMap<string, bigint>>;
  close(): Promise<void>;
}
