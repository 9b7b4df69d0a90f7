/**
 * The only spelling of every name that telemetry emits, with its unit and meaning. `docs/telemetry.md` shows the same
 * table, and a test holds the two together. Imports nothing; cannot fail.
 * `gen_ai.*`, `rpc.*`, `http.*`, `security_rule.*` and `error.type` are OpenTelemetry's own; what is ours is `turnpike.*`.
 */

/** Which span carries it: one per arrival, one per decision, one per attempt, made or reported. */
export type SpanRole = 'server' | 'decide' | 'attempt';

export interface AttributeName {
  readonly name: string;
  /** Unit or type of the value. */
  readonly unit: string;
  readonly on: readonly SpanRole[];
  readonly meaning: string;
}

const EVERY: readonly SpanRole[] = ['server', 'decide', 'attempt'];

// biome-ignore format: a table, one name a row
export const ATTRIBUTE = {
  // Who pays: on every span, because most backends cannot join a child to its parent.
  team: { name: 'turnpike.team', unit: 'string', on: EVERY, meaning: 'team that the call is attributed to; `unattributed` when a report matches no decision, `several` on a batch over several teams' },
  application: { name: 'turnpike.application', unit: 'string', on: EVERY, meaning: 'application of the caller' },
  environment: { name: 'turnpike.environment', unit: 'string', on: EVERY, meaning: "environment of the caller (not the engine's own)" },
  costCenter: { name: 'turnpike.cost_center', unit: 'string', on: EVERY, meaning: 'cost centre that policy attributed' },
  keyId: { name: 'turnpike.key.id', unit: 'string', on: ['server', 'decide'], meaning: 'public name of the API key; never the key or its hash' },
  tag: { name: 'turnpike.tag.<key>', unit: 'string', on: EVERY, meaning: 'attributed tag; at most 16 of 128 characters, allow-listed by `telemetry.tags`' },
  baggage: { name: 'turnpike.baggage.<key>', unit: 'string', on: ['server'], meaning: 'W3C baggage entry; only keys named in `telemetry.baggage`' },
  decisionId: { name: 'turnpike.decision.id', unit: 'UUIDv7', on: EVERY, meaning: 'id of the decision; on a server span only when it made exactly one' },

  // What was decided.
  outcome: { name: 'turnpike.decision.outcome', unit: 'allow, deny, throttle', on: ['server', 'decide'], meaning: 'the answer; a deny is not a span error' },
  reason: { name: 'turnpike.decision.reason', unit: 'code', on: ['server', 'decide'], meaning: 'code of the deciding reason' },
  rule: { name: 'turnpike.rule', unit: 'string', on: ['decide'], meaning: 'rule that decided; `engine` when none did' },
  securityRule: { name: 'security_rule.name', unit: 'string', on: ['decide'], meaning: 'the same, under the name that security tools read' },
  policyRevision: { name: 'turnpike.policy.revision', unit: 'string', on: ['server', 'decide'], meaning: 'git commit of the policy that answered' },
  policyDigest: { name: 'turnpike.policy.digest', unit: 'sha256:hex', on: ['decide'], meaning: 'digest of the bundle' },
  policyEntrypoint: { name: 'turnpike.policy.entrypoint', unit: 'string', on: ['decide'], meaning: 'entry point that was asked' },
  routeTarget: { name: 'turnpike.route.target', unit: 'provider/model', on: ['decide'], meaning: 'first target of the route' },
  routeCount: { name: 'turnpike.route.count', unit: '{target}', on: ['decide'], meaning: 'targets in the route' },
  routeTargets: { name: 'turnpike.route.targets', unit: 'list', on: ['decide'], meaning: 'the route in fallback order; the first 8; left out when the route has one target' },
  obligations: { name: 'turnpike.obligations', unit: 'list', on: ['decide'], meaning: 'obligations as `kind=value`; the first 8' },
  budgets: { name: 'turnpike.budgets', unit: 'list', on: ['decide'], meaning: 'ids of the budgets that the call draws on; the first 8' },
  budgetId: { name: 'turnpike.budget.id', unit: 'string', on: ['decide'], meaning: 'the binding budget: worst state, then highest utilization' },
  budgetState: { name: 'turnpike.budget.state', unit: 'ok, warn, exhausted', on: ['decide'], meaning: 'state of the binding budget' },
  budgetUtilization: { name: 'turnpike.budget.utilization', unit: '1', on: ['decide'], meaning: '(settled + held) / limit of the binding budget' },
  retryAfter: { name: 'turnpike.retry_after_ms', unit: 'ms', on: ['decide'], meaning: 'when to come back, with `throttle`' },

  // What it may cost: plain tokens at the first target, in the standard tier. Never add it to `turnpike.cost.*`.
  estimateNano: { name: 'turnpike.estimate.nano_usd', unit: 'nano-USD', on: ['decide'], meaning: 'estimated cost; left out when the target has no price' },
  estimateInputNano: { name: 'turnpike.estimate.input_nano_usd', unit: 'nano-USD', on: ['decide'], meaning: 'input share of the estimate' },
  estimateOutputNano: { name: 'turnpike.estimate.output_nano_usd', unit: 'nano-USD', on: ['decide'], meaning: 'output share of the estimate' },
  estimateUsd: { name: 'turnpike.estimate.usd', unit: 'USD', on: ['decide'], meaning: 'the estimate as a double, for tools that cannot divide' },
  estimateState: { name: 'turnpike.estimate.state', unit: 'priced, unpriced, uncounted, none', on: ['decide'], meaning: '`unpriced`: routed and no price known; `uncounted`: the call does not say its input tokens; `none`: nothing routed' },
  requestEstimateNano: { name: 'turnpike.request.estimate_nano_usd', unit: 'nano-USD', on: ['server'], meaning: 'inclusive: sum of the estimates of all decisions of the request' },
  requestDecisions: { name: 'turnpike.request.decisions', unit: '{decision}', on: ['server'], meaning: 'decisions made under the request' },

  // What it did cost: the only summable cost.
  costNano: { name: 'turnpike.cost.nano_usd', unit: 'nano-USD', on: ['attempt'], meaning: 'cost of the attempt, the sum of its parts; the only attribute to sum; left out when unknown' },
  costInputNano: { name: 'turnpike.cost.input_nano_usd', unit: 'nano-USD', on: ['attempt'], meaning: 'input share: what came from no cache, audio and images included' },
  costCacheReadNano: { name: 'turnpike.cost.cache_read_nano_usd', unit: 'nano-USD', on: ['attempt'], meaning: 'share of what was read from a cache; left out when nothing' },
  costCacheWriteNano: { name: 'turnpike.cost.cache_write_nano_usd', unit: 'nano-USD', on: ['attempt'], meaning: 'share of what was written to a cache; left out when nothing' },
  costOutputNano: { name: 'turnpike.cost.output_nano_usd', unit: 'nano-USD', on: ['attempt'], meaning: 'output share, reasoning included' },
  costOtherNano: { name: 'turnpike.cost.other_nano_usd', unit: 'nano-USD', on: ['attempt'], meaning: 'what is charged for a request as such; left out when nothing' },
  costUsd: { name: 'turnpike.cost.usd', unit: 'USD', on: ['attempt'], meaning: 'the cost as a double' },
  costState: { name: 'turnpike.cost.state', unit: 'priced, unpriced, unknown, none', on: ['attempt'], meaning: '`unpriced`: no price known; `unknown`: no usage known; `none`: it never reached a model' },
  costEstimated: { name: 'turnpike.cost.estimated', unit: 'boolean', on: ['attempt'], meaning: 'true where tokens were estimated, or where the price card does not list the tier' },
  requestCostNano: { name: 'turnpike.request.cost_nano_usd', unit: 'nano-USD', on: ['server'], meaning: 'inclusive: sum of the costs of the attempts that the request made or reported; left out when one is not known' },
  requestCostState: { name: 'turnpike.request.cost_state', unit: 'complete, incomplete', on: ['server'], meaning: '`incomplete`: an attempt is unpriced or its usage unknown' },
  priceId: { name: 'turnpike.price.id', unit: 'string', on: ['decide', 'attempt'], meaning: 'price card that was applied' },
  priceTier: { name: 'turnpike.price.tier', unit: 'string', on: ['attempt'], meaning: 'prices of the card that were applied: `standard`, `long_context`, `batch`, `flex`, `priority`' },
  usageSource: { name: 'turnpike.usage.source', unit: 'exact, estimated, unknown', on: ['attempt'], meaning: 'how the tokens are known; unknown is not zero' },

  // What was tried, and what served.
  target: { name: 'turnpike.target', unit: 'provider/model', on: ['attempt'], meaning: 'target of the attempt' },
  attemptIndex: { name: 'turnpike.attempt.index', unit: 'int', on: ['attempt'], meaning: 'from 0, in the order in which the attempts of a request started; left out of a report' },
  attemptReason: { name: 'turnpike.attempt.reason', unit: 'initial, retry, fallback, hedge', on: ['attempt'], meaning: 'why it was made; left out of a report' },
  fallbackReason: { name: 'turnpike.fallback.reason', unit: 'closed list', on: ['attempt'], meaning: 'with `fallback`: how the attempt before ended' },
  retryReason: { name: 'turnpike.retry.reason', unit: 'closed list', on: ['attempt'], meaning: 'with `retry`: how the attempt before ended' },
  attemptOutcome: { name: 'turnpike.attempt.outcome', unit: 'closed list', on: ['attempt'], meaning: '`ok`, `rate_limited`, `timeout` and so on' },
  outputStarted: { name: 'turnpike.attempt.output_started', unit: 'boolean', on: ['attempt'], meaning: 'true where it failed after output had reached the client' },
  vendorCode: { name: 'turnpike.attempt.vendor_code', unit: 'string', on: ['attempt'], meaning: "the vendor's own code of a failure, such as `rate_limit_exceeded`" },
  reportId: { name: 'turnpike.report.id', unit: 'string', on: ['attempt'], meaning: 'idempotency key of the report; left out of an attempt of the gateway' },
  requestAttempts: { name: 'turnpike.request.attempts', unit: '{attempt}', on: ['server'], meaning: 'attempts that the gateway made for the request' },
  requestFallbacks: { name: 'turnpike.request.fallbacks', unit: '{attempt}', on: ['server'], meaning: 'of them, those at another target because one failed' },
  modelRequested: { name: 'turnpike.request.model_requested', unit: 'string', on: ['server'], meaning: 'alias or name that was asked for; left out where policy chose' },
  modelServed: { name: 'turnpike.request.model_served', unit: 'provider/model', on: ['server'], meaning: 'target that answered; left out where none did' },

  // OpenTelemetry's own names.
  operation: { name: 'gen_ai.operation.name', unit: 'string', on: ['decide', 'attempt'], meaning: '`chat`, `embeddings` and so on' },
  provider: { name: 'gen_ai.provider.name', unit: 'string', on: ['attempt'], meaning: 'provider of the target' },
  requestModel: { name: 'gen_ai.request.model', unit: 'string', on: ['decide', 'attempt'], meaning: 'decide: alias or name that was asked for; attempt: model of the target' },
  responseId: { name: 'gen_ai.response.id', unit: 'string', on: ['attempt'], meaning: "the vendor's id of the answer" },
  responseModel: { name: 'gen_ai.response.model', unit: 'string', on: ['attempt'], meaning: "the model's own name for itself" },
  finishReasons: { name: 'gen_ai.response.finish_reasons', unit: 'list', on: ['attempt'], meaning: 'why the model stopped: `stop`, `length`, `tool_calls` and so on' },
  inputTokens: { name: 'gen_ai.usage.input_tokens', unit: '{token}', on: ['attempt'], meaning: 'input tokens, cached ones included' },
  outputTokens: { name: 'gen_ai.usage.output_tokens', unit: '{token}', on: ['attempt'], meaning: 'output tokens, reasoning included' },
  cacheReadTokens: { name: 'gen_ai.usage.cache_read.input_tokens', unit: '{token}', on: ['attempt'], meaning: 'of the input, read from a cache' },
  cacheWriteTokens: { name: 'gen_ai.usage.cache_write.input_tokens', unit: '{token}', on: ['attempt'], meaning: 'of the input, written to a cache, for any lifetime' },
  reasoningTokens: { name: 'gen_ai.usage.reasoning.output_tokens', unit: '{token}', on: ['attempt'], meaning: 'of the output, reasoning' },
  inputAudioTokens: { name: 'gen_ai.usage.audio.input_tokens', unit: '{token}', on: ['attempt'], meaning: 'of the input, audio' },
  outputAudioTokens: { name: 'gen_ai.usage.audio.output_tokens', unit: '{token}', on: ['attempt'], meaning: 'of the output, audio' },
  inputImageTokens: { name: 'gen_ai.usage.image.input_tokens', unit: '{token}', on: ['attempt'], meaning: 'of the input, images' },
  outputImageTokens: { name: 'gen_ai.usage.image.output_tokens', unit: '{token}', on: ['attempt'], meaning: 'of the output, images' },
  firstChunk: { name: 'gen_ai.response.time_to_first_chunk', unit: 's', on: ['attempt'], meaning: 'from the start of the attempt to its first token' },
  serverAddress: { name: 'server.address', unit: 'string', on: ['attempt'], meaning: "host that the vendor's API was asked at; left out of a report, and where the vendor is simulated" },
  serverPort: { name: 'server.port', unit: 'int', on: ['attempt'], meaning: 'port of it' },
  rpcSystem: { name: 'rpc.system.name', unit: 'string', on: ['server'], meaning: '`grpc`' },
  rpcMethod: { name: 'rpc.method', unit: 'string', on: ['server'], meaning: 'full name of the method' },
  rpcStatus: { name: 'rpc.status_code', unit: 'string', on: ['server'], meaning: 'gRPC status by name' },
  httpMethod: { name: 'http.request.method', unit: 'string', on: ['server'], meaning: 'HTTP method' },
  httpRoute: { name: 'http.route', unit: 'string', on: ['server'], meaning: 'route template' },
  httpStatus: { name: 'http.response.status_code', unit: 'int', on: ['server', 'attempt'], meaning: 'server: HTTP status of our answer; attempt: of a vendor that refused' },
  errorType: { name: 'error.type', unit: 'code', on: EVERY, meaning: 'set where the span is an error: failure code, fault code or outcome of the attempt' },
  failure: { name: 'turnpike.failure', unit: 'code', on: ['server'], meaning: "why the request was refused, the caller's faults included" },
} as const satisfies Record<string, AttributeName>;

/** Most tags on one span, and most characters of a tag's value. */
export const TAG_BOUNDS = { count: 16, keyChars: 64, valueChars: 128 } as const;

/** Most entries of a list attribute. */
export const LIST_BOUND = 8;

export const SPAN_NAME = { decide: 'turnpike.decide' } as const;
/** Instrumentation scope of every span and metric. */
export const SCOPE_NAME = 'turnpike';
