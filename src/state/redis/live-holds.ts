/**
 * What this process holds at this moment, so that it can be held again where the server lost it. Memory is bounded by
 * the calls in flight: what is settled or over is forgotten.
 */
import type { HoldRequest } from '../../core/account.ts';
import type { HeldDecision } from '../../flows/held-decisions.ts';

export interface LiveHold {
  readonly request: HoldRequest;
  /** What it is for, where somebody else will report it. */
  readonly decision: HeldDecision | undefined;
}

export interface LiveHolds {
  add(fence: string, hold: LiveHold): void;
  remove(fence: string): void;
  /** Those whose lease still runs, each with what is left of it. */
  left(): readonly (readonly [fence: string, hold: LiveHold])[];
}

/** @param nowMs of a clock that only runs forward */
export function createLiveHolds(nowMs: () => number): LiveHolds {
  const holds = new Map<string, LiveHold & { readonly endsAtMs: number }>();
  let sweepAt = 1_024;

  const sweep = (): void => {
    for (const [fence, { endsAtMs }] of holds) if (endsAtMs <= nowMs()) holds.delete(fence);
    sweepAt = 1_024 + 2 * holds.size;
  };
  return {
    add(fence, { request, decision }) {
      holds.set(fence, { request, decision, endsAtMs: nowMs() + request.leaseMs });
      if (holds.size > sweepAt) sweep();
    },
    remove(fence) {
      holds.delete(fence);
    },
    left() {
      sweep();
      return [...holds].map(([fence, { request, decision, endsAtMs }]) => [
        fence,
        { request: { ...request, leaseMs: Math.max(1, endsAtMs - nowMs()) }, decision },
      ]);
    },
  };
}
