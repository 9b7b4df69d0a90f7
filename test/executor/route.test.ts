import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AttemptFailure } from '../../src/core/attempt-failure.ts';
import type { RouteStep } from '../../src/core/decision.ts';
import { Failure, type FailureCode } from '../../src/core/failure.ts';
import type { Order } from '../../src/executor/execution.ts';
import { BOARD_DEFAULTS } from '../../src/reliability/board.ts';
import { type Act, fail, line, plan, REPLY, type Scene, step, world } from './scripted.ts';

const OK: Act = { kind: 'reply' };
const UNSAYABLE = new Failure('unsupported', 'max_output_tokens: must be at least 16, not 9');

interface Case extends Scene {
  readonly name: string;
  readonly route?: readonly RouteStep[];
  readonly fallbackOn?: readonly AttemptFailure['outcome'][];
  readonly order?: Partial<Order>;
  readonly envelope?: { readonly max_attempts?: number; readonly max_cost_nano_usd?: number };
  readonly attempts: readonly string[];
  readonly ends: string | { readonly code: FailureCode; readonly says: RegExp };
  /** Milliseconds until there is an answer. */
  readonly afterMs?: number;
}

const A = step('p/a', { retries: 1 });
const B = step('q/b', { retries: 1 });

const CASES: readonly Case[] = [
  {
    name: 'a healthy target answers',
    acts: { 'p/a': [OK], 'q/b': [OK] },
    attempts: ['initial p/a ok'],
    ends: 'p/a',
    afterMs: 0,
  },
  {
    name: 'a target that breaks gives way to the next at once',
    route: [A, B],
    acts: { 'p/a': [fail('unavailable', { status: 500 })], 'q/b': [OK] },
    attempts: ['initial p/a unavailable', 'fallback (unavailable) q/b ok'],
    ends: 'q/b',
    afterMs: 0,
  },
  {
    name: 'a rate limit gives way to the next at once, whatever the vendor asks',
    route: [A, B],
    acts: { 'p/a': [fail('rate_limited', { status: 429, retryAfterMs: 1 })], 'q/b': [OK] },
    attempts: ['initial p/a rate_limited', 'fallback (rate_limited) q/b ok'],
    ends: 'q/b',
    afterMs: 0,
  },
  {
    name: 'a key that the vendor refuses gives way to the next',
    route: [A, B],
    acts: { 'p/a': [fail('auth', { status: 401 })], 'q/b': [OK] },
    attempts: ['initial p/a auth', 'fallback (auth) q/b ok'],
    ends: 'q/b',
    afterMs: 0,
  },
  {
    name: 'a connection that fails fast is made again at once',
    route: [A, B],
    acts: { 'p/a': [fail('connection', { sent: false }), OK], 'q/b': [OK] },
    attempts: ['initial p/a connection', 'retry (connection) p/a ok'],
    ends: 'p/a',
    afterMs: 0,
  },
  {
    name: 'a connection that fails twice gives way',
    route: [step('p/a', { retries: 3 }), B],
    acts: { 'p/a': [fail('connection')], 'q/b': [OK] },
    attempts: ['initial p/a connection', 'retry (connection) p/a connection', 'fallback (connection) q/b ok'],
    ends: 'q/b',
    afterMs: 0,
  },
  {
    name: 'a connection that takes long to fail gives way at once',
    route: [A, B],
    acts: { 'p/a': [{ kind: 'fail', afterMs: 51, failure: { outcome: 'connection', message: 'reset' } }], 'q/b': [OK] },
    attempts: ['initial p/a connection', 'fallback (connection) q/b ok'],
    ends: 'q/b',
    afterMs: 51,
  },
  {
    name: 'no retry is made that policy does not allow',
    route: [step('p/a'), step('q/b')],
    acts: { 'p/a': [fail('connection')], 'q/b': [OK] },
    attempts: ['initial p/a connection', 'fallback (connection) q/b ok'],
    ends: 'q/b',
  },
  {
    name: 'the only target is asked again after a back-off',
    route: [step('p/a', { retries: 2 })],
    acts: { 'p/a': [fail('unavailable'), fail('unavailable'), OK] },
    attempts: ['initial p/a unavailable', 'retry (unavailable) p/a unavailable', 'retry (unavailable) p/a ok'],
    ends: 'p/a',
    // Half of 200 and of 400.
    afterMs: 300,
  },
  {
    name: "the vendor's own pause comes before a back-off",
    route: [A],
    acts: { 'p/a': [fail('rate_limited', { retryAfterMs: 7_000 }), OK] },
    attempts: ['initial p/a rate_limited', 'retry (rate_limited) p/a ok'],
    ends: 'p/a',
    afterMs: 7_000,
  },
  {
    name: 'a pause beyond the bound is not waited for',
    route: [A],
    acts: { 'p/a': [fail('rate_limited', { retryAfterMs: 10_001 }), OK] },
    attempts: ['initial p/a rate_limited'],
    ends: { code: 'upstream_rate_limited', says: /^p\/a: rate limited, after 1 attempt$/ },
    afterMs: 0,
  },
  {
    name: 'a pause beyond the deadline is not waited for',
    route: [A],
    order: { deadlineAtMs: 1_005_000 },
    acts: { 'p/a': [fail('rate_limited', { retryAfterMs: 6_000 }), OK] },
    attempts: ['initial p/a rate_limited'],
    ends: { code: 'upstream_rate_limited', says: /p\/a was not asked: the deadline has passed/ },
    afterMs: 0,
  },
  {
    name: 'a pause that is no number is a back-off',
    route: [A],
    acts: { 'p/a': [fail('rate_limited', { retryAfterMs: Number.NaN }), OK] },
    attempts: ['initial p/a rate_limited', 'retry (rate_limited) p/a ok'],
    ends: 'p/a',
    afterMs: 100,
  },
  {
    name: 'when every target failed, the one whose pause ends first is asked again',
    route: [A, B],
    acts: { 'p/a': [fail('rate_limited', { retryAfterMs: 3_000 }), OK], 'q/b': [fail('unavailable')] },
    attempts: [
      'initial p/a rate_limited',
      'fallback (rate_limited) q/b unavailable',
      'retry (unavailable) q/b unavailable',
      'retry (unavailable) p/a ok',
    ],
    ends: 'p/a',
    afterMs: 3_000,
  },
  {
    name: 'a reason that policy does not name leads to no other target, only to another try',
    route: [A, B],
    fallbackOn: ['timeout'],
    acts: { 'p/a': [fail('unavailable')], 'q/b': [OK] },
    attempts: ['initial p/a unavailable', 'retry (unavailable) p/a unavailable'],
    ends: { code: 'upstream_unavailable', says: /^p\/a: unavailable, after 2 attempts$/ },
  },
  {
    name: 'a request that the vendor rejects is rejected, with its words',
    acts: { 'p/a': [fail('invalid_request', { status: 400, message: 'temperature: too hot' })], 'q/b': [OK] },
    attempts: ['initial p/a invalid_request'],
    ends: { code: 'upstream_rejected', says: /temperature: too hot/ },
  },
  {
    name: 'a hang is cut at the limit of the target, and the next one answers',
    acts: { 'p/a': [{ kind: 'hang' }], 'q/b': [OK] },
    attempts: ['initial p/a timeout', 'fallback (timeout) q/b ok'],
    ends: 'q/b',
    afterMs: 30_000,
  },
  {
    name: 'a vendor that does not even listen is not waited for',
    acts: { 'p/a': [{ kind: 'hang', deaf: true }], 'q/b': [OK] },
    attempts: ['initial p/a timeout', 'fallback (timeout) q/b ok'],
    ends: 'q/b',
    afterMs: 30_000,
  },
  {
    name: 'the deadline cuts an attempt short and is not started anew for the next',
    order: { deadlineAtMs: 1_000_000 + 45_000 },
    acts: { 'p/a': [{ kind: 'hang' }], 'q/b': [{ kind: 'hang' }] },
    attempts: ['initial p/a timeout', 'fallback (timeout) q/b timeout'],
    ends: { code: 'upstream_timeout', says: /^q\/b: no end in time, after 2 attempts/ },
    afterMs: 45_000,
  },
  {
    name: 'a deadline that has passed asks nobody',
    order: { deadlineAtMs: 999_999 },
    acts: { 'p/a': [OK] },
    attempts: [],
    ends: { code: 'deadline_exceeded', says: /deadline/ },
  },
  {
    name: 'no more attempts than policy allows',
    envelope: { max_attempts: 2 },
    acts: { 'p/a': [fail('unavailable')], 'q/b': [fail('unavailable')], 'r/c': [OK] },
    attempts: ['initial p/a unavailable', 'fallback (unavailable) q/b unavailable'],
    ends: { code: 'upstream_unavailable', says: /r\/c was not asked: the attempts that policy allows are made/ },
  },
  {
    name: 'what an attempt may have cost is kept back: the next one does not fit',
    // A bound is 2 × (10 + 800) = 1,620.
    envelope: { max_cost_nano_usd: 3_000 },
    acts: { 'p/a': [fail('connection', { status: 502 })], 'q/b': [OK] },
    attempts: ['initial p/a connection'],
    ends: {
      code: 'upstream_unavailable',
      says: /q\/b was not asked: it may cost more than what is left of 3000 nano-USD/,
    },
  },
  {
    name: 'what one vendor cannot be told is found when it is written, and another is asked',
    acts: { 'p/a': [{ kind: 'throw', reason: UNSAYABLE }], 'q/b': [OK] },
    attempts: ['initial p/a invalid_request', 'fallback (invalid_request) q/b ok'],
    ends: 'q/b',
  },
  {
    name: 'the same where the provider says so',
    acts: {
      'p/a': [{ kind: 'fail', failure: { outcome: 'invalid_request', message: 'x', sent: false }, cause: UNSAYABLE }],
      'q/b': [OK],
    },
    attempts: ['initial p/a invalid_request', 'fallback (invalid_request) q/b ok'],
    ends: 'q/b',
  },
  {
    name: 'who could not be told does not hide why another failed',
    acts: { 'p/a': [fail('timeout')], 'q/b': [{ kind: 'throw', reason: UNSAYABLE }] },
    attempts: ['initial p/a timeout', 'fallback (timeout) q/b invalid_request'],
    ends: { code: 'upstream_timeout', says: /^p\/a: / },
  },
  {
    name: 'what no vendor can be told ends the call by its name',
    acts: { 'p/a': [{ kind: 'throw', reason: UNSAYABLE }], 'q/b': [{ kind: 'throw', reason: UNSAYABLE }] },
    attempts: ['initial p/a invalid_request', 'fallback (invalid_request) q/b invalid_request'],
    ends: { code: 'unsupported', says: /^max_output_tokens: / },
  },
  {
    name: 'what a vendor says is malformed is asked of nobody else, even behind one who could not be told',
    acts: { 'p/a': [{ kind: 'throw', reason: UNSAYABLE }], 'q/b': [fail('invalid_request')], 'r/c': [OK] },
    attempts: ['initial p/a invalid_request', 'fallback (invalid_request) q/b invalid_request'],
    ends: { code: 'upstream_rejected', says: /q\/b/ },
  },
  {
    name: 'what cost nothing is given back',
    envelope: { max_cost_nano_usd: 1_620 },
    acts: { 'p/a': [fail('rate_limited', { status: 429 })], 'q/b': [OK] },
    attempts: ['initial p/a rate_limited', 'fallback (rate_limited) q/b ok'],
    ends: 'q/b',
  },
  {
    name: 'a cheaper target further on still fits',
    route: [step('p/a'), step('q/b'), step('r/c', { max_output_tokens: 10 })],
    envelope: { max_cost_nano_usd: 1_700 },
    acts: { 'p/a': [fail('timeout')], 'q/b': [OK], 'r/c': [OK] },
    attempts: ['initial p/a timeout', 'fallback (timeout) r/c ok'],
    ends: 'r/c',
  },
  {
    name: 'the first attempt must fit too',
    envelope: { max_cost_nano_usd: 1_619 },
    acts: { 'p/a': [OK] },
    attempts: [],
    ends: { code: 'budget_exhausted', says: /p\/a: it may cost more than what is left of 1619 nano-USD/ },
  },
  {
    name: "a target without a price card is policy's to allow",
    pricing: { costOf: () => ({ kind: 'unpriced' }), boundOf: () => undefined, contextOf: () => undefined },
    envelope: { max_cost_nano_usd: 0 },
    acts: { 'p/a': [OK] },
    attempts: ['initial p/a ok'],
    ends: 'p/a',
  },
  {
    name: 'a target that is not configured is left out',
    route: [step('x/none'), step('p/a')],
    acts: { 'p/a': [OK] },
    attempts: ['initial p/a ok'],
    ends: 'p/a',
    afterMs: 0,
  },
  {
    name: 'a target that cannot do what is asked is left out',
    unsupported: { 'p/a': ['tools'] },
    acts: { 'p/a': [OK], 'q/b': [OK] },
    attempts: ['initial q/b ok'],
    ends: 'q/b',
  },
  {
    name: 'what no target can do is named',
    unsupported: { 'p/a': ['logit_bias', 'n'], 'q/b': ['n'] },
    acts: { 'p/a': [OK], 'q/b': [OK] },
    attempts: [],
    ends: { code: 'unsupported', says: /^p\/a: cannot do logit_bias, n; q\/b: cannot do n$/ },
  },
  {
    name: 'where another target might have done it, the call is not unsupported',
    unsupported: { 'p/a': ['n'] },
    route: [step('p/a'), step('x/none')],
    acts: { 'p/a': [OK] },
    attempts: [],
    ends: { code: 'upstream_unavailable', says: /x\/none: not configured/ },
  },
  {
    name: 'a full target is passed by',
    options: { board: { ...BOARD_DEFAULTS, concurrency: 0 } },
    acts: { 'p/a': [OK] },
    attempts: [],
    ends: { code: 'overloaded', says: /^p\/a: as many calls are in flight as may be$/ },
  },
  {
    name: 'a provider that breaks is a target that is unavailable',
    acts: { 'p/a': [{ kind: 'throw', reason: new TypeError('secret words') }], 'q/b': [OK] },
    attempts: ['initial p/a unavailable', 'fallback (unavailable) q/b ok'],
    ends: 'q/b',
  },
];

