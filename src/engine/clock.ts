/** Port: time and randomness enter here, so that tests inject theirs and a logged input replays. */
export interface Clock {
  /** Milliseconds since the Unix epoch, with fraction where the host has it. */
  nowMs(): number;
}

export interface RandomSource {
  /** Fills the buffer with random bytes. */
  fill(buffer: Uint8Array): void;
}
