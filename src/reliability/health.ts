/**
 * How one target did lately: share of errors over a rolling window, medians of the last latencies, and a quality that
 * follows the marks it gets. Bounded: a few buckets and two rings of numbers.
 */

export interface HealthOptions {
  readonly windowMs: number;
  readonly buckets: number;
  /** Latencies kept of each kind. */
  readonly samples: number;
  /** Weight of a new mark of quality, above 0, at most 1. */
  readonly qualityWeight: number;
  /** In which half of what is missing to full quality is forgiven: who is not asked any more could not do better. */
  readonly qualityHalfLifeMs: number;
}

/** What was seen in the window; absent: nothing. */
export interface HealthReading {
  readonly calls: number;
  readonly errors: number;
  readonly firstMs?: number;
  readonly totalMs?: number;
  readonly quality?: number;
}

export interface Health {
  count(failed: boolean, nowMs: number): void;
  /** Until the first piece of an answer. */
  first(ms: number, nowMs: number): void;
  /** Until the last. */
  total(ms: number, nowMs: number): void;
  /** @param quality 0 (useless) to 1; beyond that it is cut, and what is no number is left out */
  mark(quality: number, nowMs: number): void;
  read(nowMs: number): HealthReading;
  /** When it was last told anything. */
  readonly touchedAtMs: number;
}

export function createHealth(options: HealthOptions): Health {
  const { buckets, samples } = options;
  const bucketMs = options.windowMs / buckets;
  const slots = new Array<number>(buckets).fill(Number.NEGATIVE_INFINITY);
  const calls = new Array<number>(buckets).fill(0);
  const errors = new Array<number>(buckets).fill(0);
  const firsts = createRecent(samples, options.windowMs);
  const totals = createRecent(samples, options.windowMs);
  let lastQuality: number | undefined;
  let markedAtMs = 0;
  let touchedAtMs = Number.NEGATIVE_INFINITY;

  const qualityAt = (nowMs: number): number => {
    if (lastQuality === undefined) return 1;
    return 1 - (1 - lastQuality) * 0.5 ** (Math.max(0, nowMs - markedAtMs) / options.qualityHalfLifeMs);
  };

  return {
    count(failed, nowMs) {
      touchedAtMs = nowMs;
      const slot = Math.floor(nowMs / bucketMs);
      const at = ((slot % buckets) + buckets) % buckets;
      if (slots[at] !== slot) {
        slots[at] = slot;
        calls[at] = 0;
        errors[at] = 0;
      }
      calls[at] = (calls[at] ?? 0) + 1;
      if (failed) errors[at] = (errors[at] ?? 0) + 1;
    },
    first: (ms, nowMs) => firsts.add(ms, nowMs),
    total: (ms, nowMs) => totals.add(ms, nowMs),
    mark(given, nowMs) {
      if (Number.isNaN(given)) return;
      touchedAtMs = nowMs;
      const mark = Math.min(1, Math.max(0, given));
      // Before the first mark it counts as good: one bad answer is no verdict.
      const before = qualityAt(nowMs);
      lastQuality = before + options.qualityWeight * (mark - before);
      markedAtMs = nowMs;
    },
    read(nowMs) {
      const newest = Math.floor(nowMs / bucketMs);
      let allCalls = 0;
      let allErrors = 0;
      for (let at = 0; at < buckets; at += 1) {
        const slot = slots[at] ?? Number.NEGATIVE_INFINITY;
        if (slot <= newest - buckets || slot > newest) continue;
        allCalls += calls[at] ?? 0;
        allErrors += errors[at] ?? 0;
      }
      const firstMs = firsts.median(nowMs);
      const totalMs = totals.median(nowMs);
      return {
        calls: allCalls,
        errors: allErrors,
        ...(firstMs === undefined ? undefined : { firstMs }),
        ...(totalMs === undefined ? undefined : { totalMs }),
        ...(lastQuality === undefined ? undefined : { quality: qualityAt(nowMs) }),
      };
    },
    get touchedAtMs() {
      return touchedAtMs;
    },
  };
}

interface Recent {
  add(value: number, nowMs: number): void;
  median(nowMs: number): number | undefined;
}

/** The last so many values that are not older than the window. */
function createRecent(capacity: number, windowMs: number): Recent {
  const values = new Float64Array(capacity);
  const times = new Float64Array(capacity).fill(Number.NEGATIVE_INFINITY);
  let at = 0;
  return {
    add(value, nowMs) {
      values[at] = value;
      times[at] = nowMs;
      at = (at + 1) % capacity;
    },
    median(nowMs) {
      const fresh = values.filter((_, index) => (times[index] ?? 0) > nowMs - windowMs).sort();
      return fresh.length === 0 ? undefined : fresh[Math.floor((fresh.length - 1) / 2)];
    },
  };
}
