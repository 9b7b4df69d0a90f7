/** The rounds: every contender in turn, so that a noisy minute hits all; of each the median over rounds. */
import { headedLoad } from '../load/http-load.ts';
import { median } from '../measure.ts';
import type { BenchOptions } from '../section.ts';
import { bodyFor, type Contender, headFor } from './contender.ts';
import { STREAM_PIECES } from './replies.ts';
import { streamLoad } from './stream-load.ts';

export interface Measured {
  readonly contender: string;
  readonly what: string;
  readonly figures: Readonly<Record<string, number>>;
}

export const WHOLE = { 1: 'whole, 1 in flight', 16: 'whole, 16 in flight', 64: 'whole, 64 in flight' } as const;
export const STREAMS = { 1: 'streams, 1 in flight', 8: 'streams, 8 in flight' } as const;

/** What a whole stream holds whoever translated it. */
export const STREAM_END = '[DONE]';

export function measureWhole(contenders: readonly Contender[], options: BenchOptions): Promise<readonly Measured[]> {
  return inTurn(contenders, [1, 16, 64] as const, options, async (contender, inFlight, times) => {
    const load = { inFlight, ...times };
    const result = await headedLoad(contender.address, headFor(contender), bodyFor(contender, false), load);
    return {
      what: WHOLE[inFlight],
      figures: { 'per s': result.perSecond, 'p50 µs': result.p50Us, 'p99 µs': result.p99Us },
    };
  });
}

export function measureStreams(contenders: readonly Contender[], options: BenchOptions): Promise<readonly Measured[]> {
  return inTurn(contenders, [1, 8] as const, options, async (contender, inFlight, times) => {
    const load = { inFlight, ...times };
    const body = bodyFor(contender, true);
    const { streams, firstByteP50Us } = await streamLoad(contender.address, headFor(contender), body, STREAM_END, load);
    return {
      what: STREAMS[inFlight],
      figures: {
        'per s': streams.perSecond,
        'pieces per s': streams.perSecond * STREAM_PIECES,
        'first byte µs': firstByteP50Us,
      },
    };
  });
}

interface Times {
  readonly warmupMs: number;
  readonly durationMs: number;
}

async function inTurn<InFlight extends number>(
  contenders: readonly Contender[],
  flights: readonly InFlight[],
  options: BenchOptions,
  measure: (contender: Contender, inFlight: InFlight, times: Times) => Promise<Omit<Measured, 'contender'>>,
): Promise<readonly Measured[]> {
  const { rounds, durationMs, firstMs } = options.quick
    ? { rounds: 1, durationMs: 1500, firstMs: 2000 }
    : { rounds: 5, durationMs: 2000, firstMs: 4000 };
  const medians: Measured[] = [];
  for (const inFlight of flights) {
    options.progress(`${contenders.length} contenders, ${inFlight} in flight`);
    const measured: Measured[] = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const contender of contenders) {
        const times = { warmupMs: round === 0 ? firstMs : 300, durationMs };
        measured.push({ contender: contender.name, ...(await measure(contender, inFlight, times)) });
      }
    }
    for (const { name } of contenders) medians.push(medianOf(measured.filter(({ contender }) => contender === name)));
  }
  return medians;
}

function medianOf(rounds: readonly Measured[]): Measured {
  const [first] = rounds;
  if (first === undefined) throw new Error('nothing was measured');
  const names = Object.keys(first.figures);
  const figures = names.map((name) => [name, median(rounds.map((round) => round.figures[name] ?? Number.NaN))]);
  return { ...first, figures: Object.fromEntries(figures) };
}
