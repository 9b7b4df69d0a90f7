import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../src/core/failure.ts';
import { compileCard } from '../../src/core/price-card.ts';
import type { PolicyHolder } from '../../src/engine/active-policy.ts';
import { createDecisionCheck, createInputCheck } from '../../src/engine/documents.ts';
import { createEngine, type Engine, type EngineRequest } from '../../src/engine/engine.ts';
import { createRequestFacts, createStaticFacts } from '../../src/state/facts.ts';
import { countingRandom, setClock } from '../support/clock.ts';
import { ALLOW, neverActivated, scriptedPolicy } from '../support/scripted-policy.ts';

const NOON_MS = Date.parse('2026-11-22T12:34:56.789Z');
const CALLER = { team: 'search', application: 'assistant', environment: 'prod' };
const REQUEST: EngineRequest = { call: { operation: 'chat', input_tokens: 1000 }, caller: CALLER };

const engineOf = (policy: PolicyHolder, timeZone?: string): Engine =>
  createEngine(
    {
      policy,
      facts: createRequestFacts(),
      clock: setClock(NOON_MS),
      random: countingRandom(),
      checkInput: createInputCheck(),
      checkDecision: createDecisionCheck(),
    },
    timeZone === undefined ? {} : { timeZone },
  );

const failsWith = (code: Failure['code'], message: RegExp) => (error: unknown) =>
  error instanceof Failure && error.code === code && message.test(error.message);

