/**
 * How long Anthropic asks to be left alone: its `retry-after`, else the latest reset of a limit of which nothing
 * remains, measured from the reply's own `date`. Source: API reference, "Rate limits", response headers.
 */
import { readRetryAfterMs } from '../retry-after.ts';

const LIMITS = ['requests', 'tokens', 'input-tokens', 'output-tokens'] as const;

/** A day, as for `retry-after`. */
const MAX_WAIT_MS = 86_400_000;

/** @returns undefined where the vendor says nothing, or nothing that can be read */
export function waitMs(header: (name: string) => string | undefined): number | undefined {
  return readRetryAfterMs(header) ?? untilReset(header);
}

function untilReset(header: (name: string) => string | undefined): number | undefined {
  const nowMs = Date.parse(header('date') ?? '');
  let wait: number | undefined;
  for (const limit of LIMITS) {
    if (header(`anthropic-ratelimit-${limit}-remaining`) !== '0') continue;
    const ms = Date.parse(header(`anthropic-ratelimit-${limit}-reset`) ?? '') - nowMs;
    if (!Number.isNaN(ms)) wait = Math.min(Math.max(wait ?? 0, Math.ceil(ms)), MAX_WAIT_MS);
  }
  return wait;
}
