// needs: redis
/** The contract of HeldDecisions on a real Redis, alone and as a cluster; how long one is kept there, and what writing it costs. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { Redis } from 'ioredis';
import type { HoldRequest } from '../../../src/core/account.ts';
import { Failure } from '../../../src/core/failure.ts';
import type { HeldDecision } from '../../../src/flows/held-decisions.ts';
import { type OpenRedisAccounts, openRedisAccounts, type RedisAccountsOptions } from '../../../src/state/redis/open.ts';
import { START_MS } from '../../contract/accounts-driver.ts';
import { heldDecisionsContract } from '../../contract/held-decisions.ts';
import { type RunningRedis, startRedis } from '../../services/redis.ts';
import { setClock } from '../../support/clock.ts';
import { onEachRedis } from './each-redis.ts';
import { redisHeldDecisions } from './held-decisions-driver.ts';

onEachRedis((name, url) => heldDecisionsContract(redisHeldDecisions(name, url)));

const DECISION: HeldDecision = {
  id: 'd',
  holdId: 'd/1',
  accounts: [],
  boundNano: 0n,
  policy: { revision: 'r', digest: 'd' },
  operation: 'chat',
  attribution: { team: 'search', application: 'a', environment: 'e' },
};
const HOLD: HoldRequest = { id: 'd/1', amountNano: 0n, accounts: [], rates: [], slots: [], leaseMs: 60_000 };

describe('a held decision in redis', () => {
  let redis: RunningRedis;
  before(async () => {
    redis = await startRedis();
  });
  const opened: OpenRedisAccounts[] = [];
  after(async () => {
    for (const accounts of opened) await accounts.close();
    await redis.clean();
  });
  const open = async (keyPrefix: string, more: Partial<RedisAccountsOptions>): Promise<OpenRedisAccounts> => {
    const accounts = await openRedisAccounts({ url: redis.url, keyPrefix, fence: () => 'fence', ...more });
    opened.push(accounts);
    return accounts;
  };
  const onLost = async (): Promise<ReadonlyMap<string, bigint>> => new Map();

  it('is kept for an hour behind its lease', async () => {
    const accounts = await open('kept', { onLost });
    await accounts.hold(HOLD, { decision: DECISION });
    const client = new Redis(redis.url);
    const leftMs = await client.pttl('{kept}:decision:d');
    client.disconnect();
    assert.ok(leftMs > 3_600_000 && leftMs <= 3_660_000, `${leftMs} ms`);
  });

  it('is not called unknown while the state is lost, or replicas tell what they hold', async () => {
    const asked = { decisionId: 'd', reportId: 'r', content: '', team: undefined };
    const isUnavailable = (reason: unknown): boolean => reason instanceof Failure && reason.code === 'unavailable';
    const lost = await open('lost', {});
    await assert.rejects(async () => lost.decisions.claim(asked), isUnavailable);
    const clock = setClock(START_MS);
    const settled = new Map([['account', 1n]]);
    const accounts = await open('lost', { recoverMs: 5_000, nowMs: clock.nowMs, onLost: async () => settled });
    await assert.rejects(async () => accounts.decisions.claim(asked), isUnavailable);
    clock.setMs(START_MS + 5_000);
    assert.deepEqual(await accounts.decisions.claim(asked), { kind: 'unknown' });
  });

  it('is written in the trip of its hold', async () => {
    const line = await tapped(Number(new URL(redis.url).port));
    const accounts = await open('trip', { onLost, url: redis.url.replace(/:\d+$/, `:${line.port}`) });
    // The server gets to know the scripts.
    await accounts.hold({ ...HOLD, id: 'first/1' }, { decision: { ...DECISION, id: 'first', holdId: 'first/1' } });
    line.seen.length = 0;
    await accounts.hold(HOLD, { decision: DECISION });
    assert.match(line.seen.join(''), /^>+<+$/, 'everything is asked before anything is answered');
    const claimed = await accounts.decisions.claim({ decisionId: 'd', reportId: 'r', content: '', team: undefined });
    assert.equal(claimed.kind, 'claimed');
    line.close();
  });
});

/** A line to the server, and which way something went on it. */
async function tapped(to: number) {
  const seen: ('>' | '<')[] = [];
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    near.on('data', (chunk) => {
      seen.push('>');
      far.write(chunk);
    });
    far.on('data', (chunk) => {
      seen.push('<');
      near.write(chunk);
    });
    for (const [one, other] of [[near, far] as const, [far, near] as const]) {
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on a port');
  return { port: address.port, seen, close: () => server.close() };
}
