/**
 * What a budget will have spent at the end of its window, and when it runs out, by what was spent so far and by what the
 * same hours of the last four weeks came to. Amounts are nano-USD; inside it counts in doubles, for it is a guess.
 *
 * For each hour to come, two rates: **linear**, what the window spent per hour so far, counted from its first spend but
 * over a day at least, where it is as old; and **profile**, the mean of the same hour of the week over the `w` whole weeks
 * of history (0 to 4). They are mixed as `(linear + w × profile) / (w + 1)`:
 * without history it is a straight line, with four weeks the shape of the week counts four fifths.
 *
 * The interval is expected ± 1.28 σ, which eight of ten such windows keep where hours stray independently:
 * `σ² = s²·r + (s·r)²/n + m²`, with `r` hours to come, `n` hours seen, `s` how far an hour strays from its rate (the
 * standard deviation of the hours of history around their profile, or of the window around its mean), and
 * `m = √w/(w + 1) × |linear − profile|`, how far the two rates disagree over what is to come. Never below what is spent.
 * From a rolling window leaves, hour by hour, what came into it one length before.
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const HOURS_OF_WEEK = 168;
export const FORECAST_WEEKS = 4;
/** Of a normal distribution: 80 % lie within. */
const Z_80 = 1.28;

export interface ForecastInput {
  readonly nowMs: number;
  /** Start of the window; where it has none, of what the rate is taken from. */
  readonly startMs: number;
  /** To where it is forecast. */
  readonly endMs: number;
  readonly settledNano: bigint;
  /** Spent since `startMs`; default: all that is settled. */
  readonly seenNano?: bigint;
  /** Of a rolling window its length: what is older leaves it. */
  readonly rollingMs?: number;
  /** Where it runs out. */
  readonly limitNano: bigint;
  /** Spend by the start of each UTC hour, of the last four weeks and of the window; hours without spend may be absent. */
  readonly hours: ReadonlyMap<number, bigint>;
}

export interface Forecast {
  /** At the end of the window. */
  readonly expectedNano: bigint;
  readonly lowNano: bigint;
  readonly highNano: bigint;
  /** Whole weeks of history that it follows, 0 to 4. */
  readonly weeks: number;
  readonly runsOut: RunsOut;
}

/** Of the window. */
export type RunsOut =
  | { readonly kind: 'already' }
  /** Expected at `atMs`; within the interval not before `earliestMs`, and by `latestMs` unless that is undefined. */
  | { readonly kind: 'expected'; readonly atMs: number; readonly earliestMs: number; readonly latestMs?: number }
  /** Not expected, but within the interval. */
  | { readonly kind: 'possible'; readonly earliestMs: number }
  | { readonly kind: 'not-before-end' };

export function forecast(input: ForecastInput): Forecast {
  const { nowMs, endMs, settledNano, limitNano } = input;
  const model = modelOf(input);
  const settled = Number(settledNano);
  const limit = Number(limitNano);
  const reached: { low?: number; expected?: number; high?: number } = {};
  let point: Point = { atMs: nowMs, linear: 0, profile: 0, left: 0, hours: 0 };
  let band: Band = { low: settled, expected: settled, high: settled };
  while (point.atMs < endMs) {
    const nextMs = Math.min(endMs, (Math.floor(point.atMs / HOUR_MS) + 1) * HOUR_MS);
    const share = (nextMs - point.atMs) / HOUR_MS;
    const next: Point = {
      atMs: nextMs,
      linear: point.linear + model.linear * share,
      profile: point.profile + model.profileAt(point.atMs) * share,
      left: point.left + leavingAt(input, point.atMs) * share,
      hours: point.hours + share,
    };
    const nextBand = bandOf(model, next, input, band);
    for (const edge of EDGES) {
      if (reached[edge] === undefined && nextBand[edge] >= limit) {
        const rise = nextBand[edge] - band[edge];
        const part = rise > 0 ? Math.max(0, (limit - band[edge]) / rise) : 1;
        reached[edge] = Math.round(point.atMs + part * (nextMs - point.atMs));
      }
    }
    point = next;
    band = nextBand;
  }
  return {
    expectedNano: toNano(band.expected),
    lowNano: toNano(band.low),
    highNano: toNano(band.high),
    weeks: model.weeks,
    runsOut: settledNano >= limitNano ? { kind: 'already' } : runsOutOf(reached),
  };
}

const EDGES = ['low', 'expected', 'high'] as const;
type Band = Readonly<Record<(typeof EDGES)[number], number>>;

/** So much is to come until then, by either rate. */
interface Point {
  readonly atMs: number;
  readonly linear: number;
  readonly profile: number;
  /** So much has left a rolling window. */
  readonly left: number;
  readonly hours: number;
}

