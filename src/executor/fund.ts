/** Money for a candidate: its bound is held, or its output capped to what is left where policy wants that. */

import { readsUnseen } from '../core/token-bound.ts';
import { boundOf, type Candidate, type ChoiceDependencies, consider } from './choose.ts';
import type { Envelope } from './envelope.ts';
import type { Order, Pricing } from './execution.ts';
import type { Skip } from './failure.ts';
import type { Funds, FundsAnswer, HeldFunds } from './funds.ts';

export interface Funded {
  readonly kind: 'funded';
  readonly candidate: Candidate;
  readonly held: HeldFunds;
}

/** An answer that is capped below this, and below what was wanted, helps nobody. */
const LEAST_OUTPUT_TOKENS = 16;

/** @param clamp whether output may be capped to what is left */
export async function fund(
  candidate: Candidate,
  funds: Funds,
  clamp: boolean,
  order: Order,
  envelope: Envelope,
  deps: ChoiceDependencies,
): Promise<Funded | Skip> {
  const answer = await ask(candidate, funds, order, deps);
  switch (answer.kind) {
    case 'held':
      return { kind: 'funded', candidate, held: answer.held };
    case 'refused':
      return { kind: 'funds', failure: answer.failure };
    case 'short': {
      const short: Skip = { kind: 'funds', failure: answer.failure };
      const cap = clamp ? outputWithin(answer.freeNano, candidate, order, deps) : 0;
      if (cap < Math.min(LEAST_OUTPUT_TOKENS, candidate.maxOutputTokens)) return short;
      const capped = consider(candidate.step, order, envelope, deps, cap);
      if (capped.kind !== 'candidate') return capped;
      const again = await ask(capped, funds, order, deps);
      return again.kind === 'held' ? { kind: 'funded', candidate: capped, held: again.held } : short;
    }
  }
}

function ask(
  { step, maxOutputTokens }: Candidate,
  funds: Funds,
  order: Order,
  { pricing, clock }: ChoiceDependencies,
): FundsAnswer | Promise<FundsAnswer> {
  const { request, inputTokens, deadlineAtMs, signal } = order;
  const { target } = step;
  const input = inputBound(target, order, pricing);
  const boundNano = boundOf(target, request, input, maxOutputTokens, pricing, clock.nowMs());
  const output = request.kind === 'generation' ? maxOutputTokens : 0;
  return funds.hold({ target, boundNano, tokens: inputTokens + output, deadlineAtMs }, signal);
}

/** Of what nobody sees here, a prompt is as long as the context of the target at most. */
function inputBound(target: string, { request, inputBoundTokens }: Order, pricing: Pricing): number {
  return readsUnseen(request) ? Math.max(inputBoundTokens, pricing.contextOf(target) ?? 0) : inputBoundTokens;
}

/** The most output that so much money bears, found by halving: a bound never falls with the tokens. */
function outputWithin(freeNano: bigint, candidate: Candidate, order: Order, deps: ChoiceDependencies): number {
  const { request } = order;
  if (request.kind !== 'generation') return 0;
  const input = inputBound(candidate.step.target, order, deps.pricing);
  const nowMs = deps.clock.nowMs();
  const fits = (tokens: number): boolean => {
    const bound = boundOf(candidate.step.target, request, input, tokens, deps.pricing, nowMs);
    return bound !== undefined && bound <= freeNano;
  };
  let [low, high] = [0, candidate.maxOutputTokens];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
