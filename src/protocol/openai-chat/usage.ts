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
  const input = countAt(usage, 'prompt_tokens');
  if (input === undefined) return undefined;
  const total = countAt(usage, 'total_tokens') ?? 0;
  // Google's compatible endpoint leaves thought out of `completion_tokens` and has it in the total only.
  const output = Math.max(countAt(usage, 'completion_tokens') ?? 0, total - input);
  const prompt = objectAt(usage, 'prompt_tokens_details');
  const completion = objectAt(usage, 'completion_tokens_details');
  // DeepSeek and Moonshot have names of their own for what was read from the cache.
  const cacheRead =
    countAt(prompt, 'cached_tokens') ?? countAt(usage, 'prompt_cache_hit_tokens') ?? countAt(usage, 'cached_tokens');
  return {
    input,
    output,
    ...part('cacheRead', cacheRead),
    ...part('cacheWrite', countAt(prompt, 'cache_write_tokens')),
    ...part('reasoning', countAt(completion, 'reasoning_tokens')),
    ...part('inputAudio', countAt(prompt, 'audio_tokens')),
    ...part('outputAudio', countAt(completion, 'audio_tokens')),
    ...part('inputImage', countAt(prompt, 'image_tokens')),
    ...part('outputImage', countAt(completion, 'image_tokens')),
    ...(typeof tier === 'string' && !STANDARD.has(tier) ? { tier } : undefined),
  };
}

const STANDARD: ReadonlySet<string> = new Set(['', 'auto', 'default', 'on_demand', 'standard']);

type Part = Exclude<keyof TokenCounts, 'input' | 'output' | 'tier'>;

const part = (name: Part, count: number | undefined): { readonly [name in Part]?: number } | undefined =>
  count === undefined ? undefined : { [name]: count };

export function writeUsage(tokens: TokenCounts): JsonObject {
  const { input, output } = tokens;
  const written = (tokens.cacheWrite ?? 0) + (tokens.cacheWrite1h ?? 0);
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: {
      cached_tokens: tokens.cacheRead ?? 0,
      audio_tokens: tokens.inputAudio ?? 0,
      ...(written === 0 ? undefined : { cache_write_tokens: written }),
      ...(tokens.inputImage === undefined ? undefined : { image_tokens: tokens.inputImage }),
    },
    completion_tokens_details: {
      reasoning_tokens: tokens.reasoning ?? 0,
      audio_tokens: tokens.outputAudio ?? 0,
      ...(tokens.outputImage === undefined ? undefined : { image_tokens: tokens.outputImage }),
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
