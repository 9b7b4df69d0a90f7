/** Wires the health of targets to the other workers of a cluster, or to all replicas by way of Redis. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Link } from './cluster/link.ts';
import { SYSTEM_CLOCK } from './engine/clock.ts';
import type { Executor } from './executor/execution.ts';
import { createRedisHealthExchange } from './state/redis/health-exchange.ts';
import { createSharedHealth, type Health, type HealthExchange } from './state/shared-health.ts';

const TELL_MS = 500;
const TOPIC = 'health';

export interface ComposedHealth {
  read(): Health;
  close(): void;
}

/** @param redis where replicas share their accounts: then they share this as well */
export function composeHealth(executor: Executor, link: Link, redis: RedisPlace | undefined): ComposedHealth {
  const remote = redis && createRedisHealthExchange({ ...redis, replica: `${hostname()}-${randomUUID()}` });
  const shared = createSharedHealth(() => executor.health(), remote ?? amongWorkers(link), SYSTEM_CLOCK);
  const timer = setInterval(() => shared.tell(), TELL_MS).unref();
  return {
    read: () => shared.read(),
    close() {
      clearInterval(timer);
      remote?.close();
    },
  };
}

export interface RedisPlace {
  readonly url: string;
  readonly keyPrefix: string;
  readonly warn: (message: string) => void;
}

const amongWorkers = (link: Link): HealthExchange => ({
  publish: (health) => link.broadcast(TOPIC, { from: process.pid, health }),
  subscribe: (listener) =>
    link.onBroadcast(TOPIC, (payload) => {
      const { from, health } = payload as { readonly from: number; readonly health: Health }; // sent just above
      listener(String(from), health);
    }),
});
