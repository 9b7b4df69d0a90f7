/**
 * Rates as token buckets by GCRA: all that is kept of one is the moment at which its bucket would be full again. Time is
 * milliseconds of any clock, with fraction.
 */
import type { RateDemand } from './account.ts';

/** Sums of fractions of a millisecond are off by less. */
const TOLERANCE_MS = 0.001;

/** Whether there is a moment at which it is let through. */
export const isEverBorne = ({ take, burst }: RateDemand): boolean => take <= burst;

/**
 * When the bucket would be full again, were this taken of it.
 * @param fullAtMs when it would be without; in the past: it is full
 */
export function fullAfterMs(demand: RateDemand, fullAtMs: number, nowMs: number): number {
  // No bucket is emptier than empty: a clock that was set back, or a burst that became less, costs no more than that.
  const from = Math.min(Math.max(fullAtMs, nowMs), nowMs + bearsMs(demand));
  return from + paceMs(demand) * demand.take;
}

/** How long until the bucket bears it; 0: now. @param fullAfter what `fullAfterMs` says */
export function waitMs(demand: RateDemand, fullAfter: number, nowMs: number): number {
  const wait = fullAfter - nowMs - bearsMs(demand);
  return wait > TOLERANCE_MS ? wait : 0;
}

/** When the bucket is full again after so many units came back. */
export const fullAfterRefundMs = (demand: RateDemand, fullAtMs: number, units: number): number =>
  fullAtMs - paceMs(demand) * units;

const paceMs = ({ units, perMs }: RateDemand): number => perMs / units;
const bearsMs = (demand: RateDemand): number => paceMs(demand) * demand.burst;
