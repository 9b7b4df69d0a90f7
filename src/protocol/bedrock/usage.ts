/** Usage as Converse tells it: `inputTokens` are those beside the cache, so the total is a sum. */
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { TokenCounts } from '../../core/usage.ts';
import { countAt, listAt, objectAt, textAt } from '../vendor-document.ts';

/** @returns undefined where nothing was counted: unknown is not zero */
export function readUsage(document: JsonObject): TokenCounts | undefined {
  const usage = objectAt(document, 'usage');
  const fresh = countAt(usage, 'inputTokens');
  const output = countAt(usage, 'outputTokens');
  if (fresh === undefined || output === undefined) return undefined;
  const cacheRead = countAt(usage, 'cacheReadInputTokens') ?? 0;
  const written = countAt(usage, 'cacheWriteInputTokens') ?? 0;
  const cacheWrite1h = Math.min(written, writtenForAnHour(usage));
  const tier = textAt(objectAt(document, 'serviceTier'), 'type');
  return {
    input: fresh + cacheRead + written,
    output,
    ...(cacheRead > 0 ? { cacheRead } : undefined),
    ...(written > cacheWrite1h ? { cacheWrite: written - cacheWrite1h } : undefined),
    ...(cacheWrite1h > 0 ? { cacheWrite1h } : undefined),
    ...(tier === undefined || tier === 'default' ? undefined : { tier }),
  };
}

function writtenForAnHour(usage: JsonObject | undefined): number {
  let tokens = 0;
  for (const detail of listAt(usage, 'cacheDetails')) {
    if (isJsonObject(detail) && detail['ttl'] === '1h') tokens += countAt(detail, 'inputTokens') ?? 0;
  }
  return tokens;
}
