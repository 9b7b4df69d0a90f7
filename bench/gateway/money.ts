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
import { type Measured, STREAM_END } from './rounds.ts';
import { streamLoad } from './stream-load.ts';

const IN_FLIGHT = 64;
const WHAT = { whole: `whole, ${IN_FLIGHT} in flight, in pairs`, streams: `streams, ${IN_FLIGHT} in flight, in pairs` };
type Kind = keyof typeof WHAT;

export interface MoneyMeasured {
  readonly measured: readonly Measured[];
  /** Throughput with money over that without: the median over pairs. */
  readonly ratios: Readonly<Record<Kind, number>>;
}

/** Two that have served nobody yet. */
export interface MoneyPair {
  readonly off: Contender;
  readonly on: Contender;
  stop(): Promise<void>;
}

interface Rates {
  readonly off: number;
  readonly on: number;
}

export async function measureMoney(start: () => Promise<MoneyPair>, options: BenchOptions): Promise<MoneyMeasured> {
  const starts = options.quick ? 1 : 5;
  const turns = options.quick ? { whole: 3, streams: 2 } : { whole: 6, streams: 4 };
  const firstMs = options.quick ? { whole: 2000, streams: 1000 } : { whole: 8000, streams: 4000 };
  const rates: Record<Kind, Rates[]> = { whole: [], streams: [] };
  for (let one = 1; one <= starts; one += 1) {
    const pair = await start();
    try {
      for (const kind of ['whole', 'streams'] as const) {
        options.progress(`money off and on, ${WHAT[kind]}, processes ${one} of ${starts}`);
        rates[kind].push(...(await inTurns(pair, kind, turns[kind], firstMs[kind])));
      }
    } finally {
      await pair.stop();
    }
  }
  const row = (kind: Kind, which: 'off' | 'on'): Measured => ({
    contender: `turnpike, money ${which}`,
    what: WHAT[kind],
    figures: { 'per s': median(rates[kind].map((pair) => pair[which])) },
  });
  const ratio = (kind: Kind): number => median(rates[kind].map(({ on, off }) => on / off));
  return {
    measured: [row('whole', 'off'), row('whole', 'on'), row('streams', 'off'), row('streams', 'on')],
    ratios: { whole: ratio('whole'), streams: ratio('streams') },
  };
}

async function inTurns(pair: MoneyPair, kind: Kind, turns: number, firstMs: number): Promise<readonly Rates[]> {
  for (const contender of [pair.off, pair.on]) await rate(contender, kind, firstMs);
  const rates: Rates[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const both = { off: 0, on: 0 };
    const order = turn % 2 === 0 ? (['off', 'on'] as const) : (['on', 'off'] as const);
    for (const which of order) both[which] = await rate(pair[which], kind, 500);
    rates.push(both);
  }
  return rates;
}

/** Calls a second. */
async function rate(contender: Contender, kind: Kind, warmupMs: number): Promise<number> {
  const load = { inFlight: IN_FLIGHT, warmupMs, durationMs: 1000 };
  const body = bodyFor(contender, kind === 'streams');
  switch (kind) {
    case 'whole':
      return (await headedLoad(contender.address, headFor(contender), body, load)).perSecond;
    case 'streams':
      return (await streamLoad(contender.address, headFor(contender), body, STREAM_END, load)).streams.perSecond;
  }
}
