/**
 * Owns the exchanges with vendors over HTTP/1.1: kept connections by origin, one object a call, and what each way to fail
 * is called. May import core. It never retries, and tells every ending exactly once, at once.
 */
import { Exchange } from './exchange.ts';
import type { HttpClient } from './http-exchange.ts';
import { OriginPool, type OriginPoolOptions } from './origin-pool.ts';

/** Of one client; a vendor has one, or one a region. */
const MAX_ORIGINS = 64;

/** @param options the connections are those at one origin */
export function createHttpClient(options: OriginPoolOptions): HttpClient {
  const origins = new Map<string, OriginPool>();

  const originOf = (origin: string): OriginPool => {
    const known = origins.get(origin);
    if (known !== undefined) return known;
    if (origins.size >= MAX_ORIGINS) closeIdle(origins);
    const made = new OriginPool(origin, options);
    origins.set(origin, made);
    return made;
  };

  return {
    send(call, receiver) {
      const exchange = new Exchange(originOf(call.origin), call, receiver);
      exchange.begin();
      return exchange;
    },
    async close() {
      const all = [...origins.values()];
      origins.clear();
      await Promise.all(all.map((pool) => pool.close()));
    },
  };
}

function closeIdle(origins: Map<string, OriginPool>): void {
  for (const [name, pool] of origins) {
    if (!pool.isIdle) continue;
    origins.delete(name);
    void pool.close();
  }
}
