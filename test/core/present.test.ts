import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Decision } from '../../src/core/decision.ts';
import { presentDecision, presentNano } from '../../src/core/present.ts';

const policy = { revision: '4f2c', digest: 'sha256:ab', entrypoint: 'turnpike/decision' };
const attribution = { team: 'search', application: 'assistant', environment: 'prod', cost_center: 'cc-7' };
const timeouts = { connect_ms: 2000, first_token_ms: 8000, idle_ms: 15000, total_ms: 60000 };

const allowed: Decision = {
  id: '019aaaaa-0000-7000-8000-000000000001',
  policy,
  document: {
    outcome: 'allow',
    reasons: [],
    route: [{ target: 'acme/large', max_output_tokens: 800, retries: 1, timeouts }],
    fallback_on: ['timeout'],
    hedge: { after_ms: 900 },
    envelope: { deadline_ms: 60000, max_attempts: 4, max_cost_nano_usd: 50000000 },
    hold: { wait_ms: 2000, clamp: true, when_away: 'deny' },
    budgets: ['team-search-month'],
    limits: [],
    obligations: [{ kind: 'cap_output', value: 800 }],
    attribution,
  },
  estimate: {
    kind: 'priced',
    cost: {
      target: 'acme/large',
      price_id: 'acme-large-1',
      input_nano_usd: 1n,
      output_nano_usd: 2n ** 53n,
      total_nano_usd: 2n ** 53n + 1n,
    },
  },
  decided_at_ms: 1_795_384_800_123,
};

const throttled: Decision = {
  id: '019aaaaa-0000-7000-8000-000000000002',
  policy,
  document: {
    outcome: 'throttle',
    reasons: [{ code: 'rate_limited', rule: 'budget.limit', message: 'later' }],
    route: [],
    budgets: [],
    limits: ['team-search-rpm'],
    obligations: [],
    attribution,
    retry_after_ms: 1500,
  },
  estimate: { kind: 'none' },
  decided_at_ms: 0,
  fault: { code: 'evaluation_failed', message: 'the inside of a policy' },
};

test('an allow is one flat document with its route, envelope, policy and split estimate', () => {
  assert.deepEqual(presentDecision(allowed), {
    id: '019aaaaa-0000-7000-8000-000000000001',
    outcome: 'allow',
    reasons: [],
    route: [{ target: 'acme/large', max_output_tokens: 800, retries: 1, timeouts }],
    fallback_on: ['timeout'],
    hedge: { after_ms: 900 },
    envelope: { deadline_ms: 60000, max_attempts: 4, max_cost_nano_usd: 50000000 },
    hold: { wait_ms: 2000, clamp: true, when_away: 'deny' },
    budgets: ['team-search-month'],
    limits: [],
    obligations: [{ kind: 'cap_output', value: 800 }],
    attribution,
    policy,
    estimate: {
      kind: 'priced',
      target: 'acme/large',
      price_id: 'acme-large-1',
      input_nano_usd: 1,
      output_nano_usd: '9007199254740992',
      total_nano_usd: '9007199254740993',
    },
    decided_at: '2026-11-22T22:00:00.123Z',
  });
});

test('a refusal has no allow-only field, and what broke inside the policy stays inside', () => {
  assert.deepEqual(presentDecision(throttled), {
    id: '019aaaaa-0000-7000-8000-000000000002',
    outcome: 'throttle',
    reasons: [{ code: 'rate_limited', rule: 'budget.limit', message: 'later' }],
    route: [],
    budgets: [],
    limits: ['team-search-rpm'],
    obligations: [],
    attribution,
    retry_after_ms: 1500,
    policy,
    estimate: { kind: 'none' },
    decided_at: '1970-01-01T00:00:00.000Z',
  });
});

test('an unpriced target names itself and no amount', () => {
  const unpriced = presentDecision({ ...allowed, estimate: { kind: 'unpriced', target: 'acme/large' } });
  assert.deepEqual(unpriced.estimate, { kind: 'unpriced', target: 'acme/large' });
});

test('every amount of nano-USD survives JSON without losing a digit', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (nano) => {
      const wire: unknown = JSON.parse(JSON.stringify(presentNano(nano)));
      assert.equal(BigInt(wire as number | string), nano); // the only two types that presentNano makes
      const exact = nano <= 2n ** 53n - 1n && nano >= -(2n ** 53n - 1n);
      assert.equal(typeof wire, exact ? 'number' : 'string');
    }),
  );
});
