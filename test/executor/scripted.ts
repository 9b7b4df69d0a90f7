/** Vendors that do what a script says, in time that the test moves, and an executor that asks them. */

import type { AttemptCost, AttemptRecord } from '../../src/core/attempt.ts';
import type { AttemptFailure } from '../../src/core/attempt-failure.ts';
import type { AllowDocument, RouteStep } from '../../src/core/decision.ts';
import type { Attempt } from '../../src/core/facts.ts';
import type { Failure } from '../../src/core/failure.ts';
import type { GenerationRequest } from '../../src/core/generation.ts';
import type { GenerationReply, ModelReply, StreamEvent } from '../../src/core/reply.ts';
import type { MeteredUsage } from '../../src/core/usage.ts';
import type { Execution, Executor, Order, Pricing } from '../../src/executor/execution.ts';
import { createExecutor, EXECUTOR_DEFAULTS, type ExecutorOptions } from '../../src/executor/executor.ts';
import type {
  Provider,
  ProviderCall,
  ProviderReply,
  ProviderStream,
  StreamReceiver,
} from '../../src/executor/provider.ts';
import { type FakeTime, fakeTime } from '../support/fake-time.ts';

/** What one request to a target brings. */
export type Act =
  | { readonly kind: 'reply'; readonly afterMs?: number; readonly reply?: ModelReply }
  | { readonly kind: 'fail'; readonly afterMs?: number; readonly failure: AttemptFailure; readonly cause?: Failure }
  | { readonly kind: 'throw'; readonly reason: unknown }
  /** Never answers; `deaf`: not even when it is cancelled. */
  | { readonly kind: 'hang'; readonly deaf?: boolean }
  | {
      readonly kind: 'stream';
      /** Its head comes even where nobody waits any more. */
      readonly deaf?: boolean;
      readonly afterMs?: number;
      readonly pieces: readonly Piece[];
      /** Behind the last piece; default: the end marker was the last event. `hang`: nothing. */
      readonly ends?: AttemptFailure | 'hang';
    };

export interface Piece {
  readonly afterMs?: number;
  readonly events: readonly StreamEvent[];
  readonly raw?: Uint8Array;
}

export const fail = (outcome: AttemptFailure['outcome'], more: Partial<AttemptFailure> = {}): Act => ({
  kind: 'fail',
  failure: { outcome, message: `it was ${outcome}`, ...more },
});

export const EXACT: MeteredUsage = { kind: 'exact', tokens: { input: 10, output: 5 } };

export const REPLY: GenerationReply = {
  kind: 'generation',
  id: 'reply-1',
  model: 'm-2026',
  content: [{ kind: 'text', text: 'hello' }],
  finish: 'stop',
  usage: EXACT,
};

export const text = (value: string): StreamEvent => ({ kind: 'text', text: value });
export const START: StreamEvent = { kind: 'start', id: 'reply-1', model: 'm-2026' };
export const TAIL: readonly StreamEvent[] = [
  { kind: 'finish', reason: 'stop' },
  { kind: 'usage', tokens: { input: 10, output: 5 } },
  { kind: 'end' },
];
/** A stream that goes well. */
export const STREAM: Act = {
  kind: 'stream',
  pieces: [{ events: [START] }, { events: [text('hel')] }, { events: [text('lo')] }, { events: TAIL }],
};

export const REQUEST: GenerationRequest = {
  kind: 'generation',
  protocol: 'openai-chat',
  messages: [{ role: 'user', content: [{ kind: 'text', text: 'hi' }] }],
  tools: [],
  output: { kind: 'text' },
  sampling: {},
  stream: false,
  body: {},
  unkept: [],
};
export const STREAMED: GenerationRequest = { ...REQUEST, stream: true };

export const step = (target: string, more: Partial<RouteStep> = {}): RouteStep => ({
  target,
  max_output_tokens: 800,
  retries: 0,
  timeouts: { connect_ms: 1_000, first_token_ms: 5_000, idle_ms: 3_000, total_ms: 30_000 },
  ...more,
});

