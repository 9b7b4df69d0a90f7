// needs: redis
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RunningRedis, startRedis } from '../../services/redis.ts';
import { SETTINGS } from './settings.ts';

for (const { name, redis: needsRedis, run } of SETTINGS) {
  test(`a burst admits what the money affords, no less and never one more: ${name}`, { timeout: 120_000 }, async () => {
    let redis: RunningRedis | undefined;
    try {
      redis = needsRedis ? await startRedis() : undefined;
      const { admitted, expected, lost } = await run(redis);
      assert.deepEqual([admitted, lost], [expected, 0]);
    } finally {
      await redis?.clean();
    }
  });
}
