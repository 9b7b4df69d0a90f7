/** Memory of the gateway after many calls: flat is the only good answer. */
import { atMost, type Bar } from '../bars.ts';
import { headedLoad } from '../load/http-load.ts';
import type { BenchOptions, Row } from '../section.ts';
import { bodyFor, type Contender, headFor } from './contender.ts';
import { streamLoad } from './stream-load.ts';

const EARLY_CALLS = 5_000;
const CALLS = 100_000;
const STREAMED = 10_000;
const MIB = 1024 ** 2;
/** One round of load at most. */
const ROUND = { inFlight: 16, warmupMs: 0, durationMs: 1000 } as const;

export interface MeasuredMemory {
  readonly rows: readonly Row[];
  readonly bar: Bar;
}

export async function measureMemory(
  gateway: Contender & { rssBytes(): Promise<number> },
  options: BenchOptions,
): Promise<MeasuredMemory> {
  const share = options.quick ? 0.1 : 1;
  options.progress(`memory after ${CALLS * share} calls and ${STREAMED * share} streams`);
  const calls = (least: number): Promise<void> => atLeastSoMany(least, () => wholeCalls(gateway));
  await calls(EARLY_CALLS);
  const earlyBytes = await gateway.rssBytes();
  await calls(CALLS * share);
  await atLeastSoMany(STREAMED * share, () => streamedCalls(gateway));
  const lateBytes = await gateway.rssBytes();
  const row = (what: string, bytes: number): Row => ({
    case: what,
    contender: gateway.name,
    figures: { 'RSS MiB': bytes / MIB },
  });
  return {
    rows: [row('memory, early', earlyBytes), row('memory, late', lateBytes)],
    bar: atMost(
      `RSS after ${CALLS * share} calls and ${STREAMED * share} streams / early`,
      lateBytes / earlyBytes,
      1.1,
    ),
  };
}

async function atLeastSoMany(least: number, run: () => Promise<number>): Promise<void> {
  for (let made = 0; made < least; ) made += await run();
}

async function wholeCalls(gateway: Contender): Promise<number> {
  return (await headedLoad(gateway.address, headFor(gateway), bodyFor(gateway, false), ROUND)).calls;
}

async function streamedCalls(gateway: Contender): Promise<number> {
  const { streams } = await streamLoad(gateway.address, headFor(gateway), bodyFor(gateway, true), '[DONE]', ROUND);
  return streams.calls;
}
