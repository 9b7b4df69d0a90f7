/** The last decisions of this process, so that a report can be matched to its decision. Bounded. */
import type { Attribution } from '../core/decision.ts';
import type { TraceAnchor } from './observer.ts';
import { createRecentTexts } from './recent-texts.ts';

export interface RecentDecision {
  readonly id: string;
  readonly attribution: Attribution;
  /** Absent where nothing was traced. */
  readonly anchor?: TraceAnchor | undefined;
}

export interface RecentDecisions {
  remember(decision: RecentDecision): void;
  find(id: string): RecentDecision | undefined;
}

/** @param capacity decisions remembered; the oldest is forgotten first */
export function createRecentDecisions(capacity: number = 8192): RecentDecisions {
  const texts = createRecentTexts(capacity);
  return {
    remember: (decision) => texts.remember(decision.id, JSON.stringify(decision)),
    find(id) {
      const text = texts.find(id);
      // Written by `remember`, just above.
      return text === undefined ? undefined : (JSON.parse(text) as RecentDecision);
    },
  };
}