describe('along a route,', () => {
  for (const { name, route, fallbackOn, envelope, order, attempts, ends, afterMs, ...scene } of CASES) {
    test(name, async () => {
      const scenery = world(scene);
      const { time, told, run } = scenery;
      const steps = route ?? Object.keys(scene.acts).map((target) => step(target));
      const made = plan(steps, {
        ...(fallbackOn === undefined ? {} : { fallback_on: fallbackOn }),
        envelope: { deadline_ms: 60_000, max_attempts: 8, max_cost_nano_usd: 1_000_000, ...envelope },
      });
      const execution = await run(scenery.order({ plan: made, ...order }));
      assert.deepEqual(told.map(line), attempts);
      assert.deepEqual(execution.attempts, told);
      const outcome = execution.kind === 'failed' ? execution.failure.code : execution.target;
      assert.equal(outcome, typeof ends === 'string' ? ends : ends.code);
      assert.match(
        execution.kind === 'failed' ? execution.failure.message : '',
        typeof ends === 'string' ? /^$/ : ends.says,
      );
      assert.equal(time.nowMs() - 1_000_000, afterMs ?? time.nowMs() - 1_000_000);
      assert.equal(time.pending, 0);
    });
  }
});

test('a provider is told its model, the least of both caps, and no more time to connect than is left', async () => {
  const { run, order, calls } = world({ acts: { 'p/org/model:1': [OK] } });
  const request = { ...order().request, maxOutputTokens: 300 } as Order['request'];
  await run(order({ request, deadlineAtMs: 1_000_400 }));
  assert.deepEqual(
    calls.map(({ model, maxOutputTokens, connectTimeoutMs }) => ({ model, maxOutputTokens, connectTimeoutMs })),
    [{ model: 'org/model:1', maxOutputTokens: 300, connectTimeoutMs: 400 }],
  );
});

