/** Metrics of several workers as those of one server: what is counted is added up, of what is measured the most counts. */
import type { Histogram } from './histogram.ts';
import type { Labels, Metric, Point } from './metrics.ts';

/** @param sets one for each worker, of the same version; the first says the order */
export function mergeMetrics(sets: readonly (readonly Metric[])[]): readonly Metric[] {
  const [first = [], ...others] = sets;
  return first.map((metric) => {
    const same = others.flatMap((set) => set.filter(({ name }) => name.name === metric.name.name));
    return together(metric, same);
  });
}

function together(metric: Metric, same: readonly Metric[]): Metric {
  switch (metric.kind) {
    case 'counter':
      return { ...metric, points: merged([metric, ...same.filter(isNumbers)], (a, b) => a + b) };
    case 'gauge':
      return { ...metric, points: merged([metric, ...same.filter(isNumbers)], Math.max) };
    case 'histogram':
      return { ...metric, points: merged([metric, ...same.filter(isHistogram)], added) };
  }
}

type Numbers = Exclude<Metric, { readonly kind: 'histogram' }>;
type Histograms = Extract<Metric, { readonly kind: 'histogram' }>;

const isHistogram = (metric: Metric): metric is Histograms => metric.kind === 'histogram';
const isNumbers = (metric: Metric): metric is Numbers => metric.kind !== 'histogram';

function merged<Value>(
  metrics: readonly { readonly points: readonly Point<Value>[] }[],
  combine: (a: Value, b: Value) => Value,
): readonly Point<Value>[] {
  const byLabels = new Map<string, Point<Value>>();
  for (const { points } of metrics) {
    for (const point of points) {
      const key = keyOf(point.labels);
      const known = byLabels.get(key);
      byLabels.set(key, known === undefined ? point : { ...known, value: combine(known.value, point.value) });
    }
  }
  return [...byLabels.values()];
}

/** Labels of one metric stand in one order, whoever reads them. */
const keyOf = (labels: Labels): string => JSON.stringify(Object.entries(labels));

const added = (a: Histogram, b: Histogram): Histogram => ({
  boundsS: a.boundsS,
  counts: a.counts.map((count, index) => count + (b.counts[index] ?? 0)),
  sumS: a.sumS + b.sumS,
  count: a.count + b.count,
});
