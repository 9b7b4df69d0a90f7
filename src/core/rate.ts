/**
 * Token buckets by GCRA (ITU-T I.371): of each bucket one number is kept, the moment at which it would be full again if
 * nothing more were taken.
 */
import type { RateDemand } from './account.ts';

export type RateAnswer =
  | { readonly kind: 'taken'; readonly fullAtMs: number }
  /** 0: never, it asks for more than the bucket holds. */
  | { readonly kind: 'refused'; readonly retryAfterMs: number };

/** @param fullAtMs undefined: nothing was taken yet */
export function takeFrom(fullAtMs: number | undefined, demand: RateDemand, nowMs: number): RateAnswer {
  const { take, burst } = demand;
  if (take > burst) return { kind: 'refused', retryAfterMs: 0 };
  const after = Math.max(fullAtMs ?? nowMs, nowMs) + msOf(take, demand);
  const waitMs = after - nowMs - msOf(burst, demand);
  return waitMs > 0 ? { kind: 'refused', retryAfterMs: Math.ceil(waitMs) } : { kind: 'taken', fullAtMs: after };
}

export const giveBack = (fullAtMs: number, demand: RateDemand, units: number): number => fullAtMs - msOf(units, demand);

/** How long so many units take to come back. */
const msOf = (units: number, { units: rate, perMs }: RateDemand): number => (units * perMs) / rate;
