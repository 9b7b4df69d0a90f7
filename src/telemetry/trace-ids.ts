/** Trace and span ids: random hex, drawn from one buffer that is refilled when used up. */
import type { RandomSource } from '../engine/clock.ts';

const POOL_BYTES = 4096;

export interface TraceIds {
  /** 32 hex digits, not all zero. */
  traceId(): string;
  /** 16 hex digits, not all zero. */
  spanId(): string;
}

export function createTraceIds(random: RandomSource): TraceIds {
  const pool = Buffer.alloc(POOL_BYTES);
  let used = POOL_BYTES;
  const draw = (bytes: number): string => {
    if (used + bytes > POOL_BYTES) {
      random.fill(pool);
      used = 0;
    }
    const id = pool.toString('hex', used, used + bytes);
    used += bytes;
    return id;
  };
  return {
    // The last digit is kept from being zero, so that no id is all zero, which W3C forbids.
    traceId: () => notZero(draw(16)),
    spanId: () => notZero(draw(8)),
  };
}

const notZero = (id: string): string => (/^0+$/.test(id) ? `${id.slice(0, -1)}1` : id);
