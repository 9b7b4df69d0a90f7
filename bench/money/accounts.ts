/**
 * A hold over three budgets and its settlement: in memory, and in Redis beside an empty script on the same connection. Calls of each
 * kind take turns, one at a time, so that a noisy moment hits all of them; then many at once for the rate.
 */
import { createHash } from 'node:crypto';
import type { Account } from '../../src/core/account.ts';
import { SYSTEM_CLOCK } from '../../src/engine/clock.ts';
import type { Accounts } from '../../src/flows/accounts.ts';
import { createMemoryAccounts, type MemoryAccounts } from '../../src/state/accounts/memory.ts';
import { createRedisAccounts } from '../../src/state/redis/accounts.ts';
import { begin, type Client, connect, run } from '../../src/state/redis/connection.ts';
import { startRedis } from '../../test/services/redis.ts';
import { atMost } from '../bars.ts';
import { median } from '../measure.ts';
import type { BenchOptions, Row } from '../section.ts';
import type { MoneyPart } from './part.ts';

const ROUNDS = 9;
const IN_FLIGHT = 64;
const RATE = `per s, ${IN_FLIGHT} in flight`;
const EMPTY_TEXT = 'return 1';
const EMPTY = {
  script: { text: EMPTY_TEXT, sha: createHash('sha1').update(EMPTY_TEXT).digest('hex') },
  keys: ['{turnpike}:complete'],
  args: [],
};
const RESETS_AT_MS = Date.now() + 86_400_000;
const ACCOUNTS: readonly Account[] = ['team-search-month', 'app-assistant-day', 'company-month'].map((budget) => ({
  key: `${budget}|2026-11-01`,
  budget,
  limitNano: 9_000_000_000_000_000n,
  ceilingNano: 9_000_000_000_000_000n,
  resetsAtMs: RESETS_AT_MS,
}));

const DEMAND = { amountNano: 1_000_000n, accounts: ACCOUNTS, rates: [], slots: [], leaseMs: 60_000 };

export async function accountsPart(options: BenchOptions): Promise<MoneyPart> {
  // As it syncs by itself.
  const redis = await startRedis({ options: ['--appendfsync', 'everysec'] });
  const client = connect({ url: redis.url });
  try {
    let tokens = 0;
    const failed = await begin(client, 5_000);
    if (failed !== undefined) throw failed;
    const accounts = createRedisAccounts(client, { fence: () => `fence-${tokens++}`, onLost: async () => new Map() });
    await accounts.connected();
    options.progress('holds and settlements in redis');
    const calls = options.quick ? 300 : 2_000;
    const shared = await measured(accounts, client, calls);
    options.progress('holds and settlements in memory');
    return { ...shared, rows: [...shared.rows, ...(await inMemory(calls))] };
  } finally {
    client.disconnect();
    await redis.clean();
  }
}

async function measured(accounts: Accounts, client: Client, calls: number): Promise<MoneyPart> {
  const empty = async (): Promise<void> => void (await run(client, EMPTY));
  await turns(accounts, empty, calls); // nothing of the first round counts
  const before = await scripts(client);
  const rounds: Turns[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await turns(accounts, empty, calls));
  const trips = (await scripts(client)) - before;
  const asked = 3 * calls * ROUNDS;

  const row = (name: string, of: (turns: Turns) => readonly number[], perSecond?: number): Row => ({
    case: name,
    contender: 'redis',
    figures: {
      'p50 µs': median(rounds.map((round) => quantile(of(round), 0.5))),
      'p99 µs': median(rounds.map((round) => quantile(of(round), 0.99))),
      ...(perSecond === undefined ? undefined : { [RATE]: perSecond }),
    },
  });
  const ratio = (of: (turns: Turns) => readonly number[]): number =>
    median(rounds.map((round) => quantile(of(round), 0.5) / quantile(round.empty, 0.5)));
  const pairs = await rate(calls * 4, async (index) => {
    await settle(accounts, `rate-${index}`, await hold(accounts, `rate-${index}`));
  });
  return {
    rows: [
      row('empty script', ({ empty: us }) => us, await rate(calls * 4, empty)),
      row('hold, three budgets', ({ hold: us }) => us),
      row('settle, three budgets', ({ settle: us }) => us),
      { case: 'hold and settle', contender: 'redis', figures: { [RATE]: pairs } },
    ],
    bars: [
      atMost(
        'redis: hold over three budgets / empty script',
        ratio(({ hold: us }) => us),
        2,
      ),
      atMost(
        'redis: settle over three budgets / empty script',
        ratio(({ settle: us }) => us),
        2,
      ),
      atMost('redis: scripts that ran / holds, settlements and empty scripts asked', trips / asked, 1),
    ],
    notes: ['redis: a server of its own on loopback that writes its log to disk, one connection'],
  };
}

