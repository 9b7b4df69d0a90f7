import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AttemptRecord } from '../../src/core/attempt.ts';
import type { AttemptFailure } from '../../src/core/attempt-failure.ts';
import type { AllowDocument } from '../../src/core/decision.ts';
import { createEnvelope } from '../../src/executor/envelope.ts';
import { type Act, EXACT, PRICING, plan, REPLY, Reader, STREAMED, step, TAIL, text, world } from './scripted.ts';

const TARGETS = ['p/a', 'p/b', 'q/a', 'r/a'] as const;
const REASONS: readonly AttemptFailure['outcome'][] = [
  'rate_limited',
  'timeout',
  'connection',
  'unavailable',
  'context_length',
  'content_filter',
  'degraded',
  'auth',
];

const failure = fc.record({
  outcome: fc.constantFrom(...REASONS, 'invalid_request' as const),
  message: fc.constant('x'),
  retryAfterMs: fc.option(fc.integer({ min: 0, max: 12_000 }), { nil: undefined }),
  status: fc.option(fc.constantFrom(400, 429, 500, 504), { nil: undefined }),
});

const delay = fc.integer({ min: 0, max: 8_000 });
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ at: delay, failure }).map(
      ({ at, failure: { outcome, message, retryAfterMs, status } }): Act => ({
        kind: 'fail',
        afterMs: at,
        failure: {
          outcome,
          message,
          ...(retryAfterMs === undefined ? undefined : { retryAfterMs }),
          ...(status === undefined ? undefined : { status }),
        },
      }),
    ),
  },
  { weight: 1, arbitrary: fc.boolean().map((deaf): Act => ({ kind: 'hang', deaf })) },
  { weight: 2, arbitrary: delay.map((at): Act => ({ kind: 'reply', afterMs: at, reply: { ...REPLY, content: [] } })) },
  { weight: 1, arbitrary: delay.map((at): Act => ({ kind: 'reply', afterMs: at })) },
  {
    weight: 2,
    arbitrary: fc.record({ at: delay, between: delay, cut: fc.boolean() }).map(
      ({ at, between, cut }): Act => ({
        kind: 'stream',
        afterMs: at,
        pieces: [
          { afterMs: between, events: [text('hello')] },
          { afterMs: between, events: cut ? [] : TAIL },
        ],
      }),
    ),
  },
);

const route = fc.uniqueArray(fc.constantFrom(...TARGETS), { minLength: 1, maxLength: 4 });
const some = fc.subarray([...REASONS]);
const made = fc
  .record({
    route,
    retries: fc.integer({ min: 0, max: 3 }),
    on: some,
    hedge: fc.option(fc.integer({ min: 1, max: 5_000 }), { nil: undefined }),
    attempts: fc.integer({ min: 1, max: 6 }),
    cost: fc.integer({ min: 0, max: 8_000 }),
  })
  .map(
    ({ route: targets, retries, on, hedge, attempts, cost }): AllowDocument => ({
      ...plan(
        targets.map((target) => step(target, { retries })),
        { fallback_on: on, envelope: { deadline_ms: 60_000, max_attempts: attempts, max_cost_nano_usd: cost } },
      ),
      ...(hedge === undefined ? undefined : { hedge: { after_ms: hedge } }),
    }),
  );

/** What is certain, or the bound where it is not. */
function mayCost({ cost }: AttemptRecord): bigint {
  const bound = PRICING.boundOf('', { input: 10, output: 800 }, 0) ?? 0n;
  switch (cost.kind) {
    case 'priced':
      return cost.estimated ? bound : cost.items.totalNano;
    case 'none':
      return 0n;
    case 'unknown':
    case 'unpriced':
      return bound;
  }
}

const scene = fc.record({
  scripts: fc.tuple(...TARGETS.map(() => fc.array(act, { minLength: 1, maxLength: 3 }))),
  first: made,
  again: fc.array(fc.option(made, { nil: undefined }), { maxLength: 3 }),
  deadlineMs: fc.integer({ min: 1, max: 60_000 }),
  leavesMs: fc.option(fc.integer({ min: 0, max: 30_000 }), { nil: undefined }),
  streams: fc.boolean(),
});

