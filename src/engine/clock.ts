/** Port: time and randomness enter here, so that tests inject theirs and a logged input replays. */
import { randomFillSync } from 'node:crypto';

export interface Clock {
  /** Milliseconds since the Unix epoch, with fraction where the host has it. */
  nowMs(): number;
}

export interface RandomSource {
  /** Fills the buffer with random bytes. */
  fill(buffer: Uint8Array): void;
}

/** Beyond this the wall clock was set, or the two have drifted apart. */
const RESYNC_MS = 20;
let offsetMs = performance.timeOrigin;

/** The host's time, to the microsecond: it runs on the monotonic clock and follows the wall clock when that is set. */
export const SYSTEM_CLOCK: Clock = {
  nowMs() {
    const monotonicMs = performance.now();
    const wallMs = Date.now();
    if (Math.abs(wallMs - offsetMs - monotonicMs) > RESYNC_MS) offsetMs = wallMs - monotonicMs;
    return offsetMs + monotonicMs;
  },
};

export const SYSTEM_RANDOM: RandomSource = {
  fill(buffer) {
    randomFillSync(buffer);
  },
};
