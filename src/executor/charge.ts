/** What an attempt is charged with: what it used, and what that cost or may have cost. */

import type { AttemptCost } from '../core/attempt.ts';
import type { AttemptFailure } from '../core/attempt-failure.ts';
import type { ModelReply } from '../core/reply.ts';
import type { MeteredUsage } from '../core/usage.ts';
import type { Pricing } from './execution.ts';

export interface Charge {
  readonly usage: MeteredUsage;
  readonly cost: AttemptCost;
}

const UNKNOWN: MeteredUsage = { kind: 'unknown' };
const NOTHING: Charge = { usage: UNKNOWN, cost: { kind: 'none' } };
/** Something between the vendor and us gave up: the vendor may have gone on. */
const GAVE_UP_WAITING: ReadonlySet<number> = new Set([408, 499, 502, 504, 520, 522, 524]);

export function chargeOf(pricing: Pricing, target: string, usage: MeteredUsage, atMs: number): Charge {
  return { usage, cost: pricing.costOf(target, usage, atMs) };
}

export function chargeOfReply(pricing: Pricing, target: string, reply: ModelReply, atMs: number): Charge {
  // Counting tokens is free at every vendor that offers it.
  return reply.kind === 'token_count' ? NOTHING : chargeOf(pricing, target, reply.usage, atMs);
}

/** Vendors do not charge what they answer with an error; what broke on the way may have been served. */
export function chargeOfFailure(pricing: Pricing, target: string, failure: AttemptFailure, atMs: number): Charge {
  const { sent, status } = failure;
  const refused = status !== undefined && status >= 400 && !GAVE_UP_WAITING.has(status);
  return sent === false || refused ? NOTHING : chargeOf(pricing, target, UNKNOWN, atMs);
}
