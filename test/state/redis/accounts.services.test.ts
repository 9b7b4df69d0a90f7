// needs: redis
/** The contract of Accounts on a real Redis, alone and as a cluster. */
import { accountsContract } from '../../contract/accounts.ts';
import { redisDriver } from './driver.ts';
import { onEachRedis } from './each-redis.ts';

onEachRedis((name, url) => accountsContract(redisDriver(name, url)));
