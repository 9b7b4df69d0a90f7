/**
 * Anthropic's `usage` ⇄ token counts. Anthropic counts cached tokens beside `input_tokens`; our `input` has them in it.
 * Source: Messages API reference, `usage` and prompt caching.
 */
import type { JsonObject } from '../../core/json.ts';
import type { MeteredUsage, TokenCounts } from '../../core/usage.ts';
import { countAt, objectAt } from '../vendor-document.ts';

/** The fields of `usage` that were said so far; what a later event does not say keeps its value. */
export interface UsageTally {
  input: number;
  output: number;
  cacheRead: number;
  /** Of every lifetime. */
  cacheCreation: number;
  cacheCreation5m: number;
  cacheCreation1h: number;
  reasoning: number | undefined;
  tier: string | undefined;
}

export const newTally = (): UsageTally => ({
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheCreation: 0,
  cacheCreation5m: 0,
  cacheCreation1h: 0,
  reasoning: undefined,
  tier: undefined,
});

/**
 * Takes up one `usage` document. Counters are totals of the whole message, so they replace and never add. Input that
 * is told as nothing at all, as some compatible servers do at the end, replaces nothing.
 * @returns whether the document counts output, so that the tally may be told as exact
 */
export function takeUsage(tally: UsageTally, usage: JsonObject | undefined): boolean {
  if (usage === undefined) return false;
  const input = countAt(usage, 'input_tokens');
  const cacheRead = countAt(usage, 'cache_read_input_tokens');
  const cacheCreation = countAt(usage, 'cache_creation_input_tokens');
  if ((input ?? 0) + (cacheRead ?? 0) + (cacheCreation ?? 0) > 0) {
    tally.input = input ?? tally.input;
    tally.cacheRead = cacheRead ?? tally.cacheRead;
    tally.cacheCreation = cacheCreation ?? tally.cacheCreation;
  }
  const lifetimes = objectAt(usage, 'cache_creation');
  tally.cacheCreation5m = countAt(lifetimes, 'ephemeral_5m_input_tokens') ?? tally.cacheCreation5m;
  tally.cacheCreation1h = countAt(lifetimes, 'ephemeral_1h_input_tokens') ?? tally.cacheCreation1h;
  tally.reasoning = countAt(objectAt(usage, 'output_tokens_details'), 'thinking_tokens') ?? tally.reasoning;
  const tier = usage['speed'] === 'fast' ? 'fast' : usage['service_tier'];
  if (typeof tier === 'string' && tier !== 'standard') tally.tier = tier.slice(0, 32);
  const output = countAt(usage, 'output_tokens');
  tally.output = output ?? tally.output;
  return output !== undefined;
}

export function tokensOf(tally: UsageTally): TokenCounts {
  const cacheWrite1h = tally.cacheCreation1h;
  const cacheWrite = Math.max(tally.cacheCreation - cacheWrite1h, tally.cacheCreation5m);
  const reasoning = tally.reasoning;
  return {
    input: tally.input + tally.cacheRead + cacheWrite + cacheWrite1h,
    output: tally.output,
    ...(tally.cacheRead > 0 ? { cacheRead: tally.cacheRead } : undefined),
    ...(cacheWrite > 0 ? { cacheWrite } : undefined),
    ...(cacheWrite1h > 0 ? { cacheWrite1h } : undefined),
    ...(reasoning === undefined ? undefined : { reasoning: Math.min(reasoning, tally.output) }),
    ...(tally.tier === undefined ? undefined : { tier: tally.tier }),
  };
}

/** @param usage of a whole reply */
export function readUsage(usage: JsonObject | undefined): MeteredUsage {
  const tally = newTally();
  return takeUsage(tally, usage) ? { kind: 'exact', tokens: tokensOf(tally) } : { kind: 'unknown' };
}

/** @param tokens undefined: nobody knows; the format has no word for that, and its readers need numbers: zeros. */
export function writeUsage(tokens: TokenCounts | undefined): JsonObject {
  const cacheRead = tokens?.cacheRead ?? 0;
  const cacheWrite = tokens?.cacheWrite ?? 0;
  const cacheWrite1h = tokens?.cacheWrite1h ?? 0;
  return {
    input_tokens: Math.max(0, (tokens?.input ?? 0) - cacheRead - cacheWrite - cacheWrite1h),
    cache_creation_input_tokens: cacheWrite + cacheWrite1h,
    cache_read_input_tokens: cacheRead,
    cache_creation: { ephemeral_5m_input_tokens: cacheWrite, ephemeral_1h_input_tokens: cacheWrite1h },
    output_tokens: tokens?.output ?? 0,
    ...(tokens?.reasoning === undefined ? undefined : { output_tokens_details: { thinking_tokens: tokens.reasoning } }),
    // Anthropic's words alone: a tier of another vendor would be refused by typed readers.
    service_tier: tokens?.tier === 'priority' || tokens?.tier === 'batch' ? tokens.tier : 'standard',
  };
}
