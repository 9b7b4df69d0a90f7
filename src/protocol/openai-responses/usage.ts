/** `usage` ⇄ counts of tokens. Totals include their parts here and there. */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { TokenCounts } from '../../core/usage.ts';
import { countAt, objectAt } from '../vendor-document.ts';

/**
 * @param tier `service_tier` beside the usage
 * @returns undefined where there is no count: unknown is not zero
 */
export function readUsage(usage: Json | undefined, tier: Json | undefined): TokenCounts | undefined {
  if (!isJsonObject(usage)) return undefined;
  const input = countAt(usage, 'input_tokens');
  if (input === undefined) return undefined;
  const asked = objectAt(usage, 'input_tokens_details');
  const cacheRead = countAt(asked, 'cached_tokens');
  const cacheWrite = countAt(asked, 'cache_write_tokens');
  const reasoning = countAt(objectAt(usage, 'output_tokens_details'), 'reasoning_tokens');
  return {
    input,
    output: countAt(usage, 'output_tokens') ?? 0,
    ...(cacheRead === undefined ? undefined : { cacheRead }),
    ...(cacheWrite === undefined ? undefined : { cacheWrite }),
    ...(reasoning === undefined ? undefined : { reasoning }),
    ...(typeof tier === 'string' && !STANDARD.has(tier) ? { tier } : undefined),
  };
}

const STANDARD: ReadonlySet<string> = new Set(['', 'auto', 'default', 'standard']);

export function writeUsage(tokens: TokenCounts): JsonObject {
  const { input, output } = tokens;
  const written = (tokens.cacheWrite ?? 0) + (tokens.cacheWrite1h ?? 0);
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: tokens.cacheRead ?? 0,
      ...(written === 0 ? undefined : { cache_write_tokens: written }),
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: tokens.reasoning ?? 0 },
    total_tokens: input + output,
  };
}
