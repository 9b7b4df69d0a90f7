/**
 * What money costs a gateway that serves as much as it can: one that holds it and writes it down, its ledger's thread and
 * disk on the same core, beside one that does not; by turns, so that neither always has what the other left to do.
 */
import { headedLoad } from '../load/http-load.ts';
import { median } from '../measure.ts';
import type { BenchOptions } from '../section.ts';
import { bodyFor, type Contender, headFor } from './contender.ts';
import type { Measured } from './rounds.ts';

const WHAT = 'whole, 64 in flight, in pairs';
const IN_FLIGHT = 64;

export interface MoneyMeasured {
  readonly measured: readonly Measured[];
  /** Throughput with money over that without: the median over pairs. */
  readonly ratio: number;
}

export async function measureMoney(off: Contender, on: Contender, options: BenchOptions): Promise<MoneyMeasured> {
  const { pairs, firstMs } = options.quick ? { pairs: 3, firstMs: 2000 } : { pairs: 16, firstMs: 8000 };
  options.progress(`money off and on, ${IN_FLIGHT} in flight`);
  const rate = async (contender: Contender, warmupMs: number): Promise<number> => {
    const load = { inFlight: IN_FLIGHT, warmupMs, durationMs: 1000 };
    return (await headedLoad(contender.address, headFor(contender), bodyFor(contender, false), load)).perSecond;
  };
  for (const contender of [off, on]) await rate(contender, firstMs);
  const rates: { off: number; on: number }[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const both = { off: 0, on: 0 };
    const turns = pair % 2 === 0 ? (['off', 'on'] as const) : (['on', 'off'] as const);
    for (const which of turns) both[which] = await rate(which === 'off' ? off : on, 500);
    rates.push(both);
  }
  const row = ({ name }: Contender, which: 'off' | 'on'): Measured => ({
    contender: name,
    what: WHAT,
    figures: { 'per s': median(rates.map((pair) => pair[which])) },
  });
  return { measured: [row(off, 'off'), row(on, 'on')], ratio: median(rates.map((pair) => pair.on / pair.off)) };
}
