// needs: redis
/** What happens to accounts when their Redis is killed, and when it comes back with nothing. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { Account, HoldResult } from '../../../src/core/account.ts';
import { Failure } from '../../../src/core/failure.ts';
import type { Accounts } from '../../../src/flows/accounts.ts';
import { openRedisAccounts, type RedisAccountsOptions } from '../../../src/state/redis/open.ts';
import { type RunningRedis, startRedis } from '../../services/redis.ts';
import { untilAnswered } from './until-answered.ts';

const TEAM: Account = { key: 'team|2026-11', budget: 'team', limitNano: 100n, ceilingNano: 100n };
let redis: RunningRedis;
let fences = 0;
const opened: Accounts[] = [];

before(async () => {
  redis = await startRedis();
});
after(async () => {
  for (const accounts of opened) await accounts.close();
  await redis.clean();
});

async function open(more: Partial<RedisAccountsOptions> & { readonly keyPrefix: string }) {
  const warnings: string[] = [];
  const accounts = await openRedisAccounts({
    url: redis.url,
    fence: () => `fence-${fences++}`,
    warn: (message) => void warnings.push(message),
    onLost: async () => new Map(),
    recoverMs: 1_500,
    ...more,
  });
  opened.push(accounts);
  return { accounts, warnings };
}

const hold = async (accounts: Accounts, id: string, amountNano: bigint, leaseMs = 60_000): Promise<HoldResult> =>
  accounts.hold({ id, amountNano, accounts: [TEAM], rates: [], slots: [], leaseMs });
const held = async (accounts: Accounts, id: string, amountNano: bigint): Promise<string> => {
  const result = await hold(accounts, id, amountNano);
  assert.equal(result.kind, 'held');
  return result.kind === 'held' ? result.fence : '';
};
const balance = async (accounts: Accounts): Promise<readonly bigint[]> => {
  const [found] = await accounts.balances([TEAM]);
  return [found?.settledNano ?? -1n, found?.heldNano ?? -1n];
};
const unavailable = (text: RegExp) => (reason: unknown) =>
  reason instanceof Failure && reason.code === 'unavailable' && text.test(reason.message);

test('killed and started again, it knows every hold and every settlement', async () => {
  const { accounts } = await open({ keyPrefix: 'kept' });
  const fence = await held(accounts, 'a', 40n);
  await accounts.settle({ id: 'b', fence: await held(accounts, 'b', 30n), costNano: 25n, accounts: [TEAM] });
  await redis.kill();
  await assert.rejects(hold(accounts, 'c', 1n), unavailable(/cannot be asked/));
  await redis.start();
  assert.deepEqual(await untilAnswered(() => balance(accounts)), [25n, 40n]);
  const settled = await untilAnswered(async () => accounts.settle({ id: 'a', fence, costNano: 1n, accounts: [TEAM] }));
  assert.equal(settled.kind, 'settled');
});

test('a server that lost everything gives nothing until it is told what was settled, and then holds what was held', async () => {
  let ledgerReads = 0;
  const settled = new Map([[TEAM.key, 30n]]);
  const onLost = async (): Promise<ReadonlyMap<string, bigint>> => {
    ledgerReads += 1;
    return settled;
  };
  const rebuilt: number[] = [];
  const onRebuilt = (readAtMs: number): void => void rebuilt.push(readAtMs);
  const { accounts: one, warnings } = await open({ keyPrefix: 'lost', onLost, onRebuilt });
  const { accounts: other } = await open({ keyPrefix: 'lost', onLost, onRebuilt });
  await untilAnswered(() => hold(one, 'opened', 0n));
  ledgerReads = 0;
  rebuilt.length = 0;
  const fence = await held(one, 'a', 20n);
  await held(other, 'b', 40n);
  await redis.kill();
  redis.empty();
  await redis.start();
  // Nothing is given before every replica has had time to hold again what it held.
  const result = await untilAnswered(() => hold(other, 'c', 11n));
  assert.equal(result.kind, 'short');
  assert.deepEqual(await balance(one), [30n, 60n]);
  assert.equal((await hold(one, 'd', 10n)).kind, 'held');
  const late = await one.settle({ id: 'a', fence, costNano: 15n, accounts: [TEAM] });
  assert.equal(late.kind, 'settled');
  assert.deepEqual(await balance(one), [45n, 50n]);
  assert.ok(ledgerReads >= 1 && ledgerReads <= 2, `${ledgerReads} readings of the ledger`);
  assert.equal(rebuilt.length, 2, 'each replica is told once');
  assert.match(warnings.join('\n'), /redis has no state/);
});

test('what was held by a replica that ended before the loss is settled late', async () => {
  const { accounts: one } = await open({ keyPrefix: 'ended', recoverMs: 0 });
  const fence = await held(one, 'a', 20n);
  await one.close();
  const { accounts: other } = await open({ keyPrefix: 'ended', recoverMs: 0 });
  await redis.kill();
  redis.empty();
  await redis.start();
  assert.deepEqual(await untilAnswered(() => balance(other)), [0n, 0n]);
  const settled = await untilAnswered(async () => other.settle({ id: 'a', fence, costNano: 9n, accounts: [TEAM] }));
  assert.equal(settled.kind, 'late');
  assert.deepEqual(await balance(other), [9n, 0n]);
});

test('with nobody to tell what was settled, it stays closed until it is rebuilt, once', async () => {
  const { accounts, warnings } = await openedWithout('closed');
  await assert.rejects(hold(accounts, 'a', 1n), unavailable(/state/));
  const answers = await Promise.all([
    accounts.rebuild(new Map([[TEAM.key, 60n]])),
    accounts.rebuild(new Map([[TEAM.key, 70n]])),
  ]);
  assert.deepEqual(answers, [true, false]);
  assert.equal((await untilAnswered(() => hold(accounts, 'b', 41n))).kind, 'short');
  assert.match(warnings.join('\n'), /nothing is told to rebuild it/);
});

async function openedWithout(keyPrefix: string) {
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  const accounts = await openRedisAccounts({
    url: redis.url,
    keyPrefix,
    fence: () => `fence-${fences++}`,
    warn,
    recoverMs: 0,
  });
  opened.push(accounts);
  return { accounts, warnings };
}

test('goes by the clock of the server: a lease of a moment ends', async () => {
  const { accounts } = await open({ keyPrefix: 'clock' });
  assert.equal((await hold(accounts, 'a', 100n, 30)).kind, 'held');
  let result = await hold(accounts, 'b', 100n);
  for (let left = 200; result.kind === 'short' && left > 0; left -= 1) {
    await delay(5);
    result = await hold(accounts, 'b', 100n);
  }
  assert.equal(result.kind, 'held');
});

test('never tells the password: not when refused, not when away', async () => {
  const told: unknown[] = [];
  const warn = (message: string): void => void told.push(message);
  const options = { fence: () => 'fence', warn, keyPrefix: 'secret' };
  const wrong = redis.url.replace(redis.password, 'open-sesame');
  await assert.rejects(openRedisAccounts({ ...options, url: wrong }), (reason) => {
    told.push(reason);
    return reason instanceof Failure && reason.code === 'config_invalid';
  });
  const away = await openRedisAccounts({ ...options, url: 'redis://:open-sesame@127.0.0.1:1' });
  opened.push(away);
  await assert.rejects(hold(away, 'a', 1n), (reason) => {
    told.push(reason);
    return unavailable(/./)(reason);
  });
  await assert.rejects(openRedisAccounts({ ...options, url: 'http://:open-sesame@127.0.0.1' }), (reason) => {
    told.push(reason);
    return reason instanceof Failure && reason.code === 'config_invalid';
  });
  assert.doesNotMatch(inspect(told, { depth: 10, showHidden: true }), /open-sesame/);
});
