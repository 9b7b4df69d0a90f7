/** Decision ids: UUIDv7 from a pool of random bytes, each byte used once. */
import { uuidv7 } from '../core/id.ts';
import type { RandomSource } from './clock.ts';

const BYTES_PER_ID = 10;
const POOL_BYTES = 409 * BYTES_PER_ID;

export function createIds(random: RandomSource): (nowMs: number) => string {
  const pool = new Uint8Array(POOL_BYTES);
  let offset = POOL_BYTES;
  return (nowMs) => {
    if (offset >= POOL_BYTES) {
      random.fill(pool);
      offset = 0;
    }
    const id = uuidv7(nowMs, pool, offset);
    offset += BYTES_PER_ID;
    return id;
  };
}
