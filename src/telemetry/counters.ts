/**
 * Unsampled counters: what metrics are made of. Counting is a few map look-ups, so it is always on. Bounded: label
 * values beyond the bounds are counted under `other`, and that is counted too. Money is summed in nano-USD, exactly.
 * No user, key, decision id or tag ever becomes a label.
 */
import type { Attribution, Decision, Estimate, Outcome } from '../core/decision.ts';
import type { AttemptReport } from '../core/report.ts';
import { DURATION_BOUNDS_S } from './metric-names.ts';
import { payerKey } from './payer-key.ts';
import { splitTarget } from './target-name.ts';

/** Different (team, application, environment) triples; what comes later is `other`. */
const MAX_PAYERS = 2000;
/** Different reasons, or targets, of one payer. */
const MAX_PER_PAYER = 64;
const OTHER = 'other';
export const UNATTRIBUTED = 'unattributed';

export interface Money {
  inputNano: bigint;
  outputNano: bigint;
}

export interface TargetCounts {
  readonly provider: string;
  readonly model: string;
  readonly cost: Money;
  inputTokens: number;
  outputTokens: number;
  readonly attempts: Map<string, number>;
}

/** Everything counted for one (team, application, environment). */
export interface PayerCounts {
  readonly team: string;
  readonly application: string;
  readonly environment: string;
  readonly decisions: Record<Outcome, Map<string, number>>;
  readonly estimate: Money;
  readonly targets: Map<string, TargetCounts>;
  unpricedEstimates: number;
  unpricedReports: number;
  unknownUsage: number;
}

export interface Histogram {
  /** One more than there are bounds. */
  readonly counts: number[];
  sumS: number;
  count: number;
}

export interface Counters {
  decided(decision: Decision, durationMs: number): void;
  reported(report: AttemptReport, attribution: Attribution | undefined, cost: Estimate): void;
  payers(): Iterable<PayerCounts>;
  readonly durations: Readonly<Record<Outcome, Histogram>>;
  /** Records counted under `other`. */
  overflowed(): number;
}

export function createCounters(): Counters {
  const payers = new Map<string, PayerCounts>();
  const durations = { allow: emptyHistogram(), deny: emptyHistogram(), throttle: emptyHistogram() };
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

  const bounded = (map: ReadonlyMap<string, unknown>, key: string): string => {
    if (map.size < MAX_PER_PAYER || map.has(key)) return key;
    overflowed += 1;
    return OTHER;
  };

  return {
    durations,
    payers: () => payers.values(),
    overflowed: () => overflowed,
    decided(decision, durationMs) {
      const { outcome, reasons, attribution } = decision.document;
      const payer = payerOf(attribution.team, attribution.application, attribution.environment);
      const byReason = payer.decisions[outcome];
      const reason = bounded(byReason, reasons[0]?.code ?? '');
      byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
      observe(durations[outcome], durationMs / 1000);
      if (decision.estimate.kind === 'priced') add(payer.estimate, decision.estimate);
      if (decision.estimate.kind === 'unpriced') payer.unpricedEstimates += 1;
    },
    reported(report, attribution, cost) {
      const payer =
        attribution === undefined
          ? payerOf(UNATTRIBUTED, UNATTRIBUTED, UNATTRIBUTED)
          : payerOf(attribution.team, attribution.application, attribution.environment);
      const name = bounded(payer.targets, report.target);
      const target = payer.targets.get(name) ?? emptyTarget(name);
      payer.targets.set(name, target);
      target.attempts.set(report.outcome, (target.attempts.get(report.outcome) ?? 0) + 1);
      if (report.usage.kind === 'unknown') {
        payer.unknownUsage += 1;
        return;
      }
      target.inputTokens += report.usage.input_tokens;
      target.outputTokens += report.usage.output_tokens;
      if (cost.kind === 'priced') add(target.cost, cost);
      if (cost.kind === 'unpriced') payer.unpricedReports += 1;
    },
  };
}

function add(money: Money, estimate: Extract<Estimate, { kind: 'priced' }>): void {
  money.inputNano += estimate.cost.input_nano_usd;
  money.outputNano += estimate.cost.output_nano_usd;
}

function observe(histogram: Histogram, valueS: number): void {
  let index = 0;
  while (index < DURATION_BOUNDS_S.length && valueS > (DURATION_BOUNDS_S[index] ?? 0)) index += 1;
  histogram.counts[index] = (histogram.counts[index] ?? 0) + 1;
  histogram.sumS += valueS;
  histogram.count += 1;
}

const emptyHistogram = (): Histogram => ({
  counts: new Array<number>(DURATION_BOUNDS_S.length + 1).fill(0),
  sumS: 0,
  count: 0,
});

const emptyPayer = (team: string, application: string, environment: string): PayerCounts => ({
  team,
  application,
  environment,
  decisions: { allow: new Map(), deny: new Map(), throttle: new Map() },
  estimate: { inputNano: 0n, outputNano: 0n },
  targets: new Map(),
  unpricedEstimates: 0,
  unpricedReports: 0,
  unknownUsage: 0,
});

function emptyTarget(name: string): TargetCounts {
  const { provider, model } = splitTarget(name);
  return {
    provider,
    model,
    cost: { inputNano: 0n, outputNano: 0n },
    inputTokens: 0,
    outputTokens: 0,
    attempts: new Map(),
  };
}
