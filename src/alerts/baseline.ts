/**
 * Whether an hour's spend is unusual, by the spender's own history and nobody else's.
 *
 * The baseline is what it spent in the same hour of the week, and the hour before and behind it, in each of the last four
 * weeks in which it was there: up to 12 hours. An hour is unusual where its spend is at least `minimumNano`, at least
 * twice the median of the baseline, and more than 6 × 1.4826 × MAD above the median; MAD is the median distance from the
 * median, and 1.4826 × MAD estimates a standard deviation without following the outliers that it is to find. With less
 * than two weeks of history nothing is unusual yet.
 */

export const HOUR_MS = 3_600_000;
export const WEEK_MS = 168 * HOUR_MS;
export const BASELINE_WEEKS = 4;
const LEAST_WEEKS = 2;

export interface HourJudged {
  readonly spentNano: bigint;
  /** Median of the baseline. */
  readonly usualNano: bigint;
  /** An hour above it, or at it where it is the minimum, is unusual. */
  readonly aboveNano: bigint;
  readonly unusual: boolean;
}

/**
 * @param spend by the start of each UTC hour with any
 * @param hourMs start of the hour that is judged; one that still runs may be judged by what it has so far
 * @returns undefined where there is no baseline
 */
export function judgeHour(
  spend: ReadonlyMap<number, bigint>,
  hourMs: number,
  minimumNano: bigint,
): HourJudged | undefined {
  let firstMs = Number.POSITIVE_INFINITY;
  for (const atMs of spend.keys()) firstMs = Math.min(firstMs, atMs);
  const baseline: bigint[] = [];
  let weeks = 0;
  for (let week = 1; week <= BASELINE_WEEKS; week += 1) {
    const sameMs = hourMs - week * WEEK_MS;
    // Before its first spend it was not there: that is no hour of nothing.
    if (sameMs < firstMs) break;
    weeks += 1;
    for (const atMs of [sameMs - HOUR_MS, sameMs, sameMs + HOUR_MS]) baseline.push(spend.get(atMs) ?? 0n);
  }
  if (weeks < LEAST_WEEKS) return undefined;
  const usualNano = median(baseline);
  const deviation = median(baseline.map((value) => (value > usualNano ? value - usualNano : usualNano - value)));
  const spentNano = spend.get(hourMs) ?? 0n;
  const aboveNano = [2n * usualNano, usualNano + (deviation * SIX_SIGMA) / SIX_SIGMA_UNIT].reduce(larger, minimumNano);
  return { spentNano, usualNano, aboveNano, unusual: spentNano > 0n && spentNano >= aboveNano };
}

/** 6 × 1.4826. */
const SIX_SIGMA = 88_956n;
const SIX_SIGMA_UNIT = 10_000n;

/** Of an even count the mean of the two in the middle, rounded down. */
function median(values: readonly bigint[]): bigint {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const upper = sorted[sorted.length >> 1] ?? 0n;
  return sorted.length % 2 === 1 ? upper : ((sorted[(sorted.length >> 1) - 1] ?? 0n) + upper) / 2n;
}

function larger(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}
