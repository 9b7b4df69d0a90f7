import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Attribution } from '../../src/core/decision.ts';
import { createCounters } from '../../src/telemetry/counters.ts';
import { type Metric, type Point, type PolicyFreshness, readMetrics } from '../../src/telemetry/metrics.ts';
import { startTelemetry } from '../../src/telemetry/sdk.ts';
import { toldReport } from '../../src/telemetry/told-attempt.ts';
import {
  allowDocument,
  arrival,
  attempted,
  costOf,
  decided,
  decision,
  denyDocument,
  priced,
  reported,
} from './facts.ts';

const NO_LOSSES = { queueFull: 0, exportFailed: 0 };

function read(counters: ReturnType<typeof createCounters>, policy?: () => PolicyFreshness): readonly Metric[] {
  return readMetrics({ counters, losses: NO_LOSSES, policy, targets: undefined, nowMs: () => 10_000 });
}

function points(metrics: readonly Metric[], name: string): readonly Point<unknown>[] {
  return metrics.flatMap((metric): readonly Point<unknown>[] => (metric.name.name === name ? metric.points : []));
}

const payer = { 'turnpike.team': 'search', 'turnpike.application': 'assistant', 'turnpike.environment': 'prod' };

const attributed = (attribution: Attribution): ReturnType<typeof decision> =>
  decision({ document: { ...allowDocument, attribution } });

