/**
 * Unsampled counters: what metrics are made of. Counting is a few map look-ups, so it is always on. Bounded: label
 * values beyond the bounds are counted under `other`, and that is counted too. Money is summed in nano-USD, exactly.
 * No user, key, decision id or tag ever becomes a label.
 */
import type { Attribution, Decision, Outcome } from '../core/decision.ts';
import { emptyHistogram, type GrowingHistogram, type Histogram, observe } from './histogram.ts';
import { ATTEMPT_BOUNDS_S, DURATION_BOUNDS_S } from './metric-names.ts';
import { addAttempt, addEstimate, emptyPayer, emptyTarget, increment, type PayerCounts } from './payer-counts.ts';
import { payerKey } from './payer-key.ts';
import { splitTarget } from './target-name.ts';
import type { ToldAttempt } from './told-attempt.ts';

/** Different (team, application, environment) triples; what comes later is `other`. */
const MAX_PAYERS = 2000;
/** Different reasons, or targets, of one payer. */
const MAX_PER_PAYER = 64;
/** Different targets whose times are told. */
const MAX_TIMED = 512;
const OTHER = 'other';
export const UNATTRIBUTED = 'unattributed';

/** How long the attempts at a target took, whoever paid. */
export interface TargetTimes {
  /** `provider/model`. */
  readonly target: string;
  readonly provider: string;
  readonly model: string;
  readonly duration: Histogram;
  readonly firstToken: Histogram;
}

export interface Counters {
  decided(decision: Decision, durationMs: number): void;
  attempted(attempt: ToldAttempt, attribution: Attribution | undefined): void;
  payers(): Iterable<PayerCounts>;
  times(): Iterable<TargetTimes>;
  readonly durations: Readonly<Record<Outcome, Histogram>>;
  /** Records counted under `other`. */
  overflowed(): number;
}

interface GrowingTimes extends TargetTimes {
  readonly duration: GrowingHistogram;
  readonly firstToken: GrowingHistogram;
}

export function createCounters(): Counters {
  const payers = new Map<string, PayerCounts>();
  const times = new Map<string, GrowingTimes>();
  const durations = {
    allow: emptyHistogram(DURATION_BOUNDS_S),
    deny: emptyHistogram(DURATION_BOUNDS_S),
    throttle: emptyHistogram(DURATION_BOUNDS_S),
  };
  let overflowed = 0;

  const payerOf = (team: string, application: string, environment: string): PayerCounts => {
    const key = payerKey(team, application, environment);
    const known = payers.get(key);
    if (known !== undefined) return known;
    if (payers.size >= MAX_PAYERS && team !== OTHER) {
      overflowed += 1;
      return payerOf(OTHER, OTHER, OTHER);
    }
    const fresh = emptyPayer(team, application, environment);
    payers.set(key, fresh);
    return fresh;
  };

  const bounded = (map: ReadonlyMap<string, unknown>, key: string, most: number): string => {
    if (map.size < most || map.has(key)) return key;
    overflowed += 1;
    return OTHER;
  };

  const timesOf = (target: string): GrowingTimes => {
    const name = bounded(times, target, MAX_TIMED);
    const known = times.get(name);
    if (known !== undefined) return known;
    const fresh = {
      target: name,
      ...splitTarget(name),
      duration: emptyHistogram(ATTEMPT_BOUNDS_S),
      firstToken: emptyHistogram(ATTEMPT_BOUNDS_S),
    };
    times.set(name, fresh);
    return fresh;
  };

  return {
    durations,
    payers: () => payers.values(),
    times: () => times.values(),
    overflowed: () => overflowed,
    decided(decision, durationMs) {
      const { outcome, reasons, attribution } = decision.document;
      const payer = payerOf(attribution.team, attribution.application, attribution.environment);
      const byReason = payer.decisions[outcome];
      increment(byReason, bounded(byReason, reasons[0]?.code ?? '', MAX_PER_PAYER));
      observe(durations[outcome], durationMs / 1000);
      addEstimate(payer, decision.estimate);
    },
    attempted(attempt, attribution) {
      const payer =
        attribution === undefined
          ? payerOf(UNATTRIBUTED, UNATTRIBUTED, UNATTRIBUTED)
          : payerOf(attribution.team, attribution.application, attribution.environment);
      const name = bounded(payer.targets, attempt.target, MAX_PER_PAYER);
      let target = payer.targets.get(name);
      if (target === undefined) {
        target = emptyTarget(name);
        payer.targets.set(name, target);
      }
      addAttempt(payer, target, attempt);
      const { durationMs, firstTokenMs } = attempt;
      if (durationMs === undefined && firstTokenMs === undefined) return;
      const timed = timesOf(attempt.target);
      if (durationMs !== undefined) observe(timed.duration, durationMs / 1000);
      if (firstTokenMs !== undefined) observe(timed.firstToken, firstTokenMs / 1000);
    },
  };
}
