/** One order, from its first attempt to an answer or the failure that says why there is none. */

import type { AttemptReason, AttemptRecord } from '../core/attempt.ts';
import type { AttemptFailure, FailedOutcome } from '../core/attempt-failure.ts';
import { Failure } from '../core/failure.ts';
import {
  type Answer,
  type AttemptDependencies,
  type AttemptListener,
  type AttemptResult,
  RunningAttempt,
} from './attempt.ts';
import { admit, type Candidate, type ChoiceDependencies, consider } from './choose.ts';
import { createEnvelope, type Envelope } from './envelope.ts';
import type { Execution, Order } from './execution.ts';
import { failureOf } from './failure.ts';
import { fund } from './fund.ts';
import type { HeldFunds } from './funds.ts';
import { Itinerary, type ItineraryOptions } from './itinerary.ts';
import type { Place } from './walk.ts';

export interface RunDependencies extends AttemptDependencies, ChoiceDependencies {
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
}

interface Started {
  readonly attempt: RunningAttempt;
  readonly place: Place;
}

interface Held {
  readonly answer: Answer;
  readonly quality: number;
  readonly target: string;
}

export class Run implements AttemptListener {
  private readonly deps: RunDependencies;
  private readonly order: Order;
  private readonly envelope: Envelope;
  private readonly way: Itinerary;
  private readonly records: AttemptRecord[] = [];
  private made = 0;
  private hedged = false;
  /** Attempts that have not settled, and the winner's stream. */
  private live: Started[] = [];
  private won: { readonly attempt: RunningAttempt; readonly answer: Answer } | undefined;
  /** The best answer that is not good. */
  private poor: Held | undefined;
  private last: AttemptFailure | undefined;
  private cause: unknown;
  /** The last attempt could not even be written: the walk goes on as if its target were not there. */
  private wasUnsayable = false;
  /** Thrown by whoever is told of attempts: not ours to hide, nor to lose an attempt for. */
  private fault: { readonly reason: unknown } | undefined;
  /** Ends the wait for whatever happens next. */
  private wake: (() => void) | undefined;
  private readonly left = (): void => this.leave();

  constructor(deps: RunDependencies, options: ItineraryOptions, order: Order) {
    this.deps = deps;
    this.order = order;
    this.envelope = createEnvelope(order.plan.envelope, order.deadlineAtMs);
    this.way = new Itinerary(order, options);
  }

  async go(): Promise<Execution> {
    this.order.signal.addEventListener('abort', this.left);
    try {
      const execution = await this.attempts();
      if (this.fault !== undefined) throw this.fault.reason;
      return execution;
    } finally {
      if (this.live.length === 0) this.order.signal.removeEventListener('abort', this.left);
    }
  }

  private async attempts(): Promise<Execution> {
    let because: FailedOutcome | undefined;
    for (;;) {
      if (this.order.signal.aborted) return this.failed(LEFT);
      const step = this.way.walk.next();
      if (step.kind === 'none') {
        if ((await this.askAgain()) || (await this.way.forLess(this.records))) continue;
        return this.over();
      }
      if (step.readyAtMs > 0 && !(await this.paused(step.place))) continue;
      const reason = because === undefined ? 'initial' : step.kind === 'again' ? 'retry' : 'fallback';
      if ((await this.start(step.place, reason, because)) !== 'started') continue;
      await this.oneWonOrAllFailed();
      if (this.won !== undefined) return this.answered(this.won.answer, this.won.attempt.chosen.target);
      because = this.last?.outcome;
      if (this.wasUnsayable) continue;
      switch (because) {
        case 'cancelled':
        case 'invalid_request':
          return this.over();
        // Only policy knows a longer window, or who answers better.
        case 'context_length':
        case 'content_filter':
        case 'degraded':
          if (!(await this.askAgain())) return this.over();
          break;
        case 'rate_limited':
        case 'timeout':
        case 'connection':
        case 'unavailable':
        case 'auth':
        case undefined:
          break;
      }
    }
  }

  /** `skipped`: it cannot be asked, and the walk goes on without it; `late`: it need not be asked any more. */
  private async start(
    place: Place,
    reason: AttemptReason,
    because: FailedOutcome | undefined,
  ): Promise<'started' | 'skipped' | 'late'> {
    const candidate = consider(place.step, this.order, this.envelope, this.deps);
    if (candidate.kind !== 'candidate') return this.way.skip(place, candidate);
    const { funds, signal } = this.order;
    if (funds === undefined) return this.launch(place, candidate, undefined, reason, because);
    const { made } = this;
    const clamp = this.way.plan.hold?.clamp === true;
    const funded = await fund(candidate, funds, clamp, this.order, this.envelope, this.deps);
    if (funded.kind !== 'funded') return this.way.skip(place, funded);
    // Whatever happened while it waited for money came first.
    const isLate = signal.aborted || this.won !== undefined || this.made !== made;
    const isAlone = reason === 'hedge' && this.live.length === 0;
    const state = isLate || isAlone ? 'late' : this.launch(place, funded.candidate, funded.held, reason, because);
    if (state !== 'started') funded.held.release();
    return state;
  }