describe('counters', () => {
  it('count decisions by outcome, reason and payer', () => {
    const counters = createCounters();
    counters.decided(decision(), 0.05);
    counters.decided(decision(), 0.05);
    counters.decided(decision({ document: denyDocument, estimate: { kind: 'none' } }), 0.02);
    const outcome = 'turnpike.decision.outcome';
    const reason = 'turnpike.decision.reason';
    assert.deepEqual(points(read(counters), 'turnpike.decisions'), [
      { labels: { [outcome]: 'allow', [reason]: 'allowed', ...payer }, value: 2 },
      { labels: { [outcome]: 'deny', [reason]: 'model_not_allowed', ...payer }, value: 1 },
    ]);
  });

  it('sum estimated and reported cost apart, to the nano-dollar', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.bigInt(0n, 10n ** 12n), fc.bigInt(0n, 10n ** 12n)), { minLength: 1 }),
        (amounts) => {
          const counters = createCounters();
          for (const [input, output] of amounts) counters.decided(decision({ estimate: priced(input, output) }), 0.05);
          const fact = reported();
          for (const [input, output] of amounts)
            counters.attempted(toldReport({ ...fact, cost: costOf(output, 0n, 0n, input, 0n) }), fact.attribution);
          const [counts] = counters.payers();
          const total = amounts.reduce((sum, [input]) => sum + input, 0n);
          assert.equal(counts?.estimate.inputNano, total);
          assert.equal(counts?.targets.get('anthropic/claude-x')?.cost.outputNano, total);
          const [told] = points(read(counters), 'turnpike.estimate.cost');
          assert.equal(BigInt(Math.round(Number(told?.value ?? 0) * 1e9)), total);
        },
      ),
    );
  });

  it('put durations into buckets whose upper bound is inside', () => {
    const counters = createCounters();
    for (const durationMs of [0.01, 0.011, 0.05, 99, 100, 101]) counters.decided(decision(), durationMs);
    const { counts, count } = counters.durations.allow;
    assert.deepEqual(counts, [1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1]);
    assert.equal(count, 6);
  });

  it('keep names apart that only look alike when joined', () => {
    const counters = createCounters();
    counters.decided(attributed({ team: 'a', application: 'bc', environment: 'd' }), 1);
    counters.decided(attributed({ team: 'ab', application: 'c', environment: 'd' }), 1);
    counters.decided(attributed({ team: 'a', application: 'b', environment: 'cd' }), 1);
    assert.equal([...counters.payers()].length, 3);
  });

  it('count what passes their bounds under other, and say how much', () => {
    const counters = createCounters();
    for (let index = 0; index < 2100; index += 1) {
      counters.decided(attributed({ team: `t${index}`, application: 'a', environment: 'e' }), 1);
    }
    const payers = [...counters.payers()];
    assert.equal(payers.length, 2001);
    assert.equal(payers.find(({ team }) => team === 'other')?.decisions.allow.get('allowed'), 100);
    assert.equal(counters.overflowed(), 100);
  });

  it('bound the targets that a caller may name', () => {
    const counters = createCounters();
    const { record, decision: made } = attempted({ cost: { kind: 'unpriced' } });
    for (let index = 0; index < 1000; index += 1) {
      counters.attempted({ ...record, target: `p/m${index}` }, made.document.attribution);
    }
    const [counts] = counters.payers();
    assert.equal(counts?.targets.size, 65);
    assert.equal(counts?.targets.get('other')?.attempts.get('ok'), 936);
    assert.equal(counts?.unpricedAttempts, 1000);
  });

  it('bound the targets whose times they tell', () => {
    const counters = createCounters();
    const { record, decision: made } = attempted();
    for (let index = 0; index < 600; index += 1) {
      counters.attempted({ ...record, target: `p/m${index}` }, made.document.attribution);
    }
    const times = [...counters.times()];
    assert.equal(times.length, 513);
    assert.equal(times.find(({ target }) => target === 'other')?.duration.count, 88);
  });

  it('tell an attempt by every part of its cost and every kind of token', () => {
    const counters = createCounters();
    const { record, decision: made } = attempted();
    counters.attempted(record, made.document.attribution);
    const metrics = read(counters);
    const by = (name: string, label: string): Readonly<Record<string, unknown>> =>
      Object.fromEntries(points(metrics, name).map(({ labels, value }) => [labels[label], value]));
    assert.deepEqual(by('turnpike.cost', 'turnpike.cost.component'), {
      input: 2e-9,
      cache_read: 3e-9,
      cache_write: 4e-9,
      output: 5e-9,
      other: 6e-9,
    });
    assert.deepEqual(by('turnpike.tokens', 'gen_ai.token.type'), {
      input: 1200,
      output: 340,
      cache_read: 1000,
      cache_write: 100,
      reasoning: 120,
      audio: 15,
      image: 19,
    });
    assert.deepEqual(by('turnpike.attempts', 'turnpike.attempt.outcome'), { ok: 1 });
  });

  it('count fallbacks and retries by how the attempt before ended, and hedges', () => {
    const counters = createCounters();
    for (const overrides of [
      { reason: 'initial', outcome: 'timeout' },
      { reason: 'retry', because: 'timeout', outcome: 'rate_limited' },
      { reason: 'fallback', because: 'rate_limited' },
      { reason: 'fallback', because: 'rate_limited' },
      { reason: 'hedge' },
    ] as const) {
      const { record, decision: made } = attempted(overrides);
      counters.attempted(record, made.document.attribution);
    }
    const metrics = read(counters);
    const target = { ...payer, 'gen_ai.provider.name': 'anthropic', 'gen_ai.request.model': 'claude-x' };
    assert.deepEqual(points(metrics, 'turnpike.fallbacks'), [
      { labels: { ...target, 'turnpike.fallback.reason': 'rate_limited' }, value: 2 },
    ]);
    assert.deepEqual(points(metrics, 'turnpike.retries'), [
      { labels: { ...target, 'turnpike.retry.reason': 'timeout' }, value: 1 },
    ]);
    assert.deepEqual(points(metrics, 'turnpike.hedges'), [{ labels: target, value: 1 }]);
  });

  for (const [name, overrides, unpriced, unknown] of [
    ['priced', {}, 0, 0],
    ['without a price', { cost: { kind: 'unpriced' } }, 1, 0],
    ['with usage that nobody knows', { cost: { kind: 'unknown' }, usage: { kind: 'unknown' } }, 0, 1],
    ['with neither', { cost: { kind: 'unpriced' }, usage: { kind: 'unknown' } }, 1, 1],
    ['that reached no model', { cost: { kind: 'none' }, usage: { kind: 'unknown' } }, 0, 0],
  ] as const) {
    it(`count an attempt ${name} as what is missing from the cost`, () => {
      const counters = createCounters();
      const { record, decision: made } = attempted(overrides);
      counters.attempted(record, made.document.attribution);
      const metrics = read(counters);
      assert.deepEqual(
        points(metrics, 'turnpike.unpriced').map(({ value }) => value),
        new Array(unpriced).fill(1),
      );
      assert.deepEqual(
        points(metrics, 'turnpike.usage.unknown').map(({ value }) => value),
        new Array(unknown).fill(1),
      );
    });
  }

  it('put the times of attempts into buckets by target', () => {
    const counters = createCounters();
    for (const durationMs of [10, 11, 300_000, 300_001]) {
      const { record, decision: made } = attempted({ durationMs });
      counters.attempted(record, made.document.attribution);
    }
    const [times] = counters.times();
    assert.deepEqual(times?.duration.counts, [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
    assert.equal(times?.firstToken.count, 4);
  });

  it('tell the breaker of every target that was tried or is ill', () => {
    const counters = createCounters();
    const { record, decision: made } = attempted();
    counters.attempted(record, made.document.attribution);
    const metrics = readMetrics({
      counters,
      losses: NO_LOSSES,
      policy: undefined,
      targets: () => ({ 'openai/gpt-x': { breaker: 'half_open' }, 'azure/gpt-x': { quality: 0.2 } }),
      nowMs: () => 0,
    });
    const inForce = points(metrics, 'turnpike.breaker').filter(({ value }) => value === 1);
    assert.equal(points(metrics, 'turnpike.breaker').length, 9);
    assert.deepEqual(
      inForce.map(({ labels }) => [labels['gen_ai.provider.name'], labels['turnpike.breaker.state']]),
      [
        ['anthropic', 'closed'],
        ['openai', 'half_open'],
        ['azure.ai.openai', 'closed'],
      ],
    );
  });

  it('tell the state and age of the policy', () => {
    const metrics = read(createCounters(), () => ({ kind: 'stale', syncedAtMs: 4000 }));
    const state = 'turnpike.policy.state';
    assert.deepEqual(points(metrics, state), [
      { labels: { [state]: 'never_activated' }, value: 0 },
      { labels: { [state]: 'serving' }, value: 0 },
      { labels: { [state]: 'serving_last_good' }, value: 0 },
      { labels: { [state]: 'stale' }, value: 1 },
    ]);
    assert.deepEqual(points(metrics, 'turnpike.policy.age_seconds'), [{ labels: {}, value: 6 }]);
  });

  it('tell no age of a policy that never was', () => {
    const metrics = read(createCounters(), () => ({ kind: 'never_activated' }));
    assert.deepEqual(points(metrics, 'turnpike.policy.age_seconds'), []);
  });

  it('never make a label of a decision, a key, a report or a tag', () => {
    const counters = createCounters();
    const fact = decided();
    counters.decided(fact.decision, 1);
    const report = reported();
    counters.attempted(toldReport(report), report.attribution);
    const text = JSON.stringify(read(counters));
    for (const secret of [fact.decision.id, 'key-search-1', 'r-1', 'summary', report.report.decision_id]) {
      assert.equal(text.includes(secret), false, secret);
    }
  });
});

