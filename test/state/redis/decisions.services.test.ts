// needs: redis
/** The contract of HeldDecisions on a real Redis, alone and as a cluster; what is known while it is away, and for how long. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Redis } from 'ioredis';
import { Failure } from '../../../src/core/failure.ts';
import type { HeldDecision } from '../../../src/flows/held-decisions.ts';
import { type OpenedAccounts, openRedisAccounts } from '../../../src/state/redis/open.ts';
import { START_MS } from '../../contract/accounts-driver.ts';
import { heldDecisionsContract } from '../../contract/held-decisions.ts';
import type { HeldDecisionsDriver } from '../../contract/held-decisions-driver.ts';
import { type RunningRedis, startRedis } from '../../services/redis.ts';
import { setClock } from '../../support/clock.ts';

let stores = 0;

function driver(name: string, url: () => string): HeldDecisionsDriver {
  return {
    name,
    async open() {
      const clock = setClock(START_MS);
      let fences = 0;
      const options = {
        url: url(),
        keyPrefix: `decisions-${stores++}`,
        fence: () => `fence-${fences++}`,
        nowMs: () => clock.nowMs(),
        recoverMs: 0,
        onLost: async () => new Map(),
      };
      const open = async () => {
        const accounts = await openRedisAccounts(options);
        return { accounts, decisions: accounts.decisions };
      };
      const [first, second] = [await open(), await open()];
      return {
        first,
        second,
        advance: (ms) => clock.setMs(clock.nowMs() + ms),
        async close() {
          await first.accounts.close();
          await second.accounts.close();
        },
      };
    },
  };
}

for (const cluster of [false, true]) {
  let redis: RunningRedis;
  before(async () => {
    redis = await startRedis({ cluster });
  });
  after(() => redis.clean());
  heldDecisionsContract(driver(cluster ? 'redis cluster' : 'redis', () => redis.url));
}

const HELD: HeldDecision = {
  holdId: 'd/1',
  fence: 'f',
  accounts: [],
  boundNano: 1n,
  policy: { revision: 'r1', digest: 'sha256:00', entrypoint: 'turnpike/decision' },
  operation: 'chat',
  attribution: { team: 'search', application: 'web', environment: 'prod' },
};
const LEASE_MS = 60_000;
const TEN_MINUTES_MS = 600_000;

describe('held decisions in redis', () => {
  let redis: RunningRedis;
  const opened: OpenedAccounts[] = [];
  const open = async (keyPrefix: string): Promise<OpenedAccounts> => {
    const accounts = await openRedisAccounts({
      url: redis.url,
      keyPrefix,
      fence: () => 'f',
      onLost: async () => new Map(),
    });
    opened.push(accounts);
    return accounts;
  };
  before(async () => {
    redis = await startRedis();
  });
  after(async () => {
    for (const accounts of opened) await accounts.close();
    await redis.clean();
  });

  test('are kept until ten minutes behind their leases, and the places of their reports no longer', async () => {
    const { decisions } = await open('kept');
    decisions.remember('d', HELD, LEASE_MS);
    assert.equal((await decisions.claim('d', 'a'))?.place, 0);
    const client = new Redis(redis.url);
    try {
      const left = await Promise.all(['decision', 'reports'].map((kind) => client.pttl(`{kept}:${kind}:d`)));
      for (const ms of left) assert.ok(ms > TEN_MINUTES_MS && ms <= TEN_MINUTES_MS + LEASE_MS, `${ms} ms`);
    } finally {
      client.disconnect();
    }
  });

  test('are known where they were made while the server is away, and no report has the first place then', async () => {
    const [here, elsewhere] = [await open('away'), await open('away')];
    here.decisions.remember('d', HELD, LEASE_MS);
    // Answered in order: then the server has been told.
    await here.decisions.claim('e', 'a');
    assert.deepEqual(await elsewhere.decisions.find('d'), HELD);
    await redis.kill();
    assert.deepEqual(await here.decisions.find('d'), HELD);
    assert.deepEqual(await here.decisions.claim('d', 'a'), { held: HELD, place: 1 });
    const isAway = (reason: unknown) => reason instanceof Failure && reason.code === 'unavailable';
    await assert.rejects(elsewhere.decisions.find('d'), isAway);
    await assert.rejects(elsewhere.decisions.claim('d', 'a'), isAway);
    await redis.start();
  });

  test('that the server was not told of, or has lost, are those of the replica that made them', async () => {
    const here = await open('lost');
    here.decisions.remember('d', HELD, LEASE_MS);
    const client = new Redis(redis.url);
    try {
      await client.del('{lost}:decision:d');
    } finally {
      client.disconnect();
    }
    assert.deepEqual(await here.decisions.claim('d', 'a'), { held: HELD, place: 0 });
    assert.deepEqual(await here.decisions.claim('d', 'b'), { held: HELD, place: 1 });
  });
});
