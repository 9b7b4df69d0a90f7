import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Attribution } from '../../src/core/decision.ts';
import { createCounters } from '../../src/telemetry/counters.ts';
import { type Metric, type Point, type PolicyFreshness, readMetrics } from '../../src/telemetry/metrics.ts';
import { startTelemetry } from '../../src/telemetry/sdk.ts';
import { allowDocument, arrival, decided, decision, denyDocument, priced, reported } from './facts.ts';

const NO_LOSSES = { queueFull: 0, exportFailed: 0 };

function read(counters: ReturnType<typeof createCounters>, policy?: () => PolicyFreshness): readonly Metric[] {
  return readMetrics({ counters, losses: NO_LOSSES, policy, nowMs: () => 10_000 });
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
            counters.reported(fact.report, fact.attribution, priced(output, input));
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
    const { report, attribution } = reported();
    for (let index = 0; index < 1000; index += 1) {
      counters.reported({ ...report, target: `p/m${index}` }, attribution, { kind: 'unpriced', target: 'p' });
    }
    const [counts] = counters.payers();
    assert.equal(counts?.targets.size, 65);
    assert.equal(counts?.targets.get('other')?.attempts.get('ok'), 936);
    assert.equal(counts?.unpricedReports, 1000);
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
    counters.reported(report.report, report.attribution, report.cost);
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
