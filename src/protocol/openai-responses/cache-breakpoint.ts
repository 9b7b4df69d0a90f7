/** `prompt_cache_breakpoint` of a part. Source: API guide, "Prompt caching". */
import type { CacheMark } from '../../core/generation.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';

/** The prompt up to here may be kept by the provider. */
export function readBreakpoint(part: JsonObject): { readonly cache?: CacheMark } {
  const said = part['prompt_cache_breakpoint'];
  if (!isJsonObject(said) || said['mode'] !== 'explicit') return {};
  return { cache: { lifetime: said['ttl'] === '1h' ? '1h' : '5m' } };
}
