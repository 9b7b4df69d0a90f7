/**
 * How long Anthropic asks to be left alone: `retry-after`, else the latest reset of a limit of which nothing remains.
 * Moments are measured from the reply's own `date`, so that no clock of ours is asked.
 * Source: API reference, "Rate limits", response headers.
 */
const LIMITS = ['requests', 'tokens', 'input-tokens', 'output-tokens'] as const;

/** A day: nobody waits longer, and a mistaken date is not taken at its word. */
const MAX_WAIT_MS = 86_400_000;

/** @returns undefined where the vendor says nothing, or nothing that can be read */
export function waitMs(header: (name: string) => string | undefined): number | undefined {
  const retryAfter = header('retry-after')?.trim();
  if (retryAfter !== undefined && /^\d{1,9}(\.\d{1,9})?$/.test(retryAfter)) return bounded(Number(retryAfter) * 1000);
  const nowMs = Date.parse(header('date') ?? '');
  if (retryAfter !== undefined) return bounded(Date.parse(retryAfter) - nowMs);
  let wait: number | undefined;
  for (const limit of LIMITS) {
    if (header(`anthropic-ratelimit-${limit}-remaining`) !== '0') continue;
    const reset = bounded(Date.parse(header(`anthropic-ratelimit-${limit}-reset`) ?? '') - nowMs);
    if (reset !== undefined) wait = Math.max(wait ?? 0, reset);
  }
  return wait;
}

const bounded = (ms: number): number | undefined =>
  Number.isNaN(ms) ? undefined : Math.min(Math.max(0, Math.ceil(ms)), MAX_WAIT_MS);
