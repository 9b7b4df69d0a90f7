import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSharedHealth, type Health, type HealthExchange } from '../../src/state/shared-health.ts';
import { setClock } from '../support/clock.ts';

/** Replicas that hear one another at once. */
function replicas(count: number) {
  const clock = setClock(0);
  const listeners: ((from: string, health: Health) => void)[] = [];
  const published: Health[] = [];
  return {
    clock,
    published,
    each: Array.from({ length: count }, (_, index) => {
      let own: Health = {};
      const exchange: HealthExchange = {
        publish(health) {
          published.push(health);
          for (const [other, listener] of listeners.entries()) if (other !== index) listener(String(index), health);
        },
        subscribe: (listener) => void listeners.push(listener), // in the order in which they are made
      };
      const shared = createSharedHealth(() => own, exchange, clock);
      return {
        ...shared,
        sees(health: Health) {
          own = health;
          shared.tell();
        },
      };
    }),
  };
}

test('what one replica sees, all know', () => {
  const [a, b] = replicas(2).each;
  a?.sees({ 'x/y': { breaker: 'open' } });
  assert.deepEqual(b?.read(), { 'x/y': { breaker: 'open' } });
});

test('of the same target the worse counts', () => {
  const [a, b] = replicas(2).each;
  b?.sees({ 'x/y': { breaker: 'half_open', error_rate: 0.1, quality: 0.9 }, 'p/q': { quality: 0.5 } });
  a?.sees({ 'x/y': { breaker: 'closed', error_rate: 0.4, first_token_p50_ms: 900, quality: 0.7 } });
  assert.deepEqual(b?.read(), {
    'x/y': { breaker: 'half_open', error_rate: 0.4, first_token_p50_ms: 900, quality: 0.7 },
    'p/q': { quality: 0.5 },
  });
});

test('a replica that is not heard again keeps nobody out', () => {
  const { each, clock } = replicas(2);
  each[0]?.sees({ 'x/y': { breaker: 'open' } });
  clock.setMs(5_001);
  assert.deepEqual(each[1]?.read(), {});
});

test('that all is well is told once, and then nothing', () => {
  const { each, published } = replicas(2);
  for (const health of [{}, { 'x/y': { error_rate: 0.5 } }, {}, {}]) each[0]?.sees(health);
  assert.deepEqual(published, [{ 'x/y': { error_rate: 0.5 } }, {}]);
  assert.deepEqual(each[1]?.read(), {});
});
