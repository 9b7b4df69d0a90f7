/** One attempt at one target: started, watched, ended and told exactly once. */

import type { AttemptReason, AttemptRecord } from '../core/attempt.ts';
import type { AttemptFailure, FailedOutcome } from '../core/attempt-failure.ts';
import { Cancellation } from '../core/cancellation.ts';
import type { AttemptOutcome } from '../core/facts.ts';
import type { ModelReply } from '../core/reply.ts';
import type { Permit } from '../reliability/board.ts';
import type { Clock, Timers } from '../reliability/timers.ts';
import { type Expired, type Throughput, Watch } from '../reliability/watch.ts';
import { drop, expired, replyMarks, thrown, UNPAID, verdictOn } from './attempt-end.ts';
import { type Charge, chargeOf, chargeOfFailure, chargeOfReply } from './charge.ts';
import type { Order, Pricing } from './execution.ts';
import type { HeldFunds } from './funds.ts';
import { LiveStream, type StreamListener } from './live-stream.ts';
import { Outrun } from './outrun.ts';
import type { Provider, ProviderReply, ProviderStream } from './provider.ts';
import type { Judge } from './quality.ts';
import { StreamMeter } from './stream-meter.ts';

/** What stands behind a target of the route, ready to be asked. */
export interface Chosen {
  readonly target: string;
  readonly provider: Provider;
  readonly model: string;
  readonly maxOutputTokens: number;
  readonly connectTimeoutMs: number;
  readonly firstTokenTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** What is left of the envelope's time, or less. */
  readonly totalTimeoutMs: number;
  readonly throughput: Throughput;
  /** The envelope leaves it too little time to be judged by. */
  readonly hurried: boolean;
  readonly boundNano: bigint;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly permit: Permit;
}

export interface Occasion {
  readonly index: number;
  readonly reason: AttemptReason;
  readonly because: FailedOutcome | undefined;
  /** Absent: money is off. */
  readonly held: HeldFunds | undefined;
}

export type Answer =
  | { readonly kind: 'whole'; readonly reply: ModelReply }
  | { readonly kind: 'stream'; readonly stream: ProviderStream };

/** How far an attempt came. */
export type AttemptResult =
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** An answer that may be served where nobody has a better one. */
  | { readonly kind: 'poor'; readonly answer: Answer; readonly quality: number; readonly failure: AttemptFailure }
  | { readonly kind: 'failed'; readonly failure: AttemptFailure; readonly cause?: unknown };

export interface AttemptDependencies {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly pricing: Pricing;
  readonly judge: Judge;
}

export interface AttemptListener {
  /** An answer, the begin of one, or a failure: told once. */
  settled(attempt: RunningAttempt, result: AttemptResult): void;
  /** The whole of it ended; of a stream that is after `settled`. */
  ended(attempt: RunningAttempt, record: AttemptRecord): void;
}

export class RunningAttempt implements StreamListener {
  readonly chosen: Chosen;
  private readonly deps: AttemptDependencies;
  private readonly order: Order;
  private readonly occasion: Occasion;
  private readonly listener: AttemptListener;
  private readonly cancellation = new Cancellation();
  private readonly startedAtMs: number;
  private readonly watch: Watch;
  private firstTokenMs: number | undefined;
  private stream: LiveStream | undefined;
  private outrun: Outrun | undefined;
  private settled = false;
  private told = false;
  /** It was the caller's time that ran out, not the target's. */
  private outOfPatience = false;

  constructor(deps: AttemptDependencies, order: Order, chosen: Chosen, occasion: Occasion, listener: AttemptListener) {
    this.deps = deps;
    this.order = order;
    this.chosen = chosen;
    this.occasion = occasion;
    this.listener = listener;
    this.startedAtMs = chosen.startedAtMs;
    const { request } = order;
    const streams = request.kind === 'generation' && request.stream;
    const limits = {
      ...(streams ? { firstMs: chosen.firstTokenTimeoutMs } : undefined),
      idleMs: chosen.idleTimeoutMs,
      totalMs: chosen.totalTimeoutMs,
      throughput: chosen.throughput,
    };
    this.watch = new Watch(deps, limits, this.startedAtMs, (why) => this.expire(why));
  }

  start(): void {
    const { provider, model, maxOutputTokens, connectTimeoutMs } = this.chosen;
    const call = {
      request: this.order.request,
      model,
      maxOutputTokens,
      connectTimeoutMs,
      signal: this.cancellation,
    };
    try {
      provider.send(call).then(
        (reply) => this.replied(reply),
        (reason) => this.fail(thrown(reason), reason),
      );
    } catch (reason) {
      this.fail(thrown(reason), reason);
    }
  }

  private expire(why: Expired): void {
    this.outOfPatience = why === 'total' && this.chosen.hurried;
    this.cancel(expired(why));
  }

  /** It was told how it ended. */
  get isOver(): boolean {
    return this.told;
  }

  /** The client left, or another attempt was faster. */
  cancel(failure: AttemptFailure): void {
    if (this.stream !== undefined) this.stream.stop(failure);
    else this.fail(failure);
    this.cancellation.abort();
  }

  // Of the stream.

  begun(nowMs: number): void {
    this.firstTokenMs = Math.max(0, nowMs - this.startedAtMs);
    this.chosen.permit.answered(nowMs);
    if (this.stream === undefined) return;
    this.settle({ kind: 'answered', answer: { kind: 'stream', stream: this.stream } });
  }

  wrote(tokens: number): void {
    this.outrun?.wrote(tokens);
  }