export function plan(route: readonly RouteStep[], more: Partial<AllowDocument> = {}): AllowDocument {
  return {
    outcome: 'allow',
    reasons: [],
    budgets: [],
    limits: [],
    obligations: [],
    attribution: { team: 't', application: 'a', environment: 'e' },
    route,
    fallback_on: ['rate_limited', 'timeout', 'connection', 'unavailable', 'auth'],
    envelope: { deadline_ms: 60_000, max_attempts: 8, max_cost_nano_usd: 1_000_000 },
    ...more,
  };
}

/** 1 nano-USD a token; a bound is twice what it should be at most. */
export const PRICING: Pricing = {
  costOf: (_target, usage) => costOf(usage),
  boundOf: (_target, { input, output }) => 2n * BigInt(input + output),
  contextOf: (target) => (target === 'p/b' ? undefined : 5_000),
};

function costOf(usage: MeteredUsage): AttemptCost {
  if (usage.kind === 'unknown') return { kind: 'unknown' };
  const inputNano = BigInt(usage.tokens.input);
  const outputNano = BigInt(usage.tokens.output);
  const items = { inputNano, cacheReadNano: 0n, cacheWriteNano: 0n, outputNano, otherNano: 0n };
  return {
    kind: 'priced',
    priceId: 'card',
    tier: 'standard',
    items: { ...items, totalNano: inputNano + outputNano },
    estimated: usage.kind === 'estimated',
  };
}

export class ScriptedStream implements ProviderStream {
  readonly rawProtocol = undefined;
  readonly calls: string[] = [];
  private readonly act: Extract<Act, { kind: 'stream' }>;
  private readonly time: FakeTime;
  private receiver: StreamReceiver | undefined;
  private next = 0;
  private paused = false;
  private over = false;

  constructor(act: Extract<Act, { kind: 'stream' }>, time: FakeTime) {
    this.act = act;
    this.time = time;
  }

  start(receiver: StreamReceiver): void {
    this.calls.push('start');
    this.receiver = receiver;
    this.go();
  }
  pause(): void {
    this.calls.push('pause');
    this.paused = true;
  }
  resume(): void {
    this.calls.push('resume');
    this.paused = false;
    this.go();
  }
  cancel(): void {
    this.calls.push('cancel');
    this.close({ outcome: 'cancelled', message: 'cancelled' });
  }

  private go(): void {
    if (this.over || this.paused) return;
    const piece = this.act.pieces[this.next];
    if (piece === undefined) {
      if (this.act.ends !== 'hang') this.close(this.act.ends);
      return;
    }
    const at = this.next;
    const bring = (): void => {
      // The same piece may be waited for twice, where it was paused in between.
      if (this.over || this.paused || at !== this.next) return;
      this.next += 1;
      this.receiver?.receive(piece.events, piece.raw);
      this.go();
    };
    if (piece.afterMs === undefined) bring();
    else this.time.after(piece.afterMs, bring);
  }

  private close(failure: AttemptFailure | undefined): void {
    if (this.over) return;
    this.over = true;
    this.receiver?.closed(failure);
  }
}

/** Reads a stream and writes down what it is told. */
export class Reader implements StreamReceiver {
  readonly told: string[] = [];
  failure: AttemptFailure | undefined;
  received(kind: string): number {
    return this.told.filter((one) => one === kind).length;
  }
  receive(events: readonly StreamEvent[]): void {
    for (const event of events) this.told.push(event.kind === 'text' ? event.text : event.kind);
  }
  closed(failure: AttemptFailure | undefined): void {
    this.failure = failure;
    this.told.push(failure === undefined ? 'closed' : `closed: ${failure.outcome}`);
  }
}

export interface World {
  readonly time: FakeTime;
  readonly executor: Executor;
  /** Requests that arrived, by target. */
  readonly asked: string[];
  readonly calls: ProviderCall[];
  readonly streams: ScriptedStream[];
  readonly told: AttemptRecord[];
  readonly asks: (readonly Attempt[])[];
  readonly client: AbortController;
  order(more?: Partial<Order>): Order;
  /** Executes, and moves time on until there is an answer. */
  run(order: Order, withinMs?: number): Promise<Execution>;
}

