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
  fallbackReason: 'turnpike.fallback.reason',
  retryReason: 'turnpike.retry.reason',
  breakerState: 'turnpike.breaker.state',
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
  cost: { name: 'turnpike.cost', kind: 'counter', unit: 'USD', labels: [...PAYER, LABEL.provider, LABEL.model, LABEL.component], meaning: 'cost of attempts, by `input`, `cache_read`, `cache_write`, `output` and `other`, which add up' },
  tokens: { name: 'turnpike.tokens', kind: 'counter', unit: '{token}', labels: [...PAYER, LABEL.provider, LABEL.model, LABEL.tokenType], meaning: 'tokens of attempts: `input` and `output` are totals, and `cache_read`, `cache_write`, `reasoning`, `audio` and `image` are parts of them; never add the two' },
  attempts: { name: 'turnpike.attempts', kind: 'counter', unit: '{attempt}', labels: [...PAYER, LABEL.provider, LABEL.model, LABEL.attemptOutcome], meaning: 'attempts, made or reported' },
  fallbacks: { name: 'turnpike.fallbacks', kind: 'counter', unit: '{attempt}', labels: [...PAYER, LABEL.provider, LABEL.model, LABEL.fallbackReason], meaning: 'attempts at a target because the one before it failed, by how that ended' },
  retries: { name: 'turnpike.retries', kind: 'counter', unit: '{attempt}', labels: [...PAYER, LABEL.provider, LABEL.model, LABEL.retryReason], meaning: 'further attempts at the same target, by how the one before ended' },
  hedges: { name: 'turnpike.hedges', kind: 'counter', unit: '{attempt}', labels: [...PAYER, LABEL.provider, LABEL.model], meaning: 'attempts made beside one that was slow' },
  attemptDuration: { name: 'turnpike.attempt.duration', kind: 'histogram', unit: 's', labels: [LABEL.provider, LABEL.model], meaning: 'from the start of an attempt to its end, of a stream to the last byte' },
  firstToken: { name: 'turnpike.attempt.time_to_first_token', kind: 'histogram', unit: 's', labels: [LABEL.provider, LABEL.model], meaning: 'from the start of an attempt to its first token' },
  breaker: { name: 'turnpike.breaker', kind: 'gauge', unit: '1', labels: [LABEL.provider, LABEL.model, LABEL.breakerState], meaning: '1 for the state that the breaker of a target is in: `closed`, `half_open`, `open`; told of every target that was tried' },
  unpriced: { name: 'turnpike.unpriced', kind: 'counter', unit: '{call}', labels: [...PAYER, LABEL.stage], meaning: 'decisions (`estimate`) and attempts (`attempt`) whose target has no price' },
  unknownUsage: { name: 'turnpike.usage.unknown', kind: 'counter', unit: '{attempt}', labels: PAYER, meaning: 'attempts that reached a model and whose tokens nobody knows: their cost is missing from `turnpike.cost`' },
  overflow: { name: 'turnpike.metrics.overflow', kind: 'counter', unit: '{record}', labels: [], meaning: 'records counted under `other` because a bound on label values was reached; attribution is lost in metrics, not in spans' },
  policyAge: { name: 'turnpike.policy.age_seconds', kind: 'gauge', unit: 's', labels: [], meaning: 'since the last successful sync of the policy; absent when there was none' },
  policyState: { name: 'turnpike.policy.state', kind: 'gauge', unit: '1', labels: [LABEL.state], meaning: '1 for the state that holds: `never_activated`, `serving`, `serving_last_good`, `stale`' },
  spansDropped: { name: 'turnpike.telemetry.spans_dropped', kind: 'counter', unit: '{span}', labels: [LABEL.error], meaning: 'spans that never left: `queue_full` or `export_failed`' },
} as const satisfies Record<string, MetricName>;

/** Upper bounds of the histogram of decisions, in seconds. */
export const DURATION_BOUNDS_S: readonly number[] = [
  0.000_01, 0.000_02, 0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1,
];

/** Upper bounds of the histograms of attempts, in seconds. */
export const ATTEMPT_BOUNDS_S: readonly number[] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300];

export const BREAKER_STATES = ['closed', 'half_open', 'open'] as const;

export const POLICY_STATES = ['never_activated', 'serving', 'serving_last_good', 'stale'] as const;
