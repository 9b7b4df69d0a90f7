import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Failure } from '../../src/core/failure.ts';
import { ATTRIBUTE, type AttributeName, type SpanRole } from '../../src/telemetry/attributes.ts';
import { createCounters } from '../../src/telemetry/counters.ts';
import { METRIC } from '../../src/telemetry/metric-names.ts';
import { readMetrics } from '../../src/telemetry/metrics.ts';
import { arrival, attempted, attributesOf, costOf, decided, decision, denyDocument, reported, watch } from './facts.ts';
import { attributeTable, metricTable } from './names-table.ts';

const text = readFileSync(new URL('../../docs/telemetry.md', import.meta.url), 'utf8');
const NAMES: readonly AttributeName[] = Object.values(ATTRIBUTE);

describe('docs/telemetry.md', () => {
  it('lists every attribute as the code has it', () => assert.ok(text.includes(attributeTable()), attributeTable()));
  it('lists every metric as the code has it', () => assert.ok(text.includes(metricTable()), metricTable()));
  it('gives each name once', () => {
    const names = [...NAMES, ...Object.values(METRIC)].map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
  });
});

describe('the table of attributes', () => {
  const role: Readonly<Record<string, SpanRole>> = { server: 'server', internal: 'decide', client: 'attempt' };

  /** Spans in which every attribute appears at least once. */
  function everySpan(): ReturnType<typeof watch>['spans'] {
    const watched = watch({
      status: { http: () => 200, grpc: () => 'OK' },
      baggage: new Set(['feature']),
      serverOf: () => ({ host: 'api.example.com', port: 443 }),
    });
    const { observer, spans } = watched;
    const budgets = [{ id: 'team-search-month', state: 'ok', utilization: 0.5 }] as const;
    const http = observer.begin(arrival({}, { baggage: 'feature=x' }));
    http.decided(decided({ facts: { budgets } }));
    http.reported(reported());
    http.attempted(attempted());
    const fallback = attempted({
      index: 1,
      reason: 'fallback',
      because: 'timeout',
      outcome: 'unavailable',
      failure: { outcome: 'unavailable', message: 'overloaded', status: 529, vendorCode: 'overloaded_error' },
      cost: { ...costOf(1n, 0n, 0n, 1n, 0n), estimated: true },
    });
    http.attempted(fallback);
    http.attempted(attempted({ index: 2, reason: 'retry', because: 'unavailable' }));
    http.served({
      decision: fallback.decision,
      requestedModel: 'auto',
      target: 'anthropic/claude-x',
      attempts: [fallback.record],
    });
    http.end(new Failure('internal', 'broken'));
    const throttled = decision({ document: { ...denyDocument, outcome: 'throttle', retry_after_ms: 5 } });
    const grpc = observer.begin(arrival({ transport: 'grpc', operation: 'a.B/C' }));
    grpc.decided(decided({ decision: { ...throttled, fault: { code: 'evaluation_failed', message: 'm' } } }));
    grpc.reported(reported({ report: { ...reported().report, outcome: 'timeout' } }));
    grpc.end();
    return spans;
  }

  it('says of every attribute on which spans it is, and of no other', () => {
    const seen = new Set<string>();
    for (const span of everySpan()) {
      for (const key of Object.keys(attributesOf(span))) seen.add(`${spelled(key)} on ${role[span.kind]}`);
    }
    const listed = NAMES.flatMap(({ name, on }) => on.map((each) => `${name} on ${each}`));
    assert.deepEqual([...seen].sort(), listed.sort());
  });

  const spelled = (key: string): string => key.replace(/^(turnpike\.(tag|baggage))\..+$/, '$1.<key>');
});

describe('the table of metrics', () => {
  it('says of every metric which labels it has', () => {
    const counters = createCounters();
    const fact = reported();
    counters.decided(decision(), 1);
    counters.decided(decision({ estimate: { kind: 'unpriced', target: 'a/b' } }), 1);
    for (const { record } of [
      attempted(),
      attempted({ reason: 'fallback', because: 'timeout' }),
      attempted({ reason: 'retry', because: 'timeout' }),
      attempted({ reason: 'hedge' }),
      attempted({ usage: { kind: 'unknown' }, cost: { kind: 'unknown' } }),
    ]) {
      counters.attempted(record, fact.attribution);
    }
    const losses = { queueFull: 0, exportFailed: 0 };
    const policy = () => ({ kind: 'serving', syncedAtMs: 0 }) as const;
    const metrics = readMetrics({ counters, losses, policy, targets: () => ({}), nowMs: () => 1 });
    assert.deepEqual(
      metrics.map(({ name }) => name.name).sort(),
      Object.values(METRIC)
        .map(({ name }) => name)
        .sort(),
    );
    for (const { name, points } of metrics) {
      assert.ok(points.length > 0, name.name);
      for (const { labels } of points) assert.deepEqual(Object.keys(labels).sort(), [...name.labels].sort(), name.name);
    }
  });
});
