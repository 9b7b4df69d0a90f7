/**
 * `npm run prove`: what tests show for a bounded time, shown for longer. `npm run prove -- accounts` and `-- burst` run
 * that part alone; `--seconds 600` is how long each implementation of Accounts is tried, `--seed 1` repeats a run.
 * The last line is plain: `N passed, N failed`.
 */
import { inspect, parseArgs } from 'node:util';
import type { AccountsDriver } from '../contract/accounts-driver.ts';
import { LINKED_DRIVER } from '../contract/accounts-linked-driver.ts';
import { memoryDriver } from '../contract/accounts-memory-driver.ts';
import { askedOf } from '../runner/asked.ts';
import { type RunningRedis, startRedis } from '../services/redis.ts';
import { redisDriver } from '../state/redis/driver.ts';
import { proveAccounts } from './accounts/prove.ts';
import { type Proven, proveBurst } from './burst/prove.ts';

interface Terms {
  readonly seconds: number;
  readonly seed: number;
}

const PARTS: Readonly<Record<string, (terms: Terms) => Promise<Proven>>> = {
  accounts: everyAccounts,
  burst: () => proveBurst(say),
};

/** With one seed. */
const LIVES = 500;
/** How often it is told how far it is. */
const TELL_MS = 10_000;

const USAGE = `usage: npm run prove -- [${Object.keys(PARTS).join('|')} …] [--seconds N] [--seed N]
  npm run prove                                    everything; accounts for 60 s each
  npm run prove -- burst                           200 in flight, 20 affordable, over real sockets
  npm run prove -- accounts --seconds 600          longer
  npm run prove -- accounts --seed 7               the run that began with this seed, again
`;

interface Asked extends Terms {
  readonly words: readonly string[];
}

function read(): Asked | undefined {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const words = positionals.length === 0 ? Object.keys(PARTS) : positionals;
  const unknown = words.find((word) => PARTS[word] === undefined);
  if (unknown !== undefined) throw new Error(`there is no part "${unknown}"`);
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) throw new Error(`--seconds: must be more than 0 (actual: ${values.seconds})`);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  if (!Number.isInteger(seed)) throw new Error(`--seed: must be a whole number (actual: ${values.seed})`);
  return { words, seconds, seed };
}

async function main(): Promise<number> {
  process.chdir(new URL('../..', import.meta.url).pathname);
  const { words, seconds, seed } = askedOf(USAGE, read);
  let passed = 0;
  let failed = 0;
  for (const word of words) {
    const proven = await PARTS[word]?.({ seconds, seed });
    passed += proven?.passed ?? 0;
    failed += proven?.failed ?? 0;
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

async function everyAccounts(terms: Terms): Promise<Proven> {
  let redis: RunningRedis | undefined;
  try {
    redis = await startRedis();
    const { url } = redis;
    let passed = 0;
    const drivers = [memoryDriver('memory'), LINKED_DRIVER, redisDriver('redis', () => url)];
    for (const driver of drivers) if (await holds(driver, terms)) passed += 1;
    return { passed, failed: drivers.length - passed };
  } finally {
    await redis?.clean();
  }
}

/** @returns whether the implementation had what the model says, all the time */
async function holds(driver: AccountsDriver, { seconds, seed }: Terms): Promise<boolean> {
  const endsAtMs = performance.now() + seconds * 1000;
  let toldAtMs = performance.now();
  let round = seed;
  let steps = 0;
  say(`accounts in ${driver.name}: ${seconds} s from seed ${seed}`);
  for (; performance.now() < endsAtMs; round += 1) {
    try {
      // The last is not cut so short that nothing of it is tried.
      const timeLimitMs = Math.max(2_000, endsAtMs - performance.now());
      steps += await proveAccounts(driver, { seed: round, lives: LIVES, timeLimitMs });
    } catch (reason) {
      say(`failed  accounts in ${driver.name}, seed ${round}: ${inspect(reason)}`);
      return false;
    }
    if (performance.now() - toldAtMs < TELL_MS) continue;
    toldAtMs = performance.now();
    say(`  ${steps} holds and settlements, now at seed ${round}`);
  }
  say(`sound  accounts in ${driver.name}: ${steps} holds and settlements, ${round - seed} seeds`);
  return true;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main();
