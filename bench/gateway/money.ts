/**
 * What money costs a gateway that serves as much as it can: one that holds it and writes it down, its ledger's thread and
 * disk on the same core, beside one that does not; by turns, so that neither always has what the other left to do. Of two
 * processes that do the same one may be a tenth faster for as long as it lives, by what V8 made of its code: so there are
 * several of each.
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

/** Two that have served nobody yet. */
export interface MoneyPair {
  readonly off: Contender;
  readonly on: Contender;
  stop(): Promise<void>;
}

export async function measureMoney(start: () => Promise<MoneyPair>, options: BenchOptions): Promise<MoneyMeasured> {
  const { starts, turns, firstMs } = options.quick
    ? { starts: 1, turns: 3, firstMs: 2000 }
    : { starts: 5, turns: 6, firstMs: 8000 };
  const rates: { off: number; on: number }[] = [];
  for (let one = 1; one <= starts; one += 1) {
    options.progress(`money off and on, ${IN_FLIGHT} in flight, processes ${one} of ${starts}`);
    const pair = await start();
    try {
      for (const contender of [pair.off, pair.on]) await rate(contender, firstMs);
      for (let turn = 0; turn < turns; turn += 1) {
        const both = { off: 0, on: 0 };
        const order = turn % 2 === 0 ? (['off', 'on'] as const) : (['on', 'off'] as const);
        for (const which of order) both[which] = await rate(pair[which], 500);
        rates.push(both);
      }
    } finally {
      await pair.stop();
    }
  }
  const row = (which: 'off' | 'on'): Measured => ({
    contender: `turnpike, money ${which}`,
    what: WHAT,
    figures: { 'per s': median(rates.map((pair) => pair[which])) },
  });
  return { measured: [row('off'), row('on')], ratio: median(rates.map((pair) => pair.on / pair.off)) };
}

async function rate(contender: Contender, warmupMs: number): Promise<number> {
  const load = { inFlight: IN_FLIGHT, warmupMs, durationMs: 1000 };
  return (await headedLoad(contender.address, headFor(contender), bodyFor(contender, false), load)).perSecond;
}
