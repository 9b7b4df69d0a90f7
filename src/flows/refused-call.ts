/** A decision against a call as the failure that a front door tells: by money, by rate, or by access. */
import type { RefusalDocument } from '../core/decision.ts';
import type { Facts } from '../core/facts.ts';
import { Failure, type FailureCode, type FailureDetails } from '../core/failure.ts';
import type { MadeDecision } from '../engine/engine.ts';

/** A rule of this package speaks of money: its denial is a 402. */
const BUDGET_RULES = 'budget.';

/** Rules that say what the targets cannot do; every other denial is one of access. */
const ROUTING_RULES: ReadonlyMap<string, FailureCode> = new Map([
  ['routing.capability', 'unsupported'],
  ['routing.context_window', 'context_too_long'],
  ['routing.health', 'upstream_unavailable'],
  ['routing.cost_ceiling', 'budget_exhausted'],
]);

export function refusedCall(decision: MadeDecision, document: RefusalDocument): Failure {
  const [first] = document.reasons;
  const code = codeOf(decision, document);
  const message = document.reasons.map((reason) => reason.message).join('; ');
  const details: FailureDetails = {
    decisionId: decision.id,
    ...(first === undefined ? undefined : { rule: first.rule, reason: first.code }),
    ...(document.retry_after_ms === undefined ? undefined : { retryAfterMs: document.retry_after_ms }),
    ...(code === 'budget_exhausted' ? exhaustedBudget(document, decision.facts, decision.decided_at_ms) : undefined),
  };
  return new Failure(code, message, { details });
}

function codeOf(decision: MadeDecision, document: RefusalDocument): FailureCode {
  // The policy broke: the engine denied, and the caller did nothing wrong.
  if (decision.fault !== undefined) {
    return decision.fault.code === 'evaluation_limit' ? 'evaluation_limit' : 'evaluation_failed';
  }
  if (document.outcome === 'throttle') return 'throttled';
  const rule = document.reasons[0]?.rule ?? '';
  return rule.startsWith(BUDGET_RULES) ? 'budget_exhausted' : (ROUTING_RULES.get(rule) ?? 'access_denied');
}

/** The fullest budget that the call draws on, and how long until it starts anew. */
function exhaustedBudget(document: RefusalDocument, facts: Facts, nowMs: number): FailureDetails {
  const [fullest] = (facts.budgets ?? [])
    .filter((fact) => document.budgets.includes(fact.id) && fact.state === 'exhausted')
    .sort((a, b) => (b.utilization ?? 0) - (a.utilization ?? 0));
  if (fullest === undefined) return {};
  const resetsAtMs = fullest.resets_at === undefined ? Number.NaN : Date.parse(fullest.resets_at);
  return {
    budget: fullest.id,
    ...(fullest.resets_at === undefined ? undefined : { resetsAt: fullest.resets_at }),
    ...(Number.isNaN(resetsAtMs) ? undefined : { retryAfterMs: Math.max(0, resetsAtMs - nowMs) }),
  };
}
