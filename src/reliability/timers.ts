/** Ports: time and waiting, so that tests run both by hand. */

export interface Clock {
  /** Milliseconds since the Unix epoch, with fraction where the host has it. */
  nowMs(): number;
}

export type Cancel = () => void;

export interface Timers {
  /** Runs once, not before so many milliseconds have passed. Cancelling after that does nothing. */
  after(ms: number, run: () => void): Cancel;
}

/** Longer than this Node fires at once. */
const LONGEST_MS = 2_147_483_647;

export const SYSTEM_TIMERS: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.max(0, Math.ceil(ms)), LONGEST_MS));
    return () => clearTimeout(timer);
  },
};