test('an allow comes back whole, with id, policy and estimate', async () => {
  const prices = { input_pico_usd: 3_000_000, output_pico_usd: 15_000_000 };
  const card = compileCard({ id: 'gpt-x@2026', effective_from: '1970-01-01', ...prices }, 0);
  const policy = scriptedPolicy(() => ALLOW, new Map([['openai/gpt-x', [card]]]));
  const decision = await engineOf(policy).decide(REQUEST);
  assert.match(decision.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  assert.deepEqual(decision.document, ALLOW);
  assert.deepEqual(decision.policy, { revision: 'r1', digest: 'sha256:00', entrypoint: 'turnpike/decision' });
  assert.equal(decision.decided_at_ms, NOON_MS);
  assert.equal(decision.fault, undefined);
  assert.deepEqual(decision.estimate, {
    kind: 'priced',
    cost: {
      target: 'openai/gpt-x',
      price_id: 'gpt-x@2026',
      input_nano_usd: 3_000_000n,
      output_nano_usd: 1_500_000n,
      total_nano_usd: 4_500_000n,
    },
  });
});

test('the policy sees call, caller, facts, attempts and the local time, and nothing else', async () => {
  let seen: unknown;
  const policy = scriptedPolicy((input) => {
    seen = input;
    return ALLOW;
  });
  const budgets = [{ id: 'b', state: 'warn' as const }];
  const attempts = [{ target: 'a/b', outcome: 'timeout' as const }];
  await engineOf(policy, 'America/New_York').decide({ ...REQUEST, facts: { budgets }, attempts });
  assert.deepEqual(seen, {
    call: REQUEST.call,
    caller: CALLER,
    budgets,
    limits: [],
    targets: {},
    attempts,
    now: { unix_ms: NOON_MS, date: '2026-11-22', weekday: 'sun', hour: 7 },
  });
});

const broken: readonly (readonly [string, (input: unknown) => unknown, string])[] = [
  ['undefined', () => undefined, 'no_decision'],
  ['a bare true', () => true, 'invalid_decision'],
  ['a list', () => [ALLOW], 'invalid_decision'],
  ['an allow without a route', () => ({ ...ALLOW, route: [] }), 'invalid_decision'],
  ['an allow with a field too many', () => ({ ...ALLOW, surprise: 1 }), 'invalid_decision'],
  ['an outcome that does not exist', () => ({ ...ALLOW, outcome: 'maybe' }), 'invalid_decision'],
  [
    'a fraction of a nano-dollar',
    () => ({ ...ALLOW, envelope: { ...ALLOW.envelope, max_cost_nano_usd: 0.5 } }),
    'invalid_decision',
  ],
  ['an obligation nobody knows', () => ({ ...ALLOW, obligations: [{ kind: 'pray', value: 1 }] }), 'unknown_obligation'],
  [
    "another team's attribution",
    () => ({ ...ALLOW, attribution: { ...ALLOW.attribution, team: 'ads' } }),
    'invalid_decision',
  ],
  [
    'an evaluation that passed its limit',
    () => {
      throw new Failure('evaluation_limit', 'stopped after 1000000 steps');
    },
    'evaluation_limit',
  ],
  [
    'a conflict',
    () => {
      throw new Failure('evaluation_failed', 'policies/x.rego:3:1: object insert conflict');
    },
    'evaluation_failed',
  ],
  [
    'a fault of ours',
    () => {
      throw new TypeError('boom');
    },
    'evaluation_failed',
  ],
];
for (const [name, answer, code] of broken) {
  test(`a policy that gives ${name} is a deny with the code ${code}`, async () => {
    const decision = await engineOf(scriptedPolicy(answer)).decide(REQUEST);
    assert.equal(decision.document.outcome, 'deny');
    assert.deepEqual(
      decision.document.reasons.map((reason) => [reason.code, reason.rule]),
      [[code, 'engine']],
    );
    assert.equal(decision.fault?.code, code);
    assert.deepEqual(decision.document.attribution, CALLER);
    assert.deepEqual(decision.estimate, { kind: 'none' });
    assert.doesNotMatch(JSON.stringify(decision.document), /boom|x\.rego/);
  });
}

const misfits: readonly (readonly [string, object, Failure['code'], RegExp])[] = [
  ['an unknown field', { call: { operation: 'chat', modle: 'x' } }, 'invalid_request', /\/call: unknown field "modle"/],
  [
    'a wrong type',
    { call: { operation: 'chat', input_tokens: '7' } },
    'invalid_request',
    /\/call\/input_tokens: must be integer/,
  ],
  ['an unknown word', { call: { operation: 'sing' } }, 'invalid_request', /\/call\/operation: must be one of .*"sing"/],
  ['two faults, both told', { call: { operation: 'sing', stream: 1 } }, 'invalid_request', /operation.*stream/],
  ['too many needs', { call: { operation: 'chat', needs: new Array(1000).fill('x') } }, 'too_large', /\/call\/needs/],
  ['too long a model', { call: { operation: 'chat', model: 'm'.repeat(10_000) } }, 'too_large', /\/call\/model/],
  [
    'a field named __proto__',
    { call: JSON.parse('{"operation":"chat","__proto__":{"x":1}}') },
    'invalid_request',
    /__proto__/,
  ],
  [
    'facts of a wrong kind',
    { facts: { budgets: [{ id: 'b', state: 'fine' }] } },
    'invalid_request',
    /\/budgets\/0\/state/,
  ],
];
for (const [name, change, code, message] of misfits) {
  test(`a request with ${name} is refused before evaluation`, async () => {
    let asked = 0;
    const policy = scriptedPolicy(() => {
      asked += 1;
      return ALLOW;
    });
    await assert.rejects(engineOf(policy).decide({ ...REQUEST, ...change }), failsWith(code, message));
    assert.equal(asked, 0);
  });
}

test('without an active policy there is no decision', async () => {
  await assert.rejects(engineOf(neverActivated).decide(REQUEST), failsWith('not_ready', /no policy is active/));
});

test('facts from a file stand for those of the request, and told facts are refused', async () => {
  let seen: unknown;
  const policy = scriptedPolicy((input) => {
    seen = input;
    return ALLOW;
  });
  const targets = { 'a/b': { breaker: 'open' as const } };
  const engine = createEngine({
    policy,
    facts: createStaticFacts({ targets }),
    clock: setClock(NOON_MS),
    random: countingRandom(),
    checkInput: createInputCheck(),
    checkDecision: createDecisionCheck(),
  });
  await engine.decide(REQUEST);
  assert.deepEqual((seen as { targets: unknown }).targets, targets); // the scripted policy keeps what it was given
  await assert.rejects(engine.decide({ ...REQUEST, facts: {} }), failsWith('invalid_request', /facts/));
});

const depth = (levels: number): unknown => (levels === 0 ? 1 : { deeper: depth(levels - 1) });
for (const [name, input, message] of [
  ['nested too deep', depth(40), /nested deeper than 32/],
  ['with too many values', new Array(30_000).fill(0), /more than 20000 values/],
  ['with a string too long', 'x'.repeat(70_000), /string of 70000 characters/],
] as const) {
  test(`a raw query ${name} is refused`, () => {
    assert.throws(() => engineOf(scriptedPolicy(() => 1)).query('other/rule', input), failsWith('too_large', message));
  });
}

test('a raw query of what is no entry point is undefined', () => {
  const engine = engineOf(scriptedPolicy(() => 1));
  assert.equal(engine.query('other/rule', {}), 1);
  assert.equal(engine.query('no/such', {}), undefined);
});
