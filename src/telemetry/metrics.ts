/** Counters as metrics: what there is to tell at this moment, in a form that knows no exporter. */
import type { Counters, Histogram, Money, PayerCounts, TargetCounts } from './counters.ts';
import { LABEL, METRIC, type MetricName, POLICY_STATES } from './metric-names.ts';
import type { SpanLosses } from './span.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Point<Value> {
  readonly labels: Labels;
  readonly value: Value;
}

export type Metric =
  | { readonly kind: 'counter' | 'gauge'; readonly name: MetricName; readonly points: readonly Point<number>[] }
  | { readonly kind: 'histogram'; readonly name: MetricName; readonly points: readonly Point<Histogram>[] };

/** The state of the serving policy, as `engine/active-policy.ts` tells it. */
export type PolicyFreshness =
  | { readonly kind: 'never_activated' }
  | { readonly kind: 'serving' | 'serving_last_good' | 'stale'; readonly syncedAtMs: number };

export interface MetricsSource {
  readonly counters: Counters;
  readonly losses: Readonly<SpanLosses>;
  readonly policy: (() => PolicyFreshness) | undefined;
  readonly nowMs: () => number;
}

export function readMetrics(source: MetricsSource): readonly Metric[] {
  const { counters } = source;
  const payers = [...counters.payers()];
  return [
    counter(METRIC.decisions, payers.flatMap(decisions)),
    { kind: 'histogram', name: METRIC.decisionDuration, points: durations(counters) },
    counter(
      METRIC.estimateCost,
      payers.flatMap((payer) => money(payer.estimate, labelsOf(payer))),
    ),
    counter(METRIC.cost, payers.flatMap(costs)),
    counter(METRIC.tokens, payers.flatMap(tokens)),
    counter(METRIC.attempts, payers.flatMap(attempts)),
    counter(METRIC.unpriced, payers.flatMap(unpriced)),
    counter(
      METRIC.unknownUsage,
      payers.flatMap((payer) => counted(payer.unknownUsage, labelsOf(payer))),
    ),
    counter(METRIC.overflow, [{ labels: {}, value: counters.overflowed() }]),
    counter(METRIC.spansDropped, [
      { labels: { [LABEL.error]: 'queue_full' }, value: source.losses.queueFull },
      { labels: { [LABEL.error]: 'export_failed' }, value: source.losses.exportFailed },
    ]),
    ...policyMetrics(source),
  ];
}

const counter = (name: MetricName, points: readonly Point<number>[]): Metric => ({ kind: 'counter', name, points });

const labelsOf = (payer: PayerCounts): Labels => ({
  [LABEL.team]: payer.team,
  [LABEL.application]: payer.application,
  [LABEL.environment]: payer.environment,
});

const OUTCOMES = ['allow', 'deny', 'throttle'] as const;

function decisions(payer: PayerCounts): Point<number>[] {
  return OUTCOMES.flatMap((outcome) =>
    [...payer.decisions[outcome]].map(([reason, value]) => ({
      labels: { [LABEL.outcome]: outcome, [LABEL.reason]: reason, ...labelsOf(payer) },
      value,
    })),
  );
}

function durations(counters: Counters): Point<Histogram>[] {
  return OUTCOMES.filter((outcome) => counters.durations[outcome].count > 0).map((outcome) => {
    const { counts, sumS, count } = counters.durations[outcome];
    return { labels: { [LABEL.outcome]: outcome }, value: { counts: [...counts], sumS, count } };
  });
}

/** A double of exact nano-USD: read back to the nano-dollar up to 9 million dollars a series. */
function money(amount: Money, labels: Labels): Point<number>[] {
  if (amount.inputNano === 0n && amount.outputNano === 0n) return [];
  return [
    { labels: { ...labels, [LABEL.component]: 'input' }, value: Number(amount.inputNano) / 1e9 },
    { labels: { ...labels, [LABEL.component]: 'output' }, value: Number(amount.outputNano) / 1e9 },
  ];
}

function eachTarget(
  payer: PayerCounts,
  read: (target: TargetCounts, labels: Labels) => Point<number>[],
): Point<number>[] {
  return [...payer.targets.values()].flatMap((target) =>
    read(target, { ...labelsOf(payer), [LABEL.provider]: target.provider, [LABEL.model]: target.model }),
  );
}

const costs = (payer: PayerCounts): Point<number>[] =>
  eachTarget(payer, (target, labels) => money(target.cost, labels));

const tokens = (payer: PayerCounts): Point<number>[] =>
  eachTarget(payer, (target, labels) => [
    ...counted(target.inputTokens, { ...labels, [LABEL.tokenType]: 'input' }),
    ...counted(target.outputTokens, { ...labels, [LABEL.tokenType]: 'output' }),
  ]);

const attempts = (payer: PayerCounts): Point<number>[] =>
  eachTarget(payer, (target, labels) =>
    [...target.attempts].map(([outcome, value]) => ({ labels: { ...labels, [LABEL.attemptOutcome]: outcome }, value })),
  );

const unpriced = (payer: PayerCounts): Point<number>[] => [
  ...counted(payer.unpricedEstimates, { ...labelsOf(payer), [LABEL.stage]: 'estimate' }),
  ...counted(payer.unpricedReports, { ...labelsOf(payer), [LABEL.stage]: 'report' }),
];

const counted = (value: number, labels: Labels): Point<number>[] => (value === 0 ? [] : [{ labels, value }]);

function policyMetrics({ policy, nowMs }: MetricsSource): Metric[] {
  if (policy === undefined) return [];
  const status = policy();
  const states = POLICY_STATES.map((state) => ({
    labels: { [LABEL.state]: state },
    value: status.kind === state ? 1 : 0,
  }));
  const ageS = status.kind === 'never_activated' ? undefined : Math.max(0, nowMs() - status.syncedAtMs) / 1000;
  return [
    { kind: 'gauge', name: METRIC.policyState, points: states },
    { kind: 'gauge', name: METRIC.policyAge, points: ageS === undefined ? [] : [{ labels: {}, value: ageS }] },
  ];
}
