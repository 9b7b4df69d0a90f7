/**
 * Timing of contenders side by side: short rounds in turn, so that a noisy moment of the machine hits all of them, and
 * ratios are taken within a round. One call is one sample: no batching, so that percentiles mean something.
 */
import { do_not_optimize, measure } from 'mitata';

export interface Contender {
  readonly name: string;
  readonly run: () => unknown;
}

export interface Timing {
  readonly name: string;
  /** Medians over the rounds, in microseconds. */
  readonly p50Us: number;
  readonly p99Us: number;
  /** p50 of every round, in the order they ran. */
  readonly roundsP50Us: readonly number[];
  readonly samples: number;
}

export interface MeasureOptions {
  readonly rounds?: number;
  /** Milliseconds of one contender in one round. */
  readonly roundMs?: number;
  /** Milliseconds each contender runs before anything is timed. */
  readonly warmupMs?: number;
}

export async function compare(
  contenders: readonly Contender[],
  options: MeasureOptions = {},
): Promise<readonly Timing[]> {
  const { rounds = 7, roundMs = 150, warmupMs = 300 } = options;
  for (const contender of contenders) await once(contender, warmupMs);
  const results = contenders.map((contender) => ({ contender, p50: [] as number[], p99: [] as number[], samples: 0 }));
  for (let round = 0; round < rounds; round += 1) {
    for (const result of results) {
      const stats = await once(result.contender, roundMs);
      result.p50.push(stats.p50 / 1000);
      result.p99.push(stats.p99 / 1000);
      result.samples += stats.ticks;
    }
  }
  return results.map(({ contender, p50, p99, samples }) => ({
    name: contender.name,
    p50Us: median(p50),
    p99Us: median(p99),
    roundsP50Us: p50,
    samples,
  }));
}

/** Median over the rounds of `of` divided by `by` in the same round. */
export function pairedRatio(of: Timing, by: Timing): number {
  return median(of.roundsP50Us.map((us, round) => us / (by.roundsP50Us[round] ?? Number.NaN)));
}

/** What `of` takes beyond the floor, by what `by` takes beyond it: medians over the rounds of differences within a round. */
export function pairedShare(of: Timing, by: Timing, floor: Timing): number {
  const beyond = (timing: Timing): number =>
    median(timing.roundsP50Us.map((us, round) => us - (floor.roundsP50Us[round] ?? Number.NaN)));
  return beyond(of) / beyond(by);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

async function once(contender: Contender, milliseconds: number) {
  const { run } = contender;
  return measure(() => keep(run()), {
    min_cpu_time: milliseconds * 1e6,
    min_samples: 10,
    batch_threshold: -1,
    gc: false,
  });
}

/** Keeps a value alive; a promise is handed on so that it is awaited inside the sample. */
function keep(value: unknown): unknown {
  if (value instanceof Promise) return value;
  do_not_optimize(value);
  return undefined;
}