test('whatever vendors and policy do, a call keeps within its attempts, its money and its time, and tells each attempt once', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(scene, async ({ scripts, first, again, deadlineMs, leavesMs, streams }) => {
      const acts = Object.fromEntries(TARGETS.map((target, index) => [target, scripts[index] ?? []]));
      const stage = world({ acts, again });
      const startedAtMs = stage.time.nowMs();
      const deadlineAtMs = startedAtMs + deadlineMs;
      if (leavesMs !== undefined) stage.time.after(leavesMs, () => stage.client.abort());
      const order = stage.order({ plan: first, deadlineAtMs, ...(streams ? { request: STREAMED } : undefined) });
      const execution = await stage.run(order);
      const answeredAtMs = stage.time.nowMs();
      const reader = new Reader();
      if (execution.kind === 'streaming') execution.stream.start(reader);
      await stage.time.advance(200_000);

      seen.add(execution.kind);
      for (const record of stage.told) seen.add(record.reason);
      const { told, asked } = stage;
      // Each request was told, once, and none was made beyond what policy allows.
      assert.deepEqual(told.map(({ target }) => target).sort(), [...asked].sort());
      assert.deepEqual(
        told.map(({ index }) => index).sort(),
        asked.map((_, index) => index),
      );
      assert.ok(asked.length <= first.envelope.max_attempts);
      // The bound of the last attempt was free when it was made, and so was that of each before it.
      const spent = told.reduce((sum, record) => sum + mayCost(record), 0n);
      assert.ok(spent <= BigInt(first.envelope.max_cost_nano_usd));
      // Nobody was asked behind the deadline, nor waited for; nor after the client had left.
      for (const record of told) {
        assert.ok(record.startedAtMs < deadlineAtMs);
        assert.ok(record.startedAtMs + record.durationMs <= deadlineAtMs);
        assert.ok(record.startedAtMs <= startedAtMs + (leavesMs ?? Number.POSITIVE_INFINITY));
      }
      assert.ok(answeredAtMs <= deadlineAtMs);
      // One output at most, and it is the one that is served.
      const good = told.filter(({ outcome }) => outcome === 'ok');
      const output = told.filter(({ outputStarted }) => outputStarted);
      assert.ok(good.length <= 1 && output.length <= 1);
      const served = execution.kind === 'failed' ? undefined : execution.target;
      for (const { target } of [...good, ...output]) assert.equal(target, served);
      assert.equal(
        reader.told.filter((one) => one.startsWith('closed')).length,
        execution.kind === 'streaming' ? 1 : 0,
      );
      // What policy did not name leads to no other target.
      const plans = [first, ...again.slice(0, stage.asks.length)];
      for (const { reason, because } of told) {
        assert.equal(because === undefined, reason === 'initial' || reason === 'hedge');
        if (reason !== 'fallback' || because === undefined) continue;
        assert.ok(plans.some((one) => one?.fallback_on.includes(because)));
      }
    }),
    { numRuns: 600 },
  );
  for (const one of ['answered', 'streaming', 'failed', 'initial', 'retry', 'fallback', 'hedge'])
    assert.ok(seen.has(one), one);
});

test('what is unknown keeps its bound, what is estimated keeps the larger, and what is known is what it is', () => {
  const limits = { deadline_ms: 1, max_attempts: 9, max_cost_nano_usd: 1_000 };
  const costs = [
    { cost: { kind: 'unknown' }, left: 100n },
    { cost: { kind: 'unpriced' }, left: 100n },
    { cost: { kind: 'none' }, left: 0n },
    { cost: PRICING.costOf('', EXACT, 0), left: 15n },
    { cost: PRICING.costOf('', { kind: 'estimated', tokens: { input: 10, output: 5 } }, 0), left: 100n },
    { cost: PRICING.costOf('', { kind: 'estimated', tokens: { input: 90, output: 90 } }, 0), left: 180n },
  ] as const;
  for (const { cost, left } of costs) {
    const envelope = createEnvelope(limits, 10);
    envelope.open(100n);
    envelope.close(100n, cost);
    assert.equal(envelope.room(1_000n - left, 0), 'fits');
    assert.equal(envelope.room(1_001n - left, 0), 'cost');
  }
});
