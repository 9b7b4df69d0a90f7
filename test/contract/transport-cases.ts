/** Cases of the transport contract, as data. */
import type { Decision } from '../../src/core/decision.ts';
import type { Fault } from '../../src/core/failure.ts';

const POLICY = { revision: '3f9c2d1', digest: `sha256:${'ab'.repeat(32)}`, entrypoint: 'turnpike/decision' };
const ATTRIBUTION = { team: 'search', application: 'assistant', environment: 'prod' };
const TIMEOUTS = {
  connect_ms: 2000,
  first_token_ms: 8000,
  idle_ms: 15_000,
  total_ms: 60_000,
  throughput: { window_ms: 10_000, min_units: 0 },
};

/** 0190b2a4-… ids only differ in their last digits; what matters is that they come back as they were. */
const id = (last: number): string => `0190b2a4-7c3e-7d12-9f00-${String(last).padStart(12, '0')}`;

export const DECISIONS: readonly { readonly name: string; readonly decision: Decision }[] = [
  {
    name: 'an allow with everything that a decision can say',
    decision: {
      id: id(1),
      policy: POLICY,
      decided_at_ms: 1_795_392_000_123,
      estimate: {
        kind: 'priced',
        cost: {
          target: 'anthropic/claude-x',
          price_id: 'claude-x-2026-09',
          input_nano_usd: 3_702_000n,
          output_nano_usd: 12_000_000n,
          total_nano_usd: 15_702_000n,
        },
      },
      document: {
        outcome: 'allow',
        reasons: [{ code: 'allowed', rule: 'access.allowed', message: 'erlaubt für „Suche“ 検索 🚦' }],
        route: [
          { target: 'anthropic/claude-x', max_output_tokens: 800, retries: 1, timeouts: TIMEOUTS },
          { target: 'openai/gpt-x', max_output_tokens: 640, retries: 0, timeouts: TIMEOUTS },
        ],
        fallback_on: ['rate_limited', 'timeout', 'context_length'],
        hedge: { after_ms: 900 },
        envelope: { deadline_ms: 60_000, max_attempts: 4, max_cost_nano_usd: 9_007_199_254_740_991 },
        hold: { wait_ms: 2000, clamp: true, when_away: 'allowance', allowance_nano_usd: 9_007_199_254_740_991 },
        budgets: ['team-search-month', 'app-assistant-day'],
        limits: ['team-search-rpm'],
        obligations: [
          { kind: 'cap_output', value: 800 },
          { kind: 'downgrade', value: 'budget team-search-month is at 93 %' },
          { kind: 'warn', value: 'nearly there' },
        ],
        attribution: { ...ATTRIBUTION, cost_center: 'cc-7', tags: { feature: 'résumé', 'x.y/z': '' } },
      },
    },
  },
  {
    name: 'an allow of the least that there must be, with an estimate past 2^53',
    decision: {
      id: id(2),
      policy: { revision: '', digest: 'sha256:00', entrypoint: 'turnpike/decision' },
      decided_at_ms: 0,
      estimate: {
        kind: 'priced',
        cost: {
          target: 'a/b',
          price_id: 'p',
          input_nano_usd: 0n,
          output_nano_usd: 9_223_372_036_854_775_807n,
          total_nano_usd: 9_223_372_036_854_775_807n,
        },
      },
      document: {
        outcome: 'allow',
        reasons: [],
        route: [{ target: 'a/b', max_output_tokens: 1, retries: 0, timeouts: TIMEOUTS }],
        fallback_on: [],
        envelope: { deadline_ms: 1, max_attempts: 1, max_cost_nano_usd: 0 },
        hold: { wait_ms: 0, clamp: false, allowance_nano_usd: 0 },
        budgets: [],
        limits: [],
        obligations: [],
        attribution: ATTRIBUTION,
      },
    },
  },
  {
    name: 'an allow at a target without a price',
    decision: {
      id: id(3),
      policy: POLICY,
      decided_at_ms: 1_795_392_000_000,
      estimate: { kind: 'unpriced', target: 'selfhosted/llama' },
      document: {
        outcome: 'allow',
        reasons: [{ code: 'allowed', rule: 'access.allowed', message: '' }],
        route: [{ target: 'selfhosted/llama', max_output_tokens: 100_000_000, retries: 10, timeouts: TIMEOUTS }],
        fallback_on: ['timeout'],
        envelope: { deadline_ms: 86_400_000, max_attempts: 32, max_cost_nano_usd: 1 },
        hold: {},
        budgets: [],
        limits: [],
        obligations: [],
        attribution: ATTRIBUTION,
      },
    },
  },
  {
    name: 'a deny',
    decision: {
      id: id(4),
      policy: POLICY,
      decided_at_ms: 1_795_392_000_999,
      estimate: { kind: 'none' },
      document: {
        outcome: 'deny',
        reasons: [
          {
            code: 'model_not_allowed',
            rule: 'access.model_allowlist',
            message: 'team search may not use openai/gpt-x',
          },
          { code: 'outside_hours', rule: 'access.time_window', message: 'after 18:00' },
        ],
        route: [],
        budgets: ['team-search-month'],
        limits: [],
        obligations: [],
        attribution: { ...ATTRIBUTION, tags: { a: 'b' } },
      },
    },
  },
  {
    name: 'a throttle that says to come back at once',
    decision: {
      id: id(5),
      policy: POLICY,
      decided_at_ms: 1_795_392_001_000,
      estimate: { kind: 'none' },
      document: {
        outcome: 'throttle',
        retry_after_ms: 0,
        reasons: [{ code: 'rate_limited', rule: 'budget.limits', message: 'team-search-rpm is exhausted' }],
        route: [],
        budgets: [],
        limits: ['team-search-rpm'],
        obligations: [],
        attribution: ATTRIBUTION,
      },
    },
  },
];

