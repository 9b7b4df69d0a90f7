/** The same tests on a real Redis, alone and as a cluster: each is started before they run, and gone behind them. */
import { after, before } from 'node:test';
import { type RunningRedis, startRedis } from '../../services/redis.ts';

/** @param define the tests of one; its `url` is known once they run */
export function onEachRedis(define: (name: string, url: () => string) => void): void {
  for (const cluster of [false, true]) {
    let redis: RunningRedis;
    before(async () => {
      redis = await startRedis({ cluster });
    });
    after(() => redis.clean());
    define(cluster ? 'redis cluster' : 'redis', () => redis.url);
  }
}