test('an attempt is told with its time, its usage and what it cost', async () => {
  const { run, order, told } = world({ acts: { 'p/a': [{ kind: 'reply', afterMs: 120 }] } });
  await run(order());
  assert.deepEqual(told, [
    {
      index: 0,
      reason: 'initial',
      target: 'p/a',
      outcome: 'ok',
      startedAtMs: 1_000_000,
      durationMs: 120,
      outputStarted: false,
      usage: REPLY.usage,
      cost: {
        kind: 'priced',
        priceId: 'card',
        tier: 'standard',
        items: { inputNano: 10n, cacheReadNano: 0n, cacheWriteNano: 0n, outputNano: 5n, otherNano: 0n, totalNano: 15n },
        estimated: false,
      },
      responseId: 'reply-1',
      responseModel: 'm-2026',
      finish: 'stop',
    },
  ]);
});

const FREE: readonly { name: string; failure: AttemptFailure; cost: string }[] = [
  { name: 'nothing was sent', failure: { outcome: 'connection', message: 'refused', sent: false }, cost: 'none' },
  {
    name: 'the vendor answered with an error',
    failure: { outcome: 'unavailable', message: 'x', status: 500 },
    cost: 'none',
  },
  {
    name: 'something between gave up',
    failure: { outcome: 'unavailable', message: 'x', status: 504 },
    cost: 'unknown',
  },
  { name: 'the connection broke', failure: { outcome: 'connection', message: 'reset' }, cost: 'unknown' },
];

