/** Price books and usage for the tests of costs. */
import assert from 'node:assert/strict';
import type { AttemptCost } from '../../src/core/attempt.ts';
import { compileCard, type PriceBook, type PriceCard } from '../../src/core/price-card.ts';
import type { MeteredUsage, TokenCounts } from '../../src/core/usage.ts';

/** One target, `a/m`, at 1 and 5 nano-USD a token. */
export const book = (card: Partial<PriceCard>): PriceBook =>
  new Map([
    [
      'a/m',
      [compileCard({ id: 'a/m@1', effective_from: '', input_pico_usd: 1_000, output_pico_usd: 5_000, ...card }, 0)],
    ],
  ]);

export const exact = (tokens: TokenCounts): MeteredUsage => ({ kind: 'exact', tokens });

export function priced(cost: AttemptCost): Extract<AttemptCost, { kind: 'priced' }> {
  if (cost.kind !== 'priced') return assert.fail(`${cost.kind}, not priced`);
  return cost;
}
