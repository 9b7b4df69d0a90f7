/** `cache_control`, as clients of compatible gateways write it in Anthropic's manner; OpenAI itself caches unasked. */
import type { CacheMark } from '../../core/generation.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';

/** @param marked a content part or a tool */
export function readCacheMark(marked: JsonObject): CacheMark | undefined {
  const said = marked['cache_control'];
  if (!isJsonObject(said) || said['type'] !== 'ephemeral') return undefined;
  return { lifetime: said['ttl'] === '1h' ? '1h' : '5m' };
}
