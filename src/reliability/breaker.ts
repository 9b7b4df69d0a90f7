/**
 * A circuit breaker as a pure state machine, and a holder for it. It opens when too large a share of the calls in a
 * rolling window failed, or when so many in a row did; stays open for a time that doubles with every opening in a row;
 * then lets a few probes through and turns everybody else away at once. The probes decide.
 * What a call came to counts only in the state that let it in: each state has its epoch, each permit carries it.
 */

export interface BreakerOptions {
  readonly windowMs: number;
  /** The window rolls in so many steps. */
  readonly buckets: number;
  /** Of the calls in the window, above 0, at most 1. */
  readonly failureRatio: number;
  /** Fewer calls in the window say nothing. */
  readonly minimumCalls: number;
  /** So many in a row open it whatever the window says. */
  readonly consecutiveFailures: number;
  readonly cooldownMs: number;
  readonly maxCooldownMs: number;
  /** Let through at once while half open; as many successes close it. */
  readonly probes: number;
}

interface Bucket {
  /** Number of the bucket on the time line. */
  readonly slot: number;
  readonly calls: number;
  readonly failures: number;
}

export type BreakerState =
  | {
      readonly kind: 'closed';
      readonly epoch: number;
      readonly current: Bucket;
      /** Older buckets, sorted; all of the window as of the current one. */
      readonly past: readonly Bucket[];
      /** Failures since the last success. */
      readonly row: number;
    }
  | {
      readonly kind: 'open';
      readonly epoch: number;
      readonly untilMs: number;
      /** Without having been closed in between, this one included. */
      readonly openings: number;
    }
  | {
      readonly kind: 'half_open';
      readonly epoch: number;
      readonly openings: number;
      /** Probes that have not ended. */
      readonly out: number;
      readonly succeeded: number;
    };

/** `neutral`: the call said nothing about the target, such as one that was cancelled. */
export type Verdict = 'success' | 'failure' | 'neutral';

export type BreakerEvent =
  /** Somebody was let in; only where `admits` said so. */
  | { readonly kind: 'entered' }
  | { readonly kind: 'left'; readonly epoch: number; readonly verdict: Verdict }
  /** What had counted as a success broke after all. */
  | { readonly kind: 'broke'; readonly epoch: number };

export const NEW_BREAKER: BreakerState = closed(0);

/** Whether a call may go through now. */
export function admits(state: BreakerState, nowMs: number, options: BreakerOptions): boolean {
  switch (state.kind) {
    case 'closed':
      return true;
    case 'open':
      return nowMs >= state.untilMs;
    case 'half_open':
      return state.out + state.succeeded < options.probes;
  }
}

export function next(state: BreakerState, event: BreakerEvent, nowMs: number, options: BreakerOptions): BreakerState {
  switch (event.kind) {
    case 'entered':
      return entered(state);
    case 'left':
      if (event.epoch !== state.epoch) return state;
      return left(state, event.verdict, nowMs, options);
    case 'broke':
      return event.epoch === state.epoch ? broke(state, nowMs, options) : state;
  }
}

function entered(state: BreakerState): BreakerState {
  switch (state.kind) {
    case 'closed':
      return state;
    case 'open':
      return { kind: 'half_open', epoch: state.epoch + 1, openings: state.openings, out: 1, succeeded: 0 };
    case 'half_open':
      return { ...state, out: state.out + 1 };
  }
}

function left(state: BreakerState, verdict: Verdict, nowMs: number, options: BreakerOptions): BreakerState {
  switch (state.kind) {
    case 'closed':
      return verdict === 'neutral' ? state : counted(state, verdict === 'failure', nowMs, options);
    case 'open':
      return state;
    case 'half_open': {
      if (verdict === 'failure') return opened(state.epoch + 1, state.openings + 1, nowMs, options);
      const succeeded = state.succeeded + (verdict === 'success' ? 1 : 0);
      if (succeeded >= options.probes) return closed(state.epoch + 1);
      return { ...state, out: state.out - 1, succeeded };
    }
  }
}

function broke(state: BreakerState, nowMs: number, options: BreakerOptions): BreakerState {
  switch (state.kind) {
    case 'closed':
      return counted(state, true, nowMs, options);
    case 'open':
      return state;
    case 'half_open':
      return opened(state.epoch + 1, state.openings + 1, nowMs, options);
  }
}

type Closed = Extract<BreakerState, { kind: 'closed' }>;

function counted(state: Closed, failed: boolean, nowMs: number, options: BreakerOptions): BreakerState {
  const slot = Math.floor(nowMs / (options.windowMs / options.buckets));
  const same = slot === state.current.slot;
  const past = same ? state.past : rolled(state, slot, options.buckets);
  const current = same
    ? { slot, calls: state.current.calls + 1, failures: state.current.failures + (failed ? 1 : 0) }
    : { slot, calls: 1, failures: failed ? 1 : 0 };
  const row = failed ? state.row + 1 : 0;
  if (failed && (row >= options.consecutiveFailures || tooMany(current, past, options))) {
    return opened(state.epoch + 1, 1, nowMs, options);
  }
  return { kind: 'closed', epoch: state.epoch, current, past, row };
}

/** The older buckets that are still in the window; none where the clock went back. */
function rolled(state: Closed, slot: number, buckets: number): readonly Bucket[] {
  if (slot < state.current.slot) return [];
  const kept = [...state.past, state.current];
  return kept.filter((bucket) => bucket.calls > 0 && bucket.slot > slot - buckets);
}

function tooMany(current: Bucket, past: readonly Bucket[], options: BreakerOptions): boolean {
  let { calls, failures } = current;
  for (const bucket of past) {
    calls += bucket.calls;
    failures += bucket.failures;
  }
  return calls >= options.minimumCalls && failures >= calls * options.failureRatio;
}

function closed(epoch: number): BreakerState {
  return { kind: 'closed', epoch, current: { slot: 0, calls: 0, failures: 0 }, past: [], row: 0 };
}

function opened(epoch: number, openings: number, nowMs: number, options: BreakerOptions): BreakerState {
  const cooldownMs = Math.min(options.maxCooldownMs, options.cooldownMs * 2 ** Math.min(openings - 1, 30));
  return { kind: 'open', epoch, untilMs: nowMs + cooldownMs, openings };
}

export interface Breaker {
  readonly state: BreakerState;
  /** @returns the epoch to hand back with the verdict; undefined: turned away */
  enter(nowMs: number): number | undefined;
  tell(event: Exclude<BreakerEvent, { kind: 'entered' }>, nowMs: number): void;
}

export function createBreaker(options: BreakerOptions): Breaker {
  let state = NEW_BREAKER;
  return {
    get state() {
      return state;
    },
    enter(nowMs) {
      if (!admits(state, nowMs, options)) return undefined;
      state = next(state, ENTERED, nowMs, options);
      return state.epoch;
    },
    tell(event, nowMs) {
      state = next(state, event, nowMs, options);
    },
  };
}

const ENTERED: BreakerEvent = { kind: 'entered' };