for (const { name, failure, cost } of FREE) {
  test(`a failed attempt costs ${cost} where ${name}`, async () => {
    const { run, order, told } = world({ acts: { 'p/a': [{ kind: 'fail', failure }] } });
    await run(order());
    assert.deepEqual(
      told.map((one) => [one.cost.kind, one.usage.kind]),
      [[cost, 'unknown']],
    );
  });
}

test('a target that keeps failing is passed by, and asked again when it has cooled down', async () => {
  const scene = world({ acts: { 'p/a': [...Array.from({ length: 5 }, () => fail('unavailable')), OK], 'q/b': [OK] } });
  for (let index = 0; index < 5; index += 1) await scene.run(scene.order());
  await scene.run(scene.order());
  assert.deepEqual(scene.asked.slice(10), ['q/b']);
  assert.equal(scene.executor.health()['p/a']?.breaker, 'open');
  await scene.time.advance(5_000);
  assert.equal(scene.executor.health()['p/a']?.breaker, 'half_open');
  for (let index = 0; index < 3; index += 1) await scene.run(scene.order());
  assert.deepEqual(scene.asked.slice(11), ['p/a', 'p/a', 'p/a']);
  await scene.time.advance(60_000);
  assert.deepEqual(scene.executor.health(), {});
});

test('where every target rests, the failure says when to come back', async () => {
  const scene = world({ acts: { 'p/a': [fail('unavailable')] } });
  for (let index = 0; index < 5; index += 1) await scene.run(scene.order());
  const execution = await scene.run(scene.order());
  assert.ok(execution.kind === 'failed');
  assert.equal(execution.failure.code, 'upstream_unavailable');
  assert.deepEqual(execution.failure.details, { attempts: 0, target: 'p/a', retryAfterMs: 5_000 });
});

