// needs: redis
/** The contract of Accounts on a real Redis, alone and as a cluster. */
import { after, before } from 'node:test';
import { accountsContract } from '../../contract/accounts.ts';
import { type RunningRedis, startRedis } from '../../services/redis.ts';
import { redisDriver } from './driver.ts';

for (const cluster of [false, true]) {
  let redis: RunningRedis;
  before(async () => {
    redis = await startRedis({ cluster });
  });
  after(() => redis.clean());
  accountsContract(redisDriver(cluster ? 'redis cluster' : 'redis', () => redis.url));
}