interface Model {
  /** Per hour. */
  readonly linear: number;
  readonly profileAt: (atMs: number) => number;
  readonly weeks: number;
  /** Standard deviation of an hour. */
  readonly strays: number;
  /** Hours that were seen. */
  readonly seen: number;
}

function modelOf({ nowMs, startMs, settledNano, seenNano = settledNano, hours }: ForecastInput): Model {
  const thisHour = Math.floor(nowMs / HOUR_MS);
  const firstHour = firstSpend(hours);
  const weeks = weeksOf(firstHour, thisHour);
  // Whoever began in the middle of a window does not spend by what was before; a first day is no rate of its first hour.
  const sinceMs = Math.max(startMs, firstHour === undefined ? startMs : Math.min(firstHour * HOUR_MS, nowMs - DAY_MS));
  // Of a window that has only begun, an hour at least: a single call says nothing of the rate.
  const linear = Number(seenNano) / Math.max(1, (nowMs - sinceMs) / HOUR_MS);
  const at = (hour: number): number => Number(hours.get(hour * HOUR_MS) ?? 0n);
  const profile = Array.from({ length: HOURS_OF_WEEK }, (_, back) =>
    mean(Array.from({ length: weeks }, (_, week) => at(thisHour - back - 1 - week * HOURS_OF_WEEK))),
  );
  /** Of an hour to come or one that was: the hours of a week behind this one, again and again. */
  const profileOf = (hour: number): number =>
    profile[(((thisHour - 1 - hour) % HOURS_OF_WEEK) + HOURS_OF_WEEK) % HOURS_OF_WEEK] ?? 0;
  const first = weeks > 0 ? thisHour - weeks * HOURS_OF_WEEK : Math.floor(sinceMs / HOUR_MS);
  // Of each hour of the week one degree is taken by its mean.
  const freedom = weeks > 1 ? (weeks - 1) / weeks : 1;
  const expectedOf = weeks > 1 ? profileOf : weeks === 1 ? () => mean(profile) : () => linear;
  let squares = 0;
  let seen = 0;
  for (let hour = Math.max(first, thisHour - FORECAST_WEEKS * HOURS_OF_WEEK); hour < thisHour; hour += 1) {
    squares += (at(hour) - expectedOf(hour)) ** 2;
    seen += 1;
  }
  // With nothing seen it may stray as far as it comes to.
  const strays = seen === 0 ? linear : Math.sqrt(squares / (seen * freedom));
  return { linear, profileAt: (atMs) => profileOf(Math.floor(atMs / HOUR_MS)), weeks, strays, seen: Math.max(1, seen) };
}

/** Hour of the first spend that is known. */
function firstSpend(hours: ReadonlyMap<number, bigint>): number | undefined {
  let first: number | undefined;
  for (const [atMs, nano] of hours) if (nano !== 0n && (first === undefined || atMs < first)) first = atMs;
  return first === undefined ? undefined : Math.floor(first / HOUR_MS);
}

/** Whole weeks between the first spend and this hour. */
const weeksOf = (firstHour: number | undefined, thisHour: number): number =>
  firstHour === undefined
    ? 0
    : Math.max(0, Math.min(FORECAST_WEEKS, Math.floor((thisHour - firstHour) / HOURS_OF_WEEK)));

/** @param before the band of the hour before: what was spent by then is spent, unless it leaves the window */
function bandOf(
  { weeks, strays, seen }: Model,
  { linear, profile, left, hours }: Point,
  { settledNano, rollingMs }: ForecastInput,
  before: Band,
): Band {
  const rest = (linear + weeks * profile) / (weeks + 1);
  const apart = (Math.sqrt(weeks) / (weeks + 1)) * Math.abs(linear - profile);
  const sigma = Math.sqrt(strays ** 2 * hours + (strays * hours) ** 2 / seen + apart ** 2);
  const expected = Math.max(0, Number(settledNano) + rest - left);
  const least = rollingMs === undefined ? before.low : 0;
  return { low: Math.max(least, expected - Z_80 * sigma), expected, high: expected + Z_80 * sigma };
}

function leavingAt({ rollingMs, hours }: ForecastInput, atMs: number): number {
  if (rollingMs === undefined) return 0;
  return Number(hours.get(Math.floor((atMs - rollingMs) / HOUR_MS) * HOUR_MS) ?? 0n);
}

function runsOutOf({ low, expected, high }: { low?: number; expected?: number; high?: number }): RunsOut {
  if (high === undefined) return { kind: 'not-before-end' };
  if (expected === undefined) return { kind: 'possible', earliestMs: high };
  return { kind: 'expected', atMs: expected, earliestMs: high, ...(low === undefined ? {} : { latestMs: low }) };
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Down: what is below the limit is not told as having reached it. */
const toNano = (nano: number): bigint => BigInt(Math.floor(nano));
