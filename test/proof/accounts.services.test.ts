// needs: redis
/** The money path on accounts in a real Redis, for a bounded time; longer by `npm run prove`. */
import { after, before, test } from 'node:test';
import { type RunningRedis, startRedis } from '../services/redis.ts';
import { redisDriver } from '../state/redis/driver.ts';
import { proveAccounts } from './accounts/prove.ts';

let redis: RunningRedis;
before(async () => {
  redis = await startRedis();
});
after(() => redis.clean());

test('accounts in Redis have what the model says at every step', async () => {
  const driver = redisDriver('redis', () => redis.url);
  await proveAccounts(driver, { lives: 150, timeLimitMs: 30_000 });
});
