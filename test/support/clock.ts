/** Time and randomness that a test sets. */
import type { Clock, RandomSource } from '../../src/engine/clock.ts';

export interface SetClock extends Clock {
  setMs(nowMs: number): void;
}

/** Stands still until it is set. */
export function setClock(nowMs: number): SetClock {
  let current = nowMs;
  return {
    nowMs: () => current,
    setMs(next) {
      current = next;
    },
  };
}

/** Bytes that count up from a seed: distinct ids, the same in every run. */
export function countingRandom(seed: number = 0): RandomSource {
  let next = seed;
  return {
    fill(buffer) {
      for (let index = 0; index < buffer.length; index += 1) {
        next = (next * 1_103_515_245 + 12_345) % 2_147_483_648;
        buffer[index] = next >>> 16;
      }
    },
  };
}
