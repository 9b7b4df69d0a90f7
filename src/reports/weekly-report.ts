/** The words of a weekly report: each team beside its last week, its own four weeks before, and the other teams. */

import type { LocalDate } from '../core/calendar.ts';
import type { Certainty } from '../core/ledger-entry.ts';
import type { Sums } from './sums.ts';
import type { Why } from './why.ts';

export interface WeeklyQuestion {
  /** Such as `2026-W47`; absent: the week of `nowMs`. */
  readonly week?: string;
  readonly timeZone: string;
  readonly nowMs: number;
  /** Only this one; its share and its rank are still among all. */
  readonly team?: string;
  /** Applications and models of each team; default 3. */
  readonly top?: number;
  readonly budgets?: readonly BudgetUse[];
}

/** What a budget of a team has left in the window that is open now, as whoever keeps it says. */
export interface BudgetUse {
  readonly id: string;
  readonly team: string;
  readonly limitNano: bigint;
  readonly settledNano: bigint;
  /** Absent: whoever says it does not know what is held. */
  readonly heldNano?: bigint;
  /** Milliseconds since the epoch at which its window starts anew; absent: never. */
  readonly resetsAtMs?: number;
}

export interface WeeklyReport {
  readonly week: string;
  readonly timeZone: string;
  readonly fromMs: number;
  /** The end of the week, exclusive. */
  readonly toMs: number;
  /** What is told ends here: before `toMs` while the week is not over; the weeks before are cut as long after Monday. */
  readonly throughMs: number;
  readonly complete: boolean;
  readonly days: readonly LocalDate[];
  /** Of all that is in the report. */
  readonly total: Line;
  /** By rank. */
  readonly teams: readonly TeamLine[];
  /** Of all teams, in the report or not. */
  readonly teamCount: number;
  readonly doubts: readonly Doubt[];
}

export interface Line {
  readonly sums: Sums;
  readonly lastWeek: Sums;
  readonly changeNano: bigint;
  /** Of the change against last week; undefined: last week cost nothing. */
  readonly changeRatio?: number;
  /** Weeks before that the baseline is the mean of: at most four, from the first in which anything was asked. */
  readonly baselineWeeks: number;
  /** Mean of those, rounded half up. */
  readonly baselineNano?: bigint;
  /** This week against the baseline; undefined: it has none, or it is nothing. */
  readonly baselineRatio?: number;
  /** Cost of each day, Monday first; shorter while the week is not over. */
  readonly days: readonly bigint[];
  readonly why: Why;
}

export interface TeamLine extends Line {
  /** Empty: spent by nobody who is known. */
  readonly team: string;
  /** Of the cost of all teams; undefined: that is nothing. */
  readonly share?: number;
  /** 1 is the dearest; teams that cost the same share a rank. */
  readonly rank: number;
  readonly applications: readonly Part[];
  /** By `provider/model`. */
  readonly models: readonly Part[];
  readonly budgets: readonly BudgetUse[];
}

export interface Part {
  readonly name: string;
  readonly sums: Sums;
  /** Of the cost of its team; undefined: that is nothing. */
  readonly share?: number;
}

/** Spend that somebody should look at: it is in the totals as well. */
export interface Doubt {
  readonly kind: 'no_team' | 'no_application' | 'no_environment' | Exclude<Certainty, 'exact'>;
  readonly attempts: number;
  /** What of it is known. */
  readonly costNano: bigint;
}

/** Unknown is not zero: undefined where it may have cost something and nobody knows what. */
export function knownCost({ kind, attempts, costNano }: Doubt): bigint | undefined {
  const nobodyKnows = (kind === 'unpriced' || kind === 'unknown') && attempts > 0 && costNano === 0n;
  return nobodyKnows ? undefined : costNano;
}
