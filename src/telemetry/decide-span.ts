/** The attributes of a `turnpike.decide` span: what was asked, what was decided, by which rule, what it may cost. */
import type { Call } from '../core/call.ts';
import type { Decision, Estimate, Obligation } from '../core/decision.ts';
import type { BudgetFact } from '../core/facts.ts';
import type { DecidedFact } from '../flows/observer.ts';
import { type AttributeSink, cleanText, int64, usdFromNano } from './attribute-list.ts';
import { ATTRIBUTE as A, LIST_BOUND } from './attributes.ts';
import { type AllowedTags, setTags } from './attribution.ts';

const MAX_NAME_CHARS = 256;

export function writeDecision(list: AttributeSink, fact: DecidedFact, allowedTags: AllowedTags): void {
  const { decision, call, caller } = fact;
  const { document } = decision;
  list
    .set(A.decisionId.name, decision.id)
    .set(A.outcome.name, document.outcome)
    .set(A.operation.name, operationName(call.operation))
    .set(A.keyId.name, caller.key_id);
  if (call.model !== undefined) list.set(A.requestModel.name, cleanText(call.model, MAX_NAME_CHARS));
  setReason(list, decision);
  setRoute(list, decision);
  setEstimate(list, decision.estimate);
  if (document.obligations.length > 0) list.set(A.obligations.name, bounded(document.obligations, describeObligation));
  if (document.budgets.length > 0) {
    list.set(A.budgets.name, bounded(document.budgets, asIs));
    setBindingBudget(list, document.budgets, fact.facts?.budgets);
  }
  setTags(list, document.attribution.tags, allowedTags);
  if (decision.fault !== undefined) list.set(A.errorType.name, decision.fault.code);
}

/** OpenTelemetry's name of an operation: the Responses API is a chat to it. */
export function operationName(operation: Call['operation']): string {
  return operation === 'responses' ? 'chat' : operation;
}

function setReason(list: AttributeSink, decision: Decision): void {
  const [first] = decision.document.reasons;
  if (first === undefined) return;
  list.set(A.reason.name, first.code).set(A.rule.name, first.rule).set(A.securityRule.name, first.rule);
}

function setRoute(list: AttributeSink, decision: Decision): void {
  const { document } = decision;
  if (document.outcome !== 'allow') {
    list.set(A.retryAfter.name, document.retry_after_ms);
    return;
  }
  list.set(A.routeTarget.name, document.route[0]?.target).set(A.routeCount.name, document.route.length);
  if (document.route.length > 1)
    list.set(
      A.routeTargets.name,
      bounded(document.route, (step) => step.target),
    );
}

function setEstimate(list: AttributeSink, estimate: Estimate): void {
  list.set(A.estimateState.name, estimate.kind);
  if (estimate.kind !== 'priced') return;
  const { cost } = estimate;
  list
    .set(A.estimateNano.name, int64(cost.total_nano_usd))
    .set(A.estimateInputNano.name, int64(cost.input_nano_usd))
    .set(A.estimateOutputNano.name, int64(cost.output_nano_usd))
    .set(A.estimateUsd.name, usdFromNano(cost.total_nano_usd))
    .set(A.priceId.name, cost.price_id);
}

const SEVERITY: Readonly<Record<BudgetFact['state'], number>> = { ok: 0, warn: 1, exhausted: 2 };

function setBindingBudget(list: AttributeSink, ids: readonly string[], facts: readonly BudgetFact[] | undefined): void {
  let binding: BudgetFact | undefined;
  for (const fact of facts ?? []) {
    if (ids.includes(fact.id) && (binding === undefined || weight(fact) > weight(binding))) binding = fact;
  }
  if (binding === undefined) return;
  list
    .set(A.budgetId.name, binding.id)
    .set(A.budgetState.name, binding.state)
    .set(A.budgetUtilization.name, binding.utilization);
}

/** State first, then utilization, which is a share and seldom above 1. */
const weight = (fact: BudgetFact): number => SEVERITY[fact.state] * 1e6 + (fact.utilization ?? 0);

const asIs = (text: string): string => text;

const describeObligation = (obligation: Obligation): string => `${obligation.kind}=${obligation.value}`;

function bounded<Item>(items: readonly Item[], describe: (item: Item) => string): readonly string[] {
  return (items.length > LIST_BOUND ? items.slice(0, LIST_BOUND) : items).map((item) =>
    cleanText(describe(item), MAX_NAME_CHARS),
  );
}
