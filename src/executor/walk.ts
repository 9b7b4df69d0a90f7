/**
 * The way through a route: which target is asked next, and when.
 *
 * Going on comes before asking again: as long as a target stands in the route that was not asked yet, it is asked at
 * once and without back-off. Asked once more is a target
 * - at once, where its connection failed so fast that it was hardly a sign of ill health (a kept connection that the
 *   vendor had closed), and only the first time;
 * - when nobody fresh is left, the one whose wait ends first: the vendor's `Retry-After`, or a back-off with jitter.
 * The order is always the route's: policy knows which targets stand and fall together.
 * A reason that policy does not fall back on leads to no other target, only to the same one again.
 */
import type { AttemptFailure, FailedOutcome } from '../core/attempt-failure.ts';
import type { AllowDocument, RouteStep } from '../core/decision.ts';
import { type BackoffOptions, backoffMs } from '../reliability/backoff.ts';

export interface WalkOptions {
  readonly backoff: BackoffOptions;
  /** A vendor that asks for a longer pause is not asked again by this call. */
  readonly maxRetryAfterMs: number;
  /** A connection that fails within this is tried again at once. */
  readonly quickFailureMs: number;
}

export interface Place {
  readonly step: RouteStep;
  /** Attempts made there. */
  tried: number;
  /** Why no more are made. */
  closed: boolean;
  /** When it may be asked again. */
  readyAtMs: number;
}

export type Step =
  | { readonly kind: 'fresh' | 'again'; readonly place: Place; readonly readyAtMs: number }
  | { readonly kind: 'none' };

interface Failed {
  readonly place: Place;
  readonly outcome: FailedOutcome;
  /** Made again at once. */
  readonly quick: boolean;
}

const NONE: Step = { kind: 'none' };

export class Walk {
  private readonly places: readonly Place[];
  private readonly fallbackOn: AllowDocument['fallback_on'];
  private readonly options: WalkOptions;
  private last: Failed | undefined;

  /** @param spent targets that failed under an earlier plan: a plan that names them again is not followed there */
  constructor(plan: AllowDocument, options: WalkOptions, spent: ReadonlySet<string>) {
    this.places = plan.route.map((step) => ({ step, tried: 0, closed: spent.has(step.target), readyAtMs: 0 }));
    this.fallbackOn = plan.fallback_on;
    this.options = options;
  }

  /** Whether policy wants another target after this. */
  fallsBackOn(outcome: FailedOutcome): boolean {
    return this.fallbackOn.includes(outcome);
  }

  next(): Step {
    const { last } = this;
    if (last?.quick === true && !last.place.closed) return { kind: 'again', place: last.place, readyAtMs: 0 };
    const free = last === undefined || this.fallsBackOn(last.outcome);
    if (free) {
      const fresh = this.fresh();
      if (fresh !== undefined) return { kind: 'fresh', place: fresh, readyAtMs: 0 };
    }
    let soonest: Place | undefined;
    for (const place of this.places) {
      if (place.tried === 0 || place.closed || (!free && place !== last?.place)) continue;
      if (soonest === undefined || place.readyAtMs < soonest.readyAtMs) soonest = place;
    }
    if (soonest === undefined) return NONE;
    return { kind: 'again', place: soonest, readyAtMs: soonest.readyAtMs };
  }

  /** The first target that was not asked yet. */
  fresh(): Place | undefined {
    return this.places.find((place) => place.tried === 0 && !place.closed);
  }

  /** @param random from 0 (inclusive) to 1 (exclusive) */
  failed(place: Place, failure: AttemptFailure, durationMs: number, nowMs: number, random: number): void {
    const { outcome } = failure;
    const again = isPassing(outcome) && place.tried <= place.step.retries;
    const isSudden = outcome === 'connection' && durationMs <= this.options.quickFailureMs;
    const quick = again && isSudden && place.tried === 1 && failure.crowded !== true;
    const waitMs = askedWaitMs(failure) ?? backoffMs(place.tried, this.options.backoff, random);
    if (!again || waitMs > this.options.maxRetryAfterMs) place.closed = true;
    place.readyAtMs = nowMs + waitMs;
    this.last = { place, outcome, quick };
  }
}

/** What a vendor says may be anything. */
function askedWaitMs({ retryAfterMs }: AttemptFailure): number | undefined {
  return retryAfterMs !== undefined && retryAfterMs >= 0 ? retryAfterMs : undefined;
}

/** Whether the same request may fare better at the same target a little later. */
function isPassing(outcome: FailedOutcome): boolean {
  switch (outcome) {
    case 'rate_limited':
    case 'timeout':
    case 'connection':
    case 'unavailable':
      return true;
    case 'context_length':
    case 'content_filter':
    case 'degraded':
    case 'invalid_request':
    case 'auth':
    case 'cancelled':
      return false;
  }
}
