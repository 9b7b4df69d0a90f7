/** The only spelling of every metric and label. Imports nothing; cannot fail. */

export interface MetricName {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly unit: string;
  readonly labels: readonly string[];
  readonly meaning: string;
}

export const LABEL = {
  team: 'turnpike.team',
  application: 'turnpike.application',
  environment: 'turnpike.environment',
  outcome: 'turnpike.decision.outcome',
  reason: 'turnpike.decision.reason',
  component: 'turnpike.cost.component',
  provider: 'gen_ai.provider.name',
  model: 'gen_ai.request.model',
  tokenType: 'gen_ai.token.type',
  attemptOutcome: 'turnpike.attempt.outcome',
  stage: 'turnpike.stage',
  state: 'turnpike.policy.state',
  error: 'error.type',
} as const;

const PAYER = [LABEL.team, LABEL.application, LABEL.environment] as const;

// biome-ignore format: a table, one metric a row
export const METRIC = {
  decisions: { name: 'turnpike.decisions', kind: 'counter', unit: '{decision}', labels: [LABEL.outcome, LABEL.reason, ...PAYER], meaning: 'decisions made' },
  decisionDuration: { name: 'turnpike.decision.duration', kind: 'histogram', unit: 's', labels: [LABEL.outcome], meaning: 'from the request to its decision' },
  estimateCost: { name: 'turnpike.estimate.cost', kind: 'counter', unit: 'USD', labels: [...PAYER, LABEL.component], meaning: 'estimated cost of what was allowed, input and output apart; never add it to `turnpike.cost`' },
  cost: { name: 'turnpike.cost', kind: 'counter', unit: 'USD', labels: [...PAYER, LABEL.provider, LABEL.model, LABEL.component], meaning: 'cost of reported attempts, input and output apart' },
  tokens: { name: 'turnpike.tokens', kind: 'counter', unit: '{token}', labels: [...PAYER, LABEL.provider, LABEL.model, LABEL.tokenType], meaning: 'tokens of reported attempts' },
  attempts: { name: 'turnpike.attempts', kind: 'counter', unit: '{attempt}', labels: [...PAYER, LABEL.provider, LABEL.model, LABEL.attemptOutcome], meaning: 'reported attempts' },
  unpriced: { name: 'turnpike.unpriced', kind: 'counter', unit: '{call}', labels: [...PAYER, LABEL.stage], meaning: 'decisions (`estimate`) and attempts (`report`) whose target has no price' },
  unknownUsage: { name: 'turnpike.usage.unknown', kind: 'counter', unit: '{attempt}', labels: PAYER, meaning: 'attempts whose tokens nobody knows: their cost is missing from `turnpike.cost`' },
  overflow: { name: 'turnpike.metrics.overflow', kind: 'counter', unit: '{record}', labels: [], meaning: 'records counted under `other` because a bound on label values was reached; attribution is lost in metrics, not in spans' },
  policyAge: { name: 'turnpike.policy.age_seconds', kind: 'gauge', unit: 's', labels: [], meaning: 'since the last successful sync of the policy; absent when there was none' },
  policyState: { name: 'turnpike.policy.state', kind: 'gauge', unit: '1', labels: [LABEL.state], meaning: '1 for the state that holds: `never_activated`, `serving`, `serving_last_good`, `stale`' },
  spansDropped: { name: 'turnpike.telemetry.spans_dropped', kind: 'counter', unit: '{span}', labels: [LABEL.error], meaning: 'spans that never left: `queue_full` or `export_failed`' },
} as const satisfies Record<string, MetricName>;

/** Upper bounds of the duration histogram, in seconds. */
export const DURATION_BOUNDS_S: readonly number[] = [
  0.000_01, 0.000_02, 0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1,
];

export const POLICY_STATES = ['never_activated', 'serving', 'serving_last_good', 'stale'] as const;
