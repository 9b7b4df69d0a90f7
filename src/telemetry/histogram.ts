/** A histogram that is only ever added to. */

export interface Histogram {
  /** Upper bounds of the buckets, in seconds; each bound is inside its bucket. */
  readonly boundsS: readonly number[];
  /** One more than there are bounds. */
  readonly counts: readonly number[];
  readonly sumS: number;
  readonly count: number;
}

export interface GrowingHistogram extends Histogram {
  readonly counts: number[];
  sumS: number;
  count: number;
}

export const emptyHistogram = (boundsS: readonly number[]): GrowingHistogram => ({
  boundsS,
  counts: new Array<number>(boundsS.length + 1).fill(0),
  sumS: 0,
  count: 0,
});

export function observe(histogram: GrowingHistogram, valueS: number): void {
  const { boundsS } = histogram;
  let index = 0;
  while (index < boundsS.length && valueS > (boundsS[index] ?? 0)) index += 1;
  histogram.counts[index] = (histogram.counts[index] ?? 0) + 1;
  histogram.sumS += valueS;
  histogram.count += 1;
}