  ended(failure: AttemptFailure | undefined): void {
    const { stream } = this;
    if (stream === undefined) return;
    const { pricing, judge } = this.deps;
    const { target, maxOutputTokens } = this.chosen;
    const { meter } = stream;
    const usage = meter.usage(this.order.inputTokens, maxOutputTokens);
    const charge =
      failure !== undefined && usage.kind === 'unknown'
        ? chargeOfFailure(pricing, target, failure, this.startedAtMs)
        : chargeOf(pricing, target, usage, this.startedAtMs);
    if (failure !== undefined) {
      this.tell({ outcome: failure.outcome, failure, charge });
      this.settle({ kind: 'failed', failure });
      return;
    }
    const verdict = judge.stream(() => meter.seen(), this.order.request, maxOutputTokens);
    if (verdict.kind === 'good' || this.settled) {
      this.tell({ outcome: 'ok', charge, quality: verdict.quality });
      this.settle({ kind: 'answered', answer: { kind: 'stream', stream } });
      return;
    }
    const { failure: fault, quality } = verdict;
    this.tell({ outcome: fault.outcome, failure: fault, charge, quality });
    this.settle({ kind: 'poor', answer: { kind: 'stream', stream }, quality, failure: fault });
  }

  private replied(reply: ProviderReply): void {
    if (this.settled) {
      if (reply.kind === 'stream') drop(reply.stream);
      return;
    }
    switch (reply.kind) {
      case 'failed':
        this.fail(reply.failure, reply.cause);
        return;
      case 'whole':
        this.answered(reply.reply);
        return;
      case 'stream':
        this.stream = new LiveStream(reply.stream, this.newMeter(), this.watch, this.deps.clock, this);
        this.outrun = this.newOutrun(this.stream);
        this.stream.open();
    }
  }

  private newOutrun(stream: LiveStream): Outrun | undefined {
    const { held } = this.occasion;
    if (held === undefined) return undefined;
    const { target, maxOutputTokens } = this.chosen;
    const stepNano = this.deps.pricing.boundOf(target, { input: 0, output: maxOutputTokens }, this.startedAtMs) ?? 0n;
    return new Outrun(held, maxOutputTokens, stepNano, {
      pause: () => stream.pause(),
      resume: () => stream.resume(),
      end: () => this.cancel(UNPAID),
    });
  }

  private newMeter(): StreamMeter {
    const { request } = this.order;
    return new StreamMeter(request.kind === 'generation' && request.output.kind !== 'text');
  }

  private answered(reply: ModelReply): void {
    const { pricing, judge } = this.deps;
    const { target, maxOutputTokens } = this.chosen;
    this.watch.stop();
    const charge = chargeOfReply(pricing, target, reply, this.startedAtMs);
    const verdict = judge.reply(reply, this.order.request, maxOutputTokens);
    const answer: Answer = { kind: 'whole', reply };
    if (verdict.kind === 'good') {
      this.tell({ outcome: 'ok', charge, quality: verdict.quality, reply });
      this.settle({ kind: 'answered', answer });
      return;
    }
    const { failure, quality } = verdict;
    this.tell({ outcome: failure.outcome, failure, charge, quality, reply });
    this.settle({ kind: 'poor', answer, quality, failure });
  }

  private fail(failure: AttemptFailure, cause?: unknown): void {
    if (this.settled) return;
    this.watch.stop();
    const charge = chargeOfFailure(this.deps.pricing, this.chosen.target, failure, this.startedAtMs);
    this.tell({ outcome: failure.outcome, failure, charge });
    this.settle({ kind: 'failed', failure, cause });
  }

  private settle(result: AttemptResult): void {
    if (this.settled) return;
    this.settled = true;
    this.listener.settled(this, result);
  }

  private tell({ outcome, failure, charge, quality, reply }: Ending): void {
    if (this.told) return;
    this.told = true;
    const nowMs = this.deps.clock.nowMs();
    // A wall clock may be set back in between.
    const durationMs = Math.max(0, nowMs - this.startedAtMs);
    const { firstTokenMs } = this;
    const totalMs = outcome === 'ok' ? durationMs : undefined;
    const verdict = this.outOfPatience ? 'neutral' : verdictOn(outcome, failure);
    this.chosen.permit.done(
      verdict,
      { firstMs: firstTokenMs, totalMs, quality: outcome === 'content_filter' ? undefined : quality },
      nowMs,
    );
    const { index, reason, because } = this.occasion;
    const record: { -readonly [Name in keyof AttemptRecord]: AttemptRecord[Name] } = {
      index,
      reason,
      target: this.chosen.target,
      outcome,
      startedAtMs: this.startedAtMs,
      durationMs,
      outputStarted: this.settled && this.stream !== undefined,
      usage: charge.usage,
      cost: charge.cost,
    };
    if (because !== undefined) record.because = because;
    if (failure !== undefined) record.failure = failure;
    if (firstTokenMs !== undefined) record.firstTokenMs = firstTokenMs;
    const { id, model, finish } = replyMarks(reply, this.stream?.meter);
    if (id !== undefined) record.responseId = id;
    if (model !== undefined) record.responseModel = model;
    if (finish !== undefined) record.finish = finish;
    this.occasion.held?.settle(record);
    this.listener.ended(this, record);
  }
}

interface Ending {
  readonly outcome: AttemptOutcome;
  readonly failure?: AttemptFailure;
  readonly charge: Charge;
  readonly quality?: number | undefined;
  readonly reply?: ModelReply;
}
