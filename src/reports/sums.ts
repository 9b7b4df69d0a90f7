/** What rows of totals come to together. */
import type { Certainty } from '../core/ledger-entry.ts';
import type { TotalsRow } from './ledger-reader.ts';

export interface Sums {
  readonly calls: number;
  readonly attempts: number;
  readonly inputTokens: number;
  /** Part of `inputTokens`. */
  readonly cacheReadTokens: number;
  readonly outputTokens: number;
  readonly costNano: bigint;
  readonly certainty: TotalsRow['certainty'];
}

const NOBODY = { attempts: 0, costNano: 0n };

export const NOTHING: Sums = {
  calls: 0,
  attempts: 0,
  inputTokens: 0,
  cacheReadTokens: 0,
  outputTokens: 0,
  costNano: 0n,
  certainty: { exact: NOBODY, estimated: NOBODY, unpriced: NOBODY, unknown: NOBODY },
};

export function plus(left: Sums, right: Sums): Sums {
  const both = (kind: Certainty): TotalsRow['certainty'][Certainty] => ({
    attempts: left.certainty[kind].attempts + right.certainty[kind].attempts,
    costNano: left.certainty[kind].costNano + right.certainty[kind].costNano,
  });
  return {
    calls: left.calls + right.calls,
    attempts: left.attempts + right.attempts,
    inputTokens: left.inputTokens + right.inputTokens,
    cacheReadTokens: left.cacheReadTokens + right.cacheReadTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    costNano: left.costNano + right.costNano,
    certainty: {
      exact: both('exact'),
      estimated: both('estimated'),
      unpriced: both('unpriced'),
      unknown: both('unknown'),
    },
  };
}

/** What `whole` has beyond `part`. */
export function minus(whole: Sums, part: Sums): Sums {
  const negated = (kind: Certainty): TotalsRow['certainty'][Certainty] => ({
    attempts: -part.certainty[kind].attempts,
    costNano: -part.certainty[kind].costNano,
  });
  return plus(whole, {
    calls: -part.calls,
    attempts: -part.attempts,
    inputTokens: -part.inputTokens,
    cacheReadTokens: -part.cacheReadTokens,
    outputTokens: -part.outputTokens,
    costNano: -part.costNano,
    certainty: {
      exact: negated('exact'),
      estimated: negated('estimated'),
      unpriced: negated('unpriced'),
      unknown: negated('unknown'),
    },
  });
}

export const sumOf = (rows: readonly Sums[]): Sums => rows.reduce(plus, NOTHING);

export const tokensOf = (sums: Sums): number => sums.inputTokens + sums.outputTokens;

/** Dearest first; what costs the same by name, so that a report is the same every time. */
export function byCost(
  left: { readonly name: string; readonly sums: Sums },
  right: { readonly name: string; readonly sums: Sums },
): number {
  const [more, less] = [right.sums.costNano, left.sums.costNano];
  if (more !== less) return more > less ? 1 : -1;
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}