const PATIENCE: readonly { name: string; deadlineMs: number; breaker: string | undefined }[] = [
  { name: 'that its caller hardly waited for is not blamed for it', deadlineMs: 14_999, breaker: undefined },
  { name: 'that had a fair share of its time is', deadlineMs: 15_000, breaker: 'open' },
];

for (const { name, deadlineMs, breaker } of PATIENCE) {
  test(`a target ${name}`, async () => {
    const scene = world({ acts: { 'p/a': [{ kind: 'hang' }] } });
    for (let index = 0; index < 5; index += 1) {
      await scene.run(scene.order({ deadlineAtMs: scene.time.nowMs() + deadlineMs }));
    }
    assert.equal(scene.executor.health()['p/a']?.breaker, breaker);
  });
}

test('a clock that is set back makes no time negative', async () => {
  const scene = world({ acts: { 'p/a': [{ kind: 'reply', afterMs: 1 }] } });
  const order = scene.order();
  const running = scene.run(order);
  scene.time.setBack(3_600_000);
  await running;
  assert.equal(scene.told[0]?.durationMs, 0);
});

test('what is wrong with a request says nothing against the target', async () => {
  const scene = world({ acts: { 'p/a': [fail('invalid_request')] } });
  for (let index = 0; index < 30; index += 1) await scene.run(scene.order());
  assert.deepEqual(scene.executor.health(), {});
});

test('feedback from outside counts for the quality of a target', async () => {
  const scene = world({ acts: { 'p/a': [OK] } });
  for (let index = 0; index < 10; index += 1) scene.executor.rate('p/a', 0);
  assert.deepEqual(scene.executor.health(), { 'p/a': { breaker: 'closed', quality: 0.349 } });
});

test('whoever is told of attempts and throws ends the call with that, and no attempt is lost', async () => {
  const scene = world({ acts: { 'p/a': [OK] } });
  const order = scene.order({
    onAttempt: () => {
      throw new TypeError('observer');
    },
  });
  await assert.rejects(scene.run(order), /observer/);
  assert.equal(scene.time.pending, 0);
});