async function inMemory(count: number): Promise<readonly Row[]> {
  let tokens = 0;
  const accounts = createMemoryAccounts({ clock: SYSTEM_CLOCK, fence: () => `fence-${tokens++}` });
  const nothing = async (): Promise<void> => undefined;
  await turns(accounts, nothing, count * 4);
  const taken = await turns(accounts, nothing, count * 4);
  const startedAtMs = performance.now();
  for (let index = 0; index < count * 20; index += 1) pair(accounts, `pair-${index}`);
  const pairs = (count * 20 * 1000) / (performance.now() - startedAtMs);
  const row = (name: string, us: readonly number[]): Row => ({
    case: name,
    contender: 'memory',
    figures: { 'p50 µs': quantile(us, 0.5), 'p99 µs': quantile(us, 0.99) },
  });
  return [
    row('hold, three budgets', taken.hold),
    row('settle, three budgets', taken.settle),
    { case: 'hold and settle, one after the other', contender: 'memory', figures: { 'per s': pairs } },
  ];
}

/** Without a promise, as whoever shares the process calls it. */
function pair(accounts: MemoryAccounts, id: string): void {
  const held = accounts.hold({ ...DEMAND, id });
  if (held.kind !== 'held') throw new Error(`${id}: ${held.kind}`);
  const settled = accounts.settle({ id, fence: held.fence, costNano: 400_000n, accounts: ACCOUNTS });
  if (settled.kind !== 'settled') throw new Error(`${id}: ${settled.kind}`);
}

/** Microseconds of each call. */
interface Turns {
  readonly empty: readonly number[];
  readonly hold: readonly number[];
  readonly settle: readonly number[];
}

let calls = 0;

async function turns(accounts: Accounts, empty: () => Promise<void>, count: number): Promise<Turns> {
  const taken = { empty: [] as number[], hold: [] as number[], settle: [] as number[] };
  for (let index = 0; index < count; index += 1) {
    const id = `call-${calls++}`;
    taken.empty.push(await timed(empty));
    let fence = '';
    taken.hold.push(
      await timed(async () => {
        fence = await hold(accounts, id);
      }),
    );
    taken.settle.push(await timed(() => settle(accounts, id, fence)));
  }
  return taken;
}

/** The answer is checked, so that a quick wrong one wins nothing. */
async function hold(accounts: Accounts, id: string): Promise<string> {
  const result = await accounts.hold({ ...DEMAND, id });
  if (result.kind !== 'held') throw new Error(`${id}: ${result.kind}`);
  return result.fence;
}

async function settle(accounts: Accounts, id: string, fence: string): Promise<void> {
  const result = await accounts.settle({ id, fence, costNano: 400_000n, accounts: ACCOUNTS });
  if (result.kind !== 'settled') throw new Error(`${id}: ${result.kind}`);
}

async function timed(call: () => Promise<void>): Promise<number> {
  const startedAtMs = performance.now();
  await call();
  return (performance.now() - startedAtMs) * 1000;
}

/** @returns calls in a second with so many in flight */
async function rate(count: number, call: (index: number) => Promise<void>): Promise<number> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await call(next++);
  };
  const startedAtMs = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return (count * 1000) / (performance.now() - startedAtMs);
}

/** Scripts that the server has run, by their hash or with their text. */
async function scripts(client: Client): Promise<number> {
  const statistics = await client.info('commandstats');
  return [...statistics.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
