// needs: redis
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { createRedisHealthExchange } from '../../../src/state/redis/health-exchange.ts';
import type { Health } from '../../../src/state/shared-health.ts';
import { type RunningRedis, startRedis } from '../../services/redis.ts';

let redis: RunningRedis;
before(async () => {
  redis = await startRedis();
});
after(() => redis.clean());

test('replicas hear one another, not themselves, and pass over what is no health', async () => {
  const replicas = ['a', 'b'].map((replica) => {
    const exchange = createRedisHealthExchange({ url: redis.url, replica });
    const heard: (readonly [string, Health])[] = [];
    exchange.subscribe((from, health) => void heard.push([from, health]));
    return { ...exchange, heard };
  });
  const [a, b] = replicas;
  const noise = new Redis(redis.url);
  assert.ok(a !== undefined && b !== undefined);
  try {
    // What is told before the other listens is lost: replicas tell again and again.
    for (let left = 500; (a.heard.length === 0 || b.heard.length === 0) && left > 0; left -= 1) {
      for (const text of ['{', '[]', '{"from":"c"}', '{"from":"c","health":{"x/y":{"breaker":"ajar"}}}']) {
        await noise.publish('{turnpike}:health', text);
      }
      a.publish({ 'x/y': { breaker: 'open', error_rate: 0.5 } });
      b.publish({});
      await delay(10);
    }
    assert.deepEqual(b.heard[0], ['a', { 'x/y': { breaker: 'open', error_rate: 0.5 } }]);
    assert.deepEqual(a.heard[0], ['b', {}]);
    assert.deepEqual([...new Set([...a.heard, ...b.heard].map(([from]) => from))].sort(), ['a', 'b']);
    assert.ok(a.heard.every(([from]) => from === 'b'));
  } finally {
    noise.disconnect();
    for (const replica of replicas) replica.close();
  }
});
