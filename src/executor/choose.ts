/** Whether a target of the route can be asked now; a place at it is taken then. */
import type { RouteStep } from '../core/decision.ts';
import type { ModelRequest } from '../core/generation.ts';
import type { Board } from '../reliability/board.ts';
import type { Clock } from '../reliability/timers.ts';
import type { Chosen } from './attempt.ts';
import type { Envelope } from './envelope.ts';
import type { Order, Pricing } from './execution.ts';
import type { Skip } from './failure.ts';
import type { Providers } from './provider.ts';

export interface ChoiceDependencies {
  readonly providers: Providers;
  readonly pricing: Pricing;
  readonly board: Board;
  readonly clock: Clock;
}

/** With less than this of the time that policy gives it, what a target cannot do in time says nothing of it. */
const FAIR_SHARE = 0.5;

export function choose(step: RouteStep, order: Order, envelope: Envelope, deps: ChoiceDependencies): Chosen | Skip {
  const { request } = order;
  const { target, timeouts } = step;
  const slash = target.indexOf('/');
  const provider = deps.providers.find(target.slice(0, slash));
  if (provider === undefined) return { kind: 'unconfigured' };
  const model = target.slice(slash + 1);
  const names = provider.unsupported(request, model);
  if (names.length > 0) return { kind: 'unsupported', names };
  const maxOutputTokens = Math.min(step.max_output_tokens, askedOutput(request) ?? Number.POSITIVE_INFINITY);
  const nowMs = deps.clock.nowMs();
  const boundNano = boundOf(target, order, maxOutputTokens, deps.pricing, nowMs);
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

/** The most that it may cost. Without a price card nobody can say: whether such a target may be asked, policy decided. */
function boundOf(target: string, order: Order, maxOutputTokens: number, pricing: Pricing, nowMs: number): bigint {
  const { request, inputTokens: input } = order;
  switch (request.kind) {
    case 'generation':
      return pricing.boundOf(target, { input, output: maxOutputTokens }, nowMs) ?? 0n;
    case 'embedding':
      return pricing.boundOf(target, { input, output: 0 }, nowMs) ?? 0n;
    case 'token_count':
      return 0n;
  }
}
