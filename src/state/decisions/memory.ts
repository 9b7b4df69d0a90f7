/** Held decisions in the memory of this process: the last so many. */
import type { ClaimedDecision, HeldDecision, HeldDecisions } from '../../flows/held-decisions.ts';
import { MOST_PLACES } from './places.ts';

interface Known {
  readonly held: HeldDecision;
  /** Ids of reports, in the order in which they came. */
  readonly reports: string[];
}

const MOST = 65_536;

/** @param most decisions; the oldest is forgotten first */
export function createMemoryDecisions(most: number = MOST): HeldDecisions {
  const known = new Map<string, Known>();

  return {
    remember(decisionId, held) {
      known.set(decisionId, { held, reports: [] });
      for (const oldest of known.keys()) {
        if (known.size <= most) break;
        known.delete(oldest);
      }
    },
    find: async (decisionId) => known.get(decisionId)?.held,
    claim: async (decisionId, reportId) => {
      const decision = known.get(decisionId);
      return decision && claimed(decision, reportId);
    },
  };
}

function claimed({ held, reports }: Known, reportId: string): ClaimedDecision {
  const known = reports.indexOf(reportId);
  if (known >= 0) return { held, place: known };
  const place = reports.length;
  if (place < MOST_PLACES) reports.push(reportId);
  return { held, place };
}
