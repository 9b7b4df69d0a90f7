/** One order, from its first attempt to an answer or the failure that says why there is none. */

import type { AttemptReason, AttemptRecord } from '../core/attempt.ts';
import type { AttemptFailure, FailedOutcome } from '../core/attempt-failure.ts';
import type { AllowDocument } from '../core/decision.ts';
import { Failure } from '../core/failure.ts';
import {
  type Answer,
  type AttemptDependencies,
  type AttemptListener,
  type AttemptResult,
  RunningAttempt,
} from './attempt.ts';
import { type ChoiceDependencies, choose } from './choose.ts';
import { createEnvelope, type Envelope } from './envelope.ts';
import type { Execution, Order } from './execution.ts';
import { failureOf, type Skip } from './failure.ts';
import { type Place, Walk, type WalkOptions } from './walk.ts';

export interface RunDependencies extends AttemptDependencies, ChoiceDependencies {
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
}

export interface RunOptions extends WalkOptions {
  /** Times that policy is asked again. */
  readonly maxAsks: number;
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
  private readonly options: RunOptions;
  private readonly order: Order;
  private readonly envelope: Envelope;
  private readonly records: AttemptRecord[] = [];
  private readonly skips = new Map<string, Skip>();
  /** Targets that failed: a later plan is not followed to them again. */
  private readonly spent = new Set<string>();
  private plan: AllowDocument;
  private walk: Walk;
  private asks = 0;
  private made = 0;
  private madeUnderPlan = 0;
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

  constructor(deps: RunDependencies, options: RunOptions, order: Order) {
    this.deps = deps;
    this.options = options;
    this.order = order;
    this.plan = order.plan;
    this.envelope = createEnvelope(order.plan.envelope, order.deadlineAtMs);
    this.walk = new Walk(order.plan, options, this.spent);
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
      const step = this.walk.next();
      if (step.kind === 'none') {
        if (await this.askAgain()) continue;
        return this.over();
      }
      if (step.readyAtMs > 0 && !(await this.paused(step.place))) continue;
      const reason = because === undefined ? 'initial' : step.kind === 'again' ? 'retry' : 'fallback';
      if (!this.start(step.place, reason, because)) continue;
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

  /** @returns false: it cannot be asked, and the walk goes on without it */
  private start(place: Place, reason: AttemptReason, because: FailedOutcome | undefined): boolean {
    const chosen = choose(place.step, this.order, this.envelope, this.deps);
    if ('kind' in chosen) {
      this.skip(place, chosen);
      return false;
    }
    this.envelope.open(chosen.boundNano);
    place.tried += 1;
    this.madeUnderPlan += 1;
    const index = this.made;
    this.made += 1;
    const attempt = new RunningAttempt(this.deps, this.order, chosen, { index, reason, because }, this);
    this.live.push({ attempt, place });
    attempt.start();
    return true;
  }

  private skip(place: Place, skip: Skip): void {
    place.closed = true;
    this.skips.set(place.step.target, skip);
  }

  private async oneWonOrAllFailed(): Promise<void> {
    const { hedge } = this.plan;
    const cancelHedge =
      hedge === undefined || this.hedged ? undefined : this.deps.timers.after(hedge.after_ms, () => this.hedge());
    while (this.won === undefined && this.live.length > 0) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    cancelHedge?.();
  }

  /** Nothing came yet: the next target of the route is asked as well. Once for a call. */
  private hedge(): void {
    if (this.won !== undefined || this.live.length !== 1) return;
    this.hedged = true;
    for (let place = this.walk.fresh(); place !== undefined; place = this.walk.fresh()) {
      if (this.start(place, 'hedge', undefined)) return;
    }
  }

  /** @returns false: the wait is of no use */
  private async paused(place: Place): Promise<boolean> {
    const waitMs = place.readyAtMs - this.deps.clock.nowMs();
    if (waitMs <= 0) return true;
    const room = this.envelope.room(0n, place.readyAtMs);
    if (room !== 'fits') {
      this.skip(place, { kind: 'room', room });
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
    const { last } = this;
    if (last === undefined || !this.walk.fallsBackOn(last.outcome) || this.madeUnderPlan === 0) return false;
    if (this.asks >= this.options.maxAsks) return false;
    if (this.envelope.room(0n, this.deps.clock.nowMs()) !== 'fits') return false;
    this.asks += 1;
    this.madeUnderPlan = 0;
    const made = this.records.map(({ target, outcome }) => ({ target, outcome, output_started: false }));
    let plan: AllowDocument | undefined;
    try {
      plan = await this.order.askAgain(made);
    } catch (reason) {
      this.cause = reason;
    }
    if (plan === undefined) return false;
    this.plan = plan;
    this.skips.clear();
    this.walk = new Walk(plan, this.options, this.spent);
    return true;
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
    const { records, skips, cause } = this;
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
    this.spent.add(place.step.target);
    this.wasUnsayable = failure.outcome === 'invalid_request' && isUnsayable(cause);
    if (this.wasUnsayable) place.closed = true;
    // Why a vendor that was asked failed says more than why one was not.
    if (this.wasUnsayable && this.last !== undefined) return;
    this.last = failure;
    this.cause = cause;
    if (this.wasUnsayable) return;
    const nowMs = this.deps.clock.nowMs();
    this.walk.failed(place, failure, nowMs - attempt.chosen.startedAtMs, nowMs, this.deps.random());
  }
}

/** Found when the request was written for one vendor; another may be told it. */
const isUnsayable = (cause: unknown): boolean => cause instanceof Failure && cause.code === 'unsupported';

const LEFT: AttemptFailure = { outcome: 'cancelled', message: 'the client left' };
const SLOWER: AttemptFailure = { outcome: 'cancelled', message: 'another target was faster' };
