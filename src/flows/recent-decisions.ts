/** The last decisions of this process, so that a report can be matched to its decision. Bounded: a ring of ids. */
import type { Attribution } from '../core/decision.ts';
import type { TraceAnchor } from './observer.ts';

export interface RecentDecision {
  readonly id: string;
  readonly attribution: Attribution;
  readonly anchor: TraceAnchor | undefined;
}

export interface RecentDecisions {
  remember(decision: RecentDecision): void;
  find(id: string): RecentDecision | undefined;
}

/** @param capacity decisions remembered; the oldest is forgotten first */
export function createRecentDecisions(capacity: number = 8192): RecentDecisions {
  const byId = new Map<string, RecentDecision>();
  const ring: (string | undefined)[] = new Array<string | undefined>(capacity).fill(undefined);
  let next = 0;
  return {
    remember(decision) {
      const oldest = ring[next];
      if (oldest !== undefined) byId.delete(oldest);
      ring[next] = decision.id;
      byId.set(decision.id, decision);
      next = (next + 1) % capacity;
    },
    find: (id) => byId.get(id),
  };
}
