/** Held decisions in the memory of this process: the last so many; of one that is forgotten the lease ends. */
import {
  type Claim,
  type HeldDecision,
  type HeldDecisions,
  MOST_REPORTS,
  type ReportClaim,
} from '../../flows/held-decisions.ts';

export interface MemoryHeldDecisionsOptions {
  /** Decisions; default 65,536. */
  readonly most?: number;
  /** Whether nobody but this process can settle the hold of this fence; default always. */
  readonly isOwn?: (fence: string) => boolean;
}

/** Nobody is waited for. */
export interface MemoryHeldDecisions extends HeldDecisions {
  claim(claim: ReportClaim): Claim;
}

interface Known {
  readonly held: HeldDecision;
  readonly fence: string;
  /** By their ids, in the order in which they came. */
  readonly reports: Map<string, Report>;
}

interface Report {
  readonly content: string;
  readonly index: number;
  isSettled: boolean;
}

export function createMemoryHeldDecisions(options: MemoryHeldDecisionsOptions = {}): MemoryHeldDecisions {
  const { most = 65_536, isOwn = () => true } = options;
  const known = new Map<string, Known>();

  return {
    remember(held, fence) {
      known.set(held.id, { held, fence, reports: new Map() });
      for (const oldest of known.keys()) {
        if (known.size <= most) break;
        known.delete(oldest);
      }
    },
    claim({ decisionId, reportId, content, team }) {
      const found = known.get(decisionId);
      if (found === undefined) return { kind: 'unknown' };
      const { held, fence, reports } = found;
      if (team !== undefined && team !== held.attribution.team) return { kind: 'foreign' };
      const before = reports.get(reportId);
      if (before !== undefined && before.content !== content) return { kind: 'conflict' };
      const index = before?.index ?? reports.size;
      if (index < MOST_REPORTS && before === undefined) reports.set(reportId, { content, index, isSettled: false });
      const standing = before === undefined ? 'new' : before.isSettled ? 'settled' : 'again';
      return { kind: 'claimed', held, fence, index, settlesHold: index === 0 && isOwn(fence), standing };
    },
    settled(decisionId, reportId) {
      const report = known.get(decisionId)?.reports.get(reportId);
      if (report !== undefined) report.isSettled = true;
    },
  };
}
