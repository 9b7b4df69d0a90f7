/**
 * What money costs a gateway that serves as much as it can: one that holds it and writes it down beside one that does
 * not, in turns. In both the thread of the calls has a core; the threads beside it, of which SQLite has one and the disk
 * some, may have the other as well, as where a machine has more than one.
 */
import { headedLoad } from '../load/http-load.ts';
import { median } from '../measure.ts';
import type { BenchOptions } from '../section.ts';
import { bodyFor, type Contender, headFor } from './contender.ts';
import type { Measured } from './rounds.ts';

export const SATURATED = 'whole, 64 in flight, threads on both cores';
const IN_FLIGHT = 64;

export interface MoneyMeasured {
  readonly measured: readonly Measured[];
  /** Throughput with money over that without: the median over rounds, each of which has both. */
  readonly ratio: number;
}

export async function measureMoney(off: Contender, on: Contender, options: BenchOptions): Promise<MoneyMeasured> {
  const { rounds, durationMs } = options.quick ? { rounds: 3, durationMs: 1000 } : { rounds: 15, durationMs: 1000 };
  options.progress(`money off and on, ${IN_FLIGHT} in flight`);
  const rate = async (contender: Contender, warmupMs: number): Promise<number> => {
    const load = { inFlight: IN_FLIGHT, warmupMs, durationMs };
    return (await headedLoad(contender.address, headFor(contender), bodyFor(contender, false), load)).perSecond;
  };
  for (const contender of [off, on]) await rate(contender, options.quick ? 2000 : 10_000);
  const both: { readonly off: number; readonly on: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // By turns, so that neither always has what the other left to do.
    const first = round % 2 === 0 ? await rate(off, 300) : undefined;
    const paid = await rate(on, 300);
    both.push({ off: first ?? (await rate(off, 300)), on: paid });
  }
  const row = ({ name }: Contender, which: 'off' | 'on'): Measured => ({
    contender: name,
    what: SATURATED,
    figures: { 'per s': median(both.map((round) => round[which])) },
  });
  return { measured: [row(off, 'off'), row(on, 'on')], ratio: median(both.map((round) => round.on / round.off)) };
}
