/**
 * Entries that come while others are being written are written together, in the order in which they came. While the
 * server is away they wait, each for a bounded time, and so many at most; nobody is told that an entry is written
 * before it is, and whoever's is not is told that.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Failure } from '../core/failure.ts';

/** @typeParam Entry an entry in the form in which it is written */
export interface GroupCommitOptions<Entry> {
  /** Writes all of them, or throws and writes none, or is not sure; writing an entry again changes nothing. */
  readonly write: (entries: readonly Entry[]) => Promise<void>;
  /** What a thing that `write` threw says: that the store is away for now, or that it will not take what it was given. */
  readonly faultOf: (reason: unknown) => { readonly kind: string; readonly message: string };
  /** What the ledger is called in a sentence. */
  readonly name: string;
  readonly maxBatch: number;
  readonly maxWaiting: number;
  /** How long an entry may wait for a server that is away. */
  readonly patienceMs: number;
  /**
   * How long an entry may wait for others at most, while this process has anything else to do: one that has nothing
   * would wait in vain. Default 0.
   */
  readonly gatherMs?: number;
}

export interface GroupCommit<Entry> {
  append(entry: Entry): Promise<void>;
  /** Takes no more, and resolves when nothing waits. */
  drain(): Promise<void>;
}

interface Waiting<Entry> {
  readonly entry: Entry;
  readonly untilMs: number;
  resolve(): void;
  reject(reason: Failure): void;
}

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 1_000;
/** A turn of the event loop that takes less has brought nothing. */
const IDLE_TURN_MS = 0.02;

export function createGroupCommit<Entry>(options: GroupCommitOptions<Entry>): GroupCommit<Entry> {
  const { write, faultOf, name, maxBatch, maxWaiting, patienceMs, gatherMs = 0 } = options;
  let waiting: Waiting<Entry>[] = [];
  let writing = 0;
  let running: Promise<void> | undefined;
  let closed = false;

  /** @returns what the server could not take now */
  const attempt = async (batch: readonly Waiting<Entry>[]): Promise<string | undefined> => {
    try {
      await write(batch.map(({ entry }) => entry));
    } catch (reason) {
      const fault = faultOf(reason);
      if (fault.kind === 'away') return fault.message;
      const [only, ...others] = batch;
      if (only !== undefined && others.length === 0) {
        only.reject(new Failure('internal', `${name} cannot store the entry: ${fault.message}`, { cause: reason }));
        return undefined;
      }
      // Somebody's entry spoils the batch: the halves find out whose.
      const middle = Math.ceil(batch.length / 2);
      for (const half of [batch.slice(0, middle), batch.slice(middle)]) {
        const away = await attempt(half);
        if (away !== undefined) return away;
      }
      return undefined;
    }
    for (const { resolve } of batch) resolve();
    return undefined;
  };

  const giveUp = (entries: readonly Waiting<Entry>[], why: string): readonly Waiting<Entry>[] => {
    const nowMs = performance.now();
    return entries.filter(({ untilMs, reject }) => {
      if (untilMs > nowMs) return true;
      reject(new Failure('unavailable', `${name} did not take the entry within ${patienceMs} ms: ${why}`));
      return false;
    });
  };

  /** Until the turn of the event loop is over, so that what it brings is written together; and as `gatherMs` says. */
  const gather = async (): Promise<void> => {
    let atMs = performance.now();
    const untilMs = (waiting[0]?.untilMs ?? atMs) - patienceMs + gatherMs;
    for (;;) {
      await nextTurn();
      const nowMs = performance.now();
      if (nowMs >= untilMs || nowMs - atMs < IDLE_TURN_MS || closed || waiting.length >= maxBatch) return;
      atMs = nowMs;
    }
  };

  const run = async (): Promise<void> => {
    let pauseMs = FIRST_PAUSE_MS;
    while (waiting.length > 0) {
      await gather();
      const batch = waiting.slice(0, maxBatch);
      waiting = waiting.slice(maxBatch);
      writing = batch.length;
      const away = await attempt(batch);
      writing = 0;
      if (away === undefined) {
        pauseMs = FIRST_PAUSE_MS;
        continue;
      }
      // Those of a spoilt batch that were written are written again, which changes nothing.
      waiting = [...giveUp(batch, away), ...giveUp(waiting, away)];
      const untilMs = waiting.reduce((least, entry) => Math.min(least, entry.untilMs), Number.POSITIVE_INFINITY);
      if (waiting.length > 0) await pause(Math.min(pauseMs, Math.max(1, untilMs - performance.now())));
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    }
    running = undefined;
  };

  return {
    append(entry) {
      if (closed) return Promise.reject(new Failure('unavailable', `${name} is closed`));
      if (waiting.length + writing >= maxWaiting) {
        return Promise.reject(new Failure('overloaded', `${name}: ${maxWaiting} entries wait to be written already`));
      }
      return new Promise((resolve, reject) => {
        waiting.push({ entry, untilMs: performance.now() + patienceMs, resolve, reject });
        running ??= run();
      });
    },
    async drain() {
      closed = true;
      await running;
    },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