/** What an asker can say, as it must reach the flows. */
export const REQUESTS: readonly { readonly name: string; readonly request: object }[] = [
  { name: 'the least that there must be', request: { call: { operation: 'chat' } } },
  {
    name: 'everything',
    request: {
      call: {
        operation: 'chat',
        model: 'auto',
        task: 'summarize',
        priority: 'interactive',
        stream: true,
        input_tokens: 1234,
        max_output_tokens: 100_000_000,
        needs: ['tools', 'vision'],
        data_class: 'internal',
        region: 'eu',
        tags: { feature: 'résumé 🚦', '': 'empty key', constructor: 'c' },
      },
      caller: {
        subject: 'svc@example',
        team: 'search',
        application: 'assistant',
        environment: 'prod',
        roles: ['developer'],
        key_id: 'k1',
      },
      facts: {
        budgets: [
          {
            id: 'team-search-month',
            state: 'warn',
            utilization: 0.93,
            remaining_nano_usd: 9_007_199_254_740_991,
            resets_at: '2026-12-01T00:00:00Z',
          },
          { id: 'app-assistant-day', state: 'exhausted', utilization: 1, remaining_nano_usd: 0 },
        ],
        limits: [{ id: 'team-search-rpm', state: 'exhausted', retry_after_ms: 2_678_400_000 }],
        targets: {
          'openai/gpt-x': { breaker: 'open', error_rate: 0.4, first_token_p50_ms: 900.5, quality: 0.81 },
          'anthropic/claude-x': {},
        },
      },
      attempts: [{ target: 'openai/gpt-x', outcome: 'rate_limited', output_started: false }],
    },
  },
  {
    name: 'zeros, falses and negatives, which are not the same as absence',
    request: {
      call: { operation: 'embeddings', model: '', stream: false, input_tokens: 0, max_output_tokens: -1 },
      caller: { team: '' },
      facts: {
        budgets: [{ id: 'b', state: 'ok', utilization: 0, remaining_nano_usd: -1 }],
        limits: [{ id: 'l', state: 'ok', retry_after_ms: 0 }],
        targets: { 'a/b': { error_rate: 0 } },
      },
    },
  },
  {
    name: 'values outside of every list, which the schema refuses and the transport does not',
    request: { call: { operation: 'sing', priority: 'whenever', data_class: 'secret' } },
  },
];

const FAULTS: readonly Fault[] = [
  { at: '/call/input_tokens', message: 'must be >= 0 (actual: -1)' },
  { at: '/call/priority', message: 'must be one of ["interactive","standard","batch"] (actual: "whenever")' },
];

/** Words of a failure that a wire could garble. */
export const MESSAGES: readonly {
  readonly name: string;
  readonly message: string;
  readonly faults: readonly Fault[];
}[] = [
  { name: 'a plain sentence', message: 'call.model: missing', faults: [] },
  { name: 'several faults', message: FAULTS.map(({ at, message }) => `${at}: ${message}`).join('; '), faults: FAULTS },
  {
    name: 'percent signs, quotes and other scripts',
    message: '100 % of "résumé" 検索 🚦 \u{1F469}\u200D\u{1F680}',
    faults: [],
  },
];

export const REPORTS: readonly { readonly name: string; readonly report: object }[] = [
  {
    name: 'exact usage with times',
    report: {
      id: 'r-1',
      decision_id: id(1),
      target: 'anthropic/claude-x',
      outcome: 'ok',
      usage: { kind: 'exact', input_tokens: 1200, output_tokens: 0 },
      duration_ms: 2100,
      first_token_ms: 0,
    },
  },
  {
    name: 'unknown usage, which is not zero',
    report: {
      id: 'r-2',
      decision_id: id(1),
      target: 'anthropic/claude-x',
      outcome: 'timeout',
      usage: { kind: 'unknown' },
    },
  },
];
