/** Time that a test moves: a clock and timers that fire in order, with everything that they set off done in between. */
import type { Timers } from '../../src/reliability/timers.ts';

export interface FakeTime extends Timers {
  nowMs(): number;
  /** Timers that are set. */
  readonly pending: number;
  /** The wall clock is set back: timers keep their time. */
  setBack(ms: number): void;
  /** Until the next timer; undefined: none is set. */
  untilNextMs(): number | undefined;
  /** Moves on and fires what becomes due. */
  advance(ms: number): Promise<void>;
  /** Lets promises that wait for no time go on. */
  settle(): Promise<void>;
}

interface Timer {
  dueAtMs: number;
  readonly order: number;
  readonly run: () => void;
}

export function fakeTime(startMs: number = 1_000_000): FakeTime {
  let nowMs = startMs;
  let order = 0;
  let timers: Timer[] = [];
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const soonest = (): Timer | undefined =>
    timers.toSorted((a, b) => a.dueAtMs - b.dueAtMs || a.order - b.order).find(() => true);
  return {
    nowMs: () => nowMs,
    get pending() {
      return timers.length;
    },
    after(ms, run) {
      const timer = { dueAtMs: nowMs + Math.max(0, ms), order: order++, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    settle,
    setBack(ms) {
      nowMs -= ms;
      for (const timer of timers) timer.dueAtMs -= ms;
    },
    untilNextMs() {
      const next = soonest();
      return next === undefined ? undefined : Math.max(0, next.dueAtMs - nowMs);
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (let next = soonest(); next !== undefined && next.dueAtMs <= untilMs; next = soonest()) {
        const timer = next;
        nowMs = Math.max(nowMs, timer.dueAtMs);
        timers = timers.filter((one) => one !== timer);
        timer.run();
        await settle();
      }
      nowMs = untilMs;
    },
  };
}
