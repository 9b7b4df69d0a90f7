/** Facts, arrivals and a span sink for the tests of this room. */
import type { AttemptCost, AttemptRecord } from '../../src/core/attempt.ts';
import type { AllowDocument, Decision, Estimate, RefusalDocument } from '../../src/core/decision.ts';
import type { Arrival } from '../../src/flows/arrival.ts';
import type { AttemptedFact, DecidedFact, Observer, ReportedFact } from '../../src/flows/observer.ts';
import { AttributeList, type AttributeValue } from '../../src/telemetry/attribute-list.ts';
import { type Counters, createCounters } from '../../src/telemetry/counters.ts';
import { createObserver, type ObserverOptions } from '../../src/telemetry/observe.ts';
import type { FinishedSpan } from '../../src/telemetry/span.ts';
import { createTraceIds } from '../../src/telemetry/trace-ids.ts';

export const SECRET = 'tpk_live_canary_2c9f1e';
export const START_MS = 1_795_384_800_000;

const TIMEOUTS = { connect_ms: 2000, first_token_ms: 8000, idle_ms: 15_000, total_ms: 60_000 };

export const allowDocument: AllowDocument = {
  outcome: 'allow',
  reasons: [{ code: 'allowed', rule: 'access.team_model', message: 'the team may use it' }],
  route: [
    { target: 'anthropic/claude-x', max_output_tokens: 800, retries: 1, timeouts: TIMEOUTS },
    { target: 'openai/gpt-x', max_output_tokens: 800, retries: 0, timeouts: TIMEOUTS },
  ],
  fallback_on: ['rate_limited'],
  envelope: { deadline_ms: 60_000, max_attempts: 4, max_cost_nano_usd: 50_000_000 },
  budgets: ['team-search-month', 'app-assistant-day'],
  limits: [],
  obligations: [{ kind: 'cap_output', value: 800 }],
  attribution: {
    team: 'search',
    application: 'assistant',
    environment: 'prod',
    cost_center: 'cc-7',
    tags: { feature: 'summary' },
  },
};

export const denyDocument: RefusalDocument = {
  outcome: 'deny',
  reasons: [{ code: 'model_not_allowed', rule: 'access.model_allowlist', message: 'not on the list' }],
  route: [],
  budgets: [],
  limits: [],
  obligations: [],
  attribution: { team: 'search', application: 'assistant', environment: 'prod' },
};

export function priced(inputNano: bigint, outputNano: bigint): Estimate {
  return {
    kind: 'priced',
    cost: {
      target: 'anthropic/claude-x',
      price_id: 'anthropic/claude-x@2026-01-01',
      input_nano_usd: inputNano,
      output_nano_usd: outputNano,
      total_nano_usd: inputNano + outputNano,
    },
  };
}

let made = 0;

export function decision(overrides: Partial<Decision> = {}): Decision {
  made += 1;
  return {
    id: `019aac00-0000-7000-8000-${String(made).padStart(12, '0')}`,
    policy: { revision: '0f3c9a1', digest: `sha256:${'ab'.repeat(32)}`, entrypoint: 'turnpike/decision' },
    document: allowDocument,
    estimate: priced(1_234_567n, 8_000_001n),
    decided_at_ms: START_MS,
    ...overrides,
  };
}

export function decided(overrides: Partial<DecidedFact> = {}): DecidedFact {
  return {
    decision: decision(),
    call: { operation: 'chat', model: 'auto' },
    caller: { team: 'search', application: 'assistant', environment: 'prod', key_id: 'key-search-1' },
    startedAtMs: START_MS + 0.25,
    durationMs: 0.0625,
    ...overrides,
  };
}

