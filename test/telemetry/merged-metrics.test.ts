import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { emptyHistogram, observe } from '../../src/telemetry/histogram.ts';
import { mergeMetrics } from '../../src/telemetry/merged-metrics.ts';
import { METRIC } from '../../src/telemetry/metric-names.ts';
import type { Metric } from '../../src/telemetry/metrics.ts';

const counter = (values: Readonly<Record<string, number>>): Metric => ({
  kind: 'counter',
  name: METRIC.decisions,
  points: Object.entries(values).map(([team, value]) => ({ labels: { team }, value })),
});

test('what is counted is added up, series by series', () => {
  assert.deepEqual(mergeMetrics([[counter({ a: 1, b: 2 })], [counter({ b: 3, c: 4 })], []]), [
    counter({ a: 1, b: 5, c: 4 }),
  ]);
});

test('of what is measured the most counts', () => {
  const gauge = (value: number): Metric => ({ kind: 'gauge', name: METRIC.policyAge, points: [{ labels: {}, value }] });
  assert.deepEqual(mergeMetrics([[gauge(3)], [gauge(7)], [gauge(5)]]), [gauge(7)]);
});

test('histograms of several workers are the histogram of everything they saw', () => {
  const bounds = [0.1, 1, 10];
  fc.assert(
    fc.property(fc.array(fc.array(fc.integer({ min: 0, max: 20 })), { minLength: 1, maxLength: 4 }), (workers) => {
      const histogramOf = (values: readonly number[]): Metric => {
        const histogram = emptyHistogram(bounds);
        for (const value of values) observe(histogram, value);
        return { kind: 'histogram', name: METRIC.decisionDuration, points: [{ labels: {}, value: histogram }] };
      };
      assert.deepEqual(mergeMetrics(workers.map((values) => [histogramOf(values)])), [histogramOf(workers.flat())]);
    }),
  );
});
