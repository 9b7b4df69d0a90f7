/** A policy that answers what a test tells it to: the engine's port, faked in a few lines. */
import { NO_BUDGETS } from '../../src/core/budget.ts';
import type { PriceBook } from '../../src/core/price-card.ts';
import type { PolicyHolder } from '../../src/engine/active-policy.ts';
import type { Evaluator } from '../../src/engine/evaluator.ts';

export const ENTRYPOINT = 'turnpike/decision';

export function scriptedPolicy(answer: (input: unknown) => unknown, prices: PriceBook = new Map()): PolicyHolder {
  const evaluator: Evaluator = {
    entrypoints: new Set([ENTRYPOINT, 'other/rule']),
    evaluate: (_entrypoint, input) => answer(input),
    close: () => undefined,
  };
  const catalogue = { aliases: [], models: [], contexts: new Map<string, number>() };
  const policy = {
    identity: { revision: 'r1', digest: 'sha256:00', entrypoint: ENTRYPOINT },
    evaluator,
    prices,
    budgets: NO_BUDGETS,
    catalogue,
  };
  return { status: () => ({ kind: 'serving', policy, syncedAtMs: 0 }) };
}

export const neverActivated: PolicyHolder = { status: () => ({ kind: 'never_activated' }) };

/** An allow for a caller of team `search`, application `assistant`, environment `prod`. */
export const ALLOW = {
  outcome: 'allow',
  reasons: [{ code: 'allowed', rule: 'access.allowed', message: 'allowed' }],
  route: [
    {
      target: 'openai/gpt-x',
      max_output_tokens: 100,
      retries: 1,
      timeouts: { connect_ms: 2000, first_token_ms: 8000, idle_ms: 15000, total_ms: 60000 },
    },
  ],
  fallback_on: ['timeout'],
  envelope: { deadline_ms: 60000, max_attempts: 2, max_cost_nano_usd: 1000000 },
  budgets: ['team-search-month'],
  limits: [],
  obligations: [],
  attribution: { team: 'search', application: 'assistant', environment: 'prod', cost_center: 'cc-7', tags: {} },
};