export function reported(overrides: Partial<ReportedFact> = {}): ReportedFact {
  return {
    report: {
      id: 'r-1',
      decision_id: '019aac00-0000-7000-8000-000000000001',
      target: 'anthropic/claude-x',
      outcome: 'ok',
      usage: { kind: 'exact', input_tokens: 1200, output_tokens: 340 },
      duration_ms: 900,
      first_token_ms: 250,
    },
    attribution: allowDocument.attribution,
    cost: costOf(3_600_000n, 0n, 0n, 5_100_000n, 0n),
    decidedAt: undefined,
    receivedAtMs: START_MS + 2000,
    ...overrides,
  };
}

/** An attempt of the gateway that says everything that an attempt can say. */
export function attempted(overrides: Partial<AttemptRecord> = {}): AttemptedFact {
  const record: AttemptRecord = {
    index: 0,
    reason: 'initial',
    target: 'anthropic/claude-x',
    outcome: 'ok',
    startedAtMs: START_MS + 1.5,
    durationMs: 800.25,
    firstTokenMs: 200,
    outputStarted: true,
    usage: {
      kind: 'exact',
      tokens: {
        input: 1200,
        output: 340,
        cacheRead: 1000,
        cacheWrite: 60,
        cacheWrite1h: 40,
        reasoning: 120,
        inputAudio: 7,
        outputAudio: 8,
        inputImage: 9,
        outputImage: 10,
      },
    },
    cost: costOf(2n, 3n, 4n, 5n, 6n),
    responseId: 'msg_1',
    responseModel: 'claude-x-20260901',
    finish: 'length',
    ...overrides,
  };
  return { record, operation: 'chat', decision: decision() };
}

export function costOf(
  inputNano: bigint,
  cacheReadNano: bigint,
  cacheWriteNano: bigint,
  outputNano: bigint,
  otherNano: bigint,
): Extract<AttemptCost, { kind: 'priced' }> {
  const totalNano = inputNano + cacheReadNano + cacheWriteNano + outputNano + otherNano;
  return {
    kind: 'priced',
    priceId: 'anthropic/claude-x@2026-09-01',
    tier: 'standard',
    items: { inputNano, cacheReadNano, cacheWriteNano, outputNano, otherNano, totalNano },
    estimated: false,
  };
}

export function arrival(overrides: Partial<Arrival> = {}, headers: Readonly<Record<string, string>> = {}): Arrival {
  const sent: Readonly<Record<string, string>> = { authorization: `Bearer ${SECRET}`, ...headers };
  return {
    transport: 'http',
    operation: 'POST /v1/decide',
    credential: { kind: 'bearer', token: SECRET },
    header: (name) => sent[name],
    ...overrides,
  };
}

export interface Watched {
  readonly observer: Observer;
  readonly spans: FinishedSpan[];
  readonly counters: Counters;
}

/** An observer over an array, with a clock that stands still and ids that count. */
export function watch(options: ObserverOptions = {}): Watched {
  const spans: FinishedSpan[] = [];
  const counters = createCounters();
  let drawn = 0;
  const ids = createTraceIds({
    fill(buffer) {
      for (let index = 0; index < buffer.length; index += 1) buffer[index] = (drawn + index) % 251;
      drawn += 7;
    },
  });
  const sink = { record: (span: FinishedSpan) => void spans.push(span) };
  const observer = createObserver({ counters, spans: sink, ids, clock: { nowMs: () => START_MS } }, options);
  return { observer, spans, counters };
}

export function attributesOf(span: FinishedSpan): Record<string, AttributeValue> {
  const found: Record<string, AttributeValue> = {};
  const own = new AttributeList();
  span.own(own);
  for (const list of [...span.shared, own]) {
    for (const [index, key] of list.keys.entries()) {
      const value = list.values[index];
      if (value !== undefined) found[key] = value;
    }
  }
  return found;
}

/** The one span of a name; a test with none or two of them fails here. */
export function only(spans: readonly FinishedSpan[], name: string): FinishedSpan {
  const [first, second] = spans.filter((span) => span.name === name);
  if (first === undefined || second !== undefined) {
    throw new Error(`wanted one span "${name}", have ${spans.map((span) => span.name).join(', ')}`);
  }
  return first;
}
