/** Counters as metrics: what there is to tell at this moment, in a form that knows no exporter. */
import type { TargetFact } from '../core/facts.ts';
import type { Counters, TargetTimes } from './counters.ts';
import type { Histogram } from './histogram.ts';
import { BREAKER_STATES, LABEL, METRIC, type MetricName, POLICY_STATES } from './metric-names.ts';
import type { EstimateCounts, PayerCounts, TargetCounts } from './payer-counts.ts';
import type { SpanLosses } from './span.ts';
import { splitTarget } from './target-name.ts';

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
  /** Health of every target that is not nominal; absent: nobody watches targets. */
  readonly targets: (() => Readonly<Record<string, TargetFact>>) | undefined;
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
      payers.flatMap((payer) => estimates(payer.estimate, labelsOf(payer))),
    ),
    counter(METRIC.cost, payers.flatMap(costs)),
    counter(METRIC.tokens, payers.flatMap(tokens)),
    counter(METRIC.attempts, payers.flatMap(byKey((target) => target.attempts, LABEL.attemptOutcome))),
    counter(METRIC.fallbacks, payers.flatMap(byKey((target) => target.fallbacks, LABEL.fallbackReason))),
    counter(METRIC.retries, payers.flatMap(byKey((target) => target.retries, LABEL.retryReason))),
    counter(METRIC.hedges, payers.flatMap(hedges)),
    { kind: 'histogram', name: METRIC.attemptDuration, points: times(counters, ({ duration }) => duration) },
    { kind: 'histogram', name: METRIC.firstToken, points: times(counters, ({ firstToken }) => firstToken) },
    ...breakerMetrics(source),
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
  return OUTCOMES.filter((outcome) => counters.durations[outcome].count > 0).map((outcome) => ({
    labels: { [LABEL.outcome]: outcome },
    value: frozen(counters.durations[outcome]),
  }));
}

function times(counters: Counters, read: (times: TargetTimes) => Histogram): Point<Histogram>[] {
  return [...counters.times()]
    .filter((each) => read(each).count > 0)
    .map((each) => ({ labels: targetLabels(each), value: frozen(read(each)) }));
}

const frozen = ({ counts, ...rest }: Histogram): Histogram => ({ ...rest, counts: [...counts] });

const targetLabels = ({ provider, model }: { readonly provider: string; readonly model: string }): Labels => ({
  [LABEL.provider]: provider,
  [LABEL.model]: model,
});

/** A double of exact nano-USD: read back to the nano-dollar up to 9 million dollars a series. */
const usd = (nano: bigint, component: string, labels: Labels): Point<number> => ({
  labels: { ...labels, [LABEL.component]: component },
  value: Number(nano) / 1e9,
});

function estimates({ inputNano, outputNano }: EstimateCounts, labels: Labels): Point<number>[] {
  if (inputNano === 0n && outputNano === 0n) return [];
  return [usd(inputNano, 'input', labels), usd(outputNano, 'output', labels)];
}

function eachTarget(
  payer: PayerCounts,
  read: (target: TargetCounts, labels: Labels) => Point<number>[],
): Point<number>[] {
  return [...payer.targets.values()].flatMap((target) => read(target, { ...labelsOf(payer), ...targetLabels(target) }));
}

const costs = (payer: PayerCounts): Point<number>[] =>
  eachTarget(payer, ({ cost }, labels) => {
    const parts = [
      usd(cost.inputNano, 'input', labels),
      usd(cost.cacheReadNano, 'cache_read', labels),
      usd(cost.cacheWriteNano, 'cache_write', labels),
      usd(cost.outputNano, 'output', labels),
      usd(cost.otherNano, 'other', labels),
    ];
    return parts.filter(({ value }) => value > 0);
  });

const tokens = (payer: PayerCounts): Point<number>[] =>
  eachTarget(payer, (target, labels) => [
    ...counted(target.tokens.input, { ...labels, [LABEL.tokenType]: 'input' }),
    ...counted(target.tokens.output, { ...labels, [LABEL.tokenType]: 'output' }),
    ...counted(target.tokens.cacheRead, { ...labels, [LABEL.tokenType]: 'cache_read' }),
    ...counted(target.tokens.cacheWrite, { ...labels, [LABEL.tokenType]: 'cache_write' }),
    ...counted(target.tokens.reasoning, { ...labels, [LABEL.tokenType]: 'reasoning' }),
    ...counted(target.tokens.audio, { ...labels, [LABEL.tokenType]: 'audio' }),
    ...counted(target.tokens.image, { ...labels, [LABEL.tokenType]: 'image' }),
  ]);

const byKey =
  (read: (target: TargetCounts) => ReadonlyMap<string, number>, label: string) =>
  (payer: PayerCounts): Point<number>[] =>
    eachTarget(payer, (target, labels) =>
      [...read(target)].map(([key, value]) => ({ labels: { ...labels, [label]: key }, value })),
    );

const hedges = (payer: PayerCounts): Point<number>[] =>
  eachTarget(payer, (target, labels) => counted(target.hedges, labels));

const unpriced = (payer: PayerCounts): Point<number>[] => [
  ...counted(payer.unpricedEstimates, { ...labelsOf(payer), [LABEL.stage]: 'estimate' }),
  ...counted(payer.unpricedAttempts, { ...labelsOf(payer), [LABEL.stage]: 'attempt' }),
];

const counted = (value: number, labels: Labels): Point<number>[] => (value === 0 ? [] : [{ labels, value }]);

/** A target that was tried and is not told of is nominal: its breaker is closed. */
function breakerMetrics({ counters, targets }: MetricsSource): Metric[] {
  if (targets === undefined) return [];
  const facts = new Map(Object.entries(targets()));
  const names = new Set([...[...counters.times()].map(({ target }) => target), ...facts.keys()]);
  const points = [...names].flatMap((name) => {
    const state = facts.get(name)?.breaker ?? 'closed';
    return BREAKER_STATES.map((each) => ({
      labels: { ...targetLabels(splitTarget(name)), [LABEL.breakerState]: each },
      value: each === state ? 1 : 0,
    }));
  });
  return [{ kind: 'gauge', name: METRIC.breaker, points }];
}

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