  private launch(
    place: Place,
    candidate: Candidate,
    held: HeldFunds | undefined,
    reason: AttemptReason,
    because: FailedOutcome | undefined,
  ): 'started' | 'skipped' {
    const chosen = admit(candidate, this.envelope, this.deps);
    if ('kind' in chosen) return this.way.skip(place, chosen);
    this.envelope.open(chosen.boundNano);
    this.way.started(place);
    const index = this.made;
    this.made += 1;
    const attempt = new RunningAttempt(this.deps, this.order, chosen, { index, reason, because, held }, this);
    this.live.push({ attempt, place });
    attempt.start();
    return 'started';
  }

  private async oneWonOrAllFailed(): Promise<void> {
    const { hedge } = this.way.plan;
    const cancelHedge =
      hedge === undefined || this.hedged ? undefined : this.deps.timers.after(hedge.after_ms, () => void this.hedge());
    while (this.won === undefined && this.live.length > 0) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    cancelHedge?.();
  }

  /** Nothing came yet: the next target of the route is asked as well. Once for a call. */
  private async hedge(): Promise<void> {
    if (this.won !== undefined || this.live.length !== 1) return;
    this.hedged = true;
    try {
      for (let place = this.way.walk.fresh(); place !== undefined; place = this.way.walk.fresh()) {
        if ((await this.start(place, 'hedge', undefined)) !== 'skipped') return;
      }
    } catch (reason) {
      this.fault ??= { reason };
    }
  }

  /** @returns false: the wait is of no use */
  private async paused(place: Place): Promise<boolean> {
    const waitMs = place.readyAtMs - this.deps.clock.nowMs();
    if (waitMs <= 0) return true;
    const room = this.envelope.room(0n, place.readyAtMs);
    if (room !== 'fits') {
      this.way.skip(place, { kind: 'room', room });
      return false;
    }
    await new Promise<void>((resolve) => {
      const cancel = this.deps.timers.after(waitMs, resolve);
      this.wake = () => {
        cancel();
        resolve();
      };
    });
    return !this.order.signal.aborted;
  }

  private async askAgain(): Promise<boolean> {
    if (this.envelope.room(0n, this.deps.clock.nowMs()) !== 'fits') return false;
    return this.way.again(this.last, this.records);
  }

  /** Nobody is left to ask. */
  private over(): Execution {
    const { poor } = this;
    if (this.order.signal.aborted) return this.failed(LEFT);
    return poor === undefined ? this.failed(this.last) : this.answered(poor.answer, poor.target);
  }

  private answered(answer: Answer, target: string): Execution {
    const attempts = this.records;
    return answer.kind === 'whole'
      ? { kind: 'answered', reply: answer.reply, target, attempts }
      : { kind: 'streaming', stream: answer.stream, target, attempts };
  }

  private failed(last: AttemptFailure | undefined): Execution {
    const { records } = this;
    const { skips } = this.way;
    const cause = this.way.cause ?? this.cause;
    const failure = failureOf({ last, cause, records, skips, maxCostNano: this.envelope.maxCostNano });
    return { kind: 'failed', failure, attempts: records };
  }

  private leave(): void {
    for (const { attempt } of [...this.live]) attempt.cancel(LEFT);
    this.wake?.();
  }

  // Of the attempts.

  settled(attempt: RunningAttempt, result: AttemptResult): void {
    const started = this.live.find((one) => one.attempt === attempt);
    if (started === undefined) return;
    const flows = result.kind === 'answered' && result.answer.kind === 'stream' && !attempt.isOver;
    if (!flows) this.live = this.live.filter((one) => one !== started);
    switch (result.kind) {
      case 'answered':
        this.won = { attempt, answer: result.answer };
        for (const other of [...this.live]) if (other !== started) other.attempt.cancel(SLOWER);
        break;
      case 'poor':
        if (this.poor === undefined || result.quality > this.poor.quality) {
          this.poor = { answer: result.answer, quality: result.quality, target: attempt.chosen.target };
        }
        this.noteFailure(started, result.failure);
        break;
      case 'failed':
        if (this.won !== undefined) return;
        this.noteFailure(started, result.failure, result.cause);
        break;
    }
    this.wake?.();
  }

  ended(attempt: RunningAttempt, record: AttemptRecord): void {
    this.envelope.close(attempt.chosen.boundNano, record.cost);
    this.records.push(record);
    if (this.won?.attempt === attempt) {
      this.live = [];
      this.order.signal.removeEventListener('abort', this.left);
    }
    try {
      this.order.onAttempt(record);
    } catch (reason) {
      // A stream outlives the wait for it.
      if (this.won?.attempt === attempt && this.won.answer.kind === 'stream') throw reason;
      this.fault ??= { reason };
    }
  }

  private noteFailure({ attempt, place }: Started, failure: AttemptFailure, cause?: unknown): void {
    this.way.failed(place);
    this.wasUnsayable = failure.outcome === 'invalid_request' && isUnsayable(cause);
    if (this.wasUnsayable) place.closed = true;
    // Why a vendor that was asked failed says more than why one was not.
    if (this.wasUnsayable && this.last !== undefined) return;
    this.last = failure;
    this.cause = cause;
    if (this.wasUnsayable) return;
    const nowMs = this.deps.clock.nowMs();
    this.way.walk.failed(place, failure, nowMs - attempt.chosen.startedAtMs, nowMs, this.deps.random());
  }
}

/** Found when the request was written for one vendor; another may be told it. */
const isUnsayable = (cause: unknown): boolean => cause instanceof Failure && cause.code === 'unsupported';

const LEFT: AttemptFailure = { outcome: 'cancelled', message: 'the client left' };
const SLOWER: AttemptFailure = { outcome: 'cancelled', message: 'another target was faster' };