export interface Scene {
  /** By target; the last act of a list is repeated. A target without any is not configured. */
  readonly acts: Readonly<Record<string, readonly Act[]>>;
  readonly unsupported?: Readonly<Record<string, readonly string[]>>;
  readonly options?: Partial<ExecutorOptions>;
  readonly pricing?: Pricing;
  readonly random?: () => number;
  /** What policy says when it is asked again. */
  readonly again?: readonly (AllowDocument | undefined)[];
}

export function world({
  acts,
  unsupported = {},
  options,
  pricing = PRICING,
  random = () => 0.5,
  again = [],
}: Scene): World {
  const time = fakeTime();
  const asked: string[] = [];
  const calls: ProviderCall[] = [];
  const streams: ScriptedStream[] = [];
  const told: AttemptRecord[] = [];
  const asks: (readonly Attempt[])[] = [];
  const client = new AbortController();

  const perform = (act: Act, call: ProviderCall): Promise<ProviderReply> => {
    if (act.kind === 'throw') return Promise.reject(act.reason);
    return new Promise((resolve) => {
      const done = (reply: ProviderReply): void => resolve(reply);
      const deaf = 'deaf' in act && act.deaf === true;
      call.signal.addEventListener('abort', () => {
        if (!deaf) done({ kind: 'failed', failure: { outcome: 'cancelled', message: 'cancelled' } });
      });
      const answer = (): void => {
        if (act.kind === 'reply') done({ kind: 'whole', reply: act.reply ?? REPLY });
        else if (act.kind === 'fail') done({ ...act, kind: 'failed' });
        else if (act.kind === 'stream') {
          const stream = new ScriptedStream(act, time);
          streams.push(stream);
          done({ kind: 'stream', stream });
        }
      };
      if (act.kind === 'hang') return;
      if (act.afterMs === undefined) answer();
      else time.after(act.afterMs, answer);
    });
  };

  const vendor = (name: string): Provider => ({
    unsupported: (_request, model) => unsupported[`${name}/${model}`] ?? [],
    send(call) {
      const target = `${name}/${call.model}`;
      const turn = asked.filter((one) => one === target).length;
      asked.push(target);
      calls.push(call);
      const script = acts[target] ?? [];
      const act = script[Math.min(turn, script.length - 1)];
      return act === undefined ? Promise.reject(new Error('no act')) : perform(act, call);
    },
  });

  const names = new Set(Object.keys(acts).map((target) => target.slice(0, target.indexOf('/'))));
  const executor = createExecutor(
    {
      providers: { find: (name) => (names.has(name) ? vendor(name) : undefined) },
      pricing,
      clock: time,
      timers: time,
      random,
    },
    { ...EXECUTOR_DEFAULTS, ...options },
  );
  return {
    time,
    executor,
    asked,
    calls,
    streams,
    told,
    asks,
    client,
    order: (more = {}) => ({
      request: REQUEST,
      plan: plan(Object.keys(acts).map((target) => step(target))),
      inputTokens: 10,
      inputBoundTokens: 10,
      deadlineAtMs: time.nowMs() + 60_000,
      signal: client.signal,
      askAgain: (attempts) => {
        asks.push(attempts);
        return Promise.resolve(again[asks.length - 1]);
      },
      onAttempt: (record) => told.push(record),
      ...more,
    }),
    async run(order, withinMs = 120_000) {
      let execution: Execution | undefined;
      let broken: { readonly reason: unknown } | undefined;
      executor.execute(order).then(
        (done) => {
          execution = done;
        },
        (reason) => {
          broken = { reason };
        },
      );
      const untilMs = time.nowMs() + withinMs;
      await time.settle();
      while (execution === undefined && broken === undefined) {
        const waitMs = time.untilNextMs();
        if (waitMs === undefined || time.nowMs() + waitMs > untilMs) break;
        await time.advance(waitMs);
      }
      if (broken !== undefined) throw broken.reason;
      if (execution === undefined) throw new Error(`no answer within ${withinMs} ms`);
      return execution;
    },
  };
}

/** A record in one line. */
export const line = (record: AttemptRecord): string =>
  [record.reason, ...(record.because === undefined ? [] : [`(${record.because})`]), record.target, record.outcome].join(
    ' ',
  );
