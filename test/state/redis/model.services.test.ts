// needs: redis
/** The money path on a real Redis, for a bounded time; longer by `npm run prove`. */
import { after, before, test } from 'node:test';
import { proveAccounts } from '../../proof/accounts/prove.ts';
import { type RunningRedis, startRedis } from '../../services/redis.ts';
import { redisDriver } from './driver.ts';

let redis: RunningRedis;
before(async () => {
  redis = await startRedis();
});
after(() => redis.clean());

test('accounts in redis have what the model says at every step', async () => {
  await proveAccounts(
    redisDriver('redis', () => redis.url),
    { lives: 400, timeLimitMs: 30_000 },
  );
});
