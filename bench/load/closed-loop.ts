/** A closed loop: a fixed number of requests in flight, each followed by the next, for a bounded time. */

export interface LoadResult {
  readonly perSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly calls: number;
}

export interface LoadOptions {
  readonly inFlight: number;
  readonly warmupMs: number;
  readonly durationMs: number;
}

/** Most samples kept; a bounded loop on one machine stays below. */
const MAX_SAMPLES = 4_000_000;

/**
 * @param call makes one request and calls back once it is answered; an error ends the run
 */
export function closedLoop(call: (done: (error?: Error) => void) => void, options: LoadOptions): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const samplesUs = new Float64Array(MAX_SAMPLES);
    let count = 0;
    let running = 0;
    const startMs = performance.now() + options.warmupMs;
    const endMs = startMs + options.durationMs;
    let failed = false;

    const next = (): void => {
      const begunMs = performance.now();
      if (begunMs >= endMs || failed) {
        if (running === 0 && !failed) resolve(summarise(samplesUs.subarray(0, count), options.durationMs));
        return;
      }
      running += 1;
      call((error) => {
        running -= 1;
        if (error !== undefined) {
          failed = true;
          reject(error);
          return;
        }
        const endedMs = performance.now();
        if (begunMs >= startMs && endedMs <= endMs && count < MAX_SAMPLES) {
          samplesUs[count] = (endedMs - begunMs) * 1000;
          count += 1;
        }
        next();
      });
    };
    for (let index = 0; index < options.inFlight; index += 1) next();
  });
}

function summarise(samplesUs: Float64Array, durationMs: number): LoadResult {
  const sorted = samplesUs.toSorted();
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  return { perSecond: (sorted.length * 1000) / durationMs, p50Us: at(0.5), p99Us: at(0.99), calls: sorted.length };
}
