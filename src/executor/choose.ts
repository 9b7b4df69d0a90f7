/** Whether a target of the route can be asked now: first what it would take, then a place at it. */
import type { RouteStep } from '../core/decision.ts';
import type { ModelRequest } from '../core/generation.ts';
import { choicesOf, predictedTokens } from '../core/token-bound.ts';
import type { Board } from '../reliability/board.ts';
import type { Clock } from '../reliability/timers.ts';
import type { Throughput } from '../reliability/watch.ts';
import type { Chosen } from './attempt.ts';
import type { Envelope } from './envelope.ts';
import type { Order, Pricing } from './execution.ts';
import type { Skip } from './failure.ts';
import type { Provider, Providers } from './provider.ts';

export interface ChoiceDependencies {
  readonly providers: Providers;
  readonly pricing: Pricing;
  readonly board: Board;
  readonly clock: Clock;
  /** Where policy does not say. */
  readonly throughput: Throughput;
}

/** A target that may be asked, and what that may take at most. */
export interface Candidate {
  readonly kind: 'candidate';
  readonly step: RouteStep;
  readonly provider: Provider;
  readonly model: string;
  readonly maxOutputTokens: number;
  /** By the estimate of the input: what the call's own envelope is held against. */
  readonly boundNano: bigint;
}

/** With less than this of the time that policy gives it, what a target cannot do in time says nothing of it. */
const FAIR_SHARE = 0.5;

/** @param cap output tokens at most, where money is short */
export function consider(
  step: RouteStep,
  order: Order,
  envelope: Envelope,
  deps: ChoiceDependencies,
  cap: number = Number.POSITIVE_INFINITY,
): Candidate | Skip {
  const { request } = order;
  const { target } = step;
  const slash = target.indexOf('/');
  const provider = deps.providers.find(target.slice(0, slash));
  if (provider === undefined) return { kind: 'unconfigured' };
  const model = target.slice(slash + 1);
  const names = provider.unsupported(request, model);
  if (names.length > 0) return { kind: 'unsupported', names };
  const maxOutputTokens = Math.min(step.max_output_tokens, askedOutput(request) ?? Number.POSITIVE_INFINITY, cap);
  const nowMs = deps.clock.nowMs();
  const boundNano = boundOf(target, request, order.inputTokens, maxOutputTokens, deps.pricing, nowMs) ?? 0n;
  const room = envelope.room(boundNano, nowMs);
  return room === 'fits'
    ? { kind: 'candidate', step, provider, model, maxOutputTokens, boundNano }
    : { kind: 'room', room };
}

/** Takes a place at it. */
export function admit(candidate: Candidate, envelope: Envelope, deps: ChoiceDependencies): Chosen | Skip {
  const { step, provider, model, maxOutputTokens, boundNano } = candidate;
  const { target, timeouts } = step;
  const { throughput } = timeouts;
  const nowMs = deps.clock.nowMs();
  const room = envelope.room(boundNano, nowMs);
  if (room !== 'fits') return { kind: 'room', room };
  const entry = deps.board.enter(target, nowMs);
  if (entry.kind !== 'admitted') return entry;
  const leftMs = envelope.deadlineAtMs - nowMs;
  return {
    target,
    provider,
    model,
    maxOutputTokens,
    connectTimeoutMs: Math.min(timeouts.connect_ms, leftMs),
    firstTokenTimeoutMs: timeouts.first_token_ms,
    idleTimeoutMs: timeouts.idle_ms,
    totalTimeoutMs: Math.min(timeouts.total_ms, leftMs),
    throughput:
      throughput === undefined ? deps.throughput : { windowMs: throughput.window_ms, units: throughput.min_units },
    hurried: leftMs < timeouts.total_ms * FAIR_SHARE,
    boundNano,
    startedAtMs: nowMs,
    permit: entry.permit,
  };
}

function askedOutput(request: ModelRequest): number | undefined {
  switch (request.kind) {
    case 'generation':
      return request.maxOutputTokens;
    case 'token_count':
      return request.generation.maxOutputTokens;
    case 'embedding':
      return undefined;
  }
}

/**
 * The most that it may cost with so many tokens of input. Without a price card nobody can say: whether such a target
 * may be asked, policy decided.
 */
export function boundOf(
  target: string,
  request: ModelRequest,
  input: number,
  maxOutputTokens: number,
  pricing: Pricing,
  nowMs: number,
): bigint | undefined {
  switch (request.kind) {
    case 'generation':
      return pricing.boundOf(
        target,
        { input, output: maxOutputTokens * choicesOf(request) + predictedTokens(request) },
        nowMs,
      );
    case 'embedding':
      return pricing.boundOf(target, { input, output: 0 }, nowMs);
    case 'token_count':
      return 0n;
  }
}