describe('prometheus text', () => {
  it('is served with nothing exported, and loads the SDK only then', async () => {
    const telemetry = await startTelemetry({}, {}, { policy: () => ({ kind: 'serving', syncedAtMs: 0 }) });
    const observation = telemetry.observer.begin(arrival());
    assert.equal(observation.decided(decided()), undefined);
    observation.reported(reported());
    observation.end();
    assert.deepEqual(observation.responseHeaders, {});
    const { contentType, body } = await telemetry.metrics();
    assert.equal(contentType, 'text/plain; version=0.0.4; charset=utf-8');
    const team = 'turnpike_team="search",turnpike_application="assistant",turnpike_environment="prod"';
    for (const line of [
      `turnpike_decisions_total{turnpike_decision_outcome="allow",turnpike_decision_reason="allowed",${team}} 1`,
      `turnpike_estimate_cost_total{${team},turnpike_cost_component="output"} 0.008000001`,
      `turnpike_cost_total{${team},gen_ai_provider_name="anthropic",gen_ai_request_model="claude-x",turnpike_cost_component="input"} 0.0036`,
      'turnpike_decision_duration_bucket{turnpike_decision_outcome="allow",le="0.0001"} 1',
      'turnpike_decision_duration_count{turnpike_decision_outcome="allow"} 1',
      'turnpike_policy_state{turnpike_policy_state="serving"} 1',
      'turnpike_telemetry_spans_dropped_total{error_type="queue_full"} 0',
    ]) {
      assert.ok(body.split('\n').includes(line), `${line}\nis not in\n${body}`);
    }
    await telemetry.shutdown(1000);
  });
});
