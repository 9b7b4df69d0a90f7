/** Messages ⇄ the documents of core: what protobuf cannot say the same way (int64, oneof, flattening), and no more. */
import type { Decision, DecisionDocument, Estimate, HoldTerms, Obligation, RouteStep } from '../../core/decision.ts';
import { Failure } from '../../core/failure.ts';
import { presentDecision } from '../../core/present.ts';
import type {
  DecideRequestMessage,
  DecisionMessage,
  EstimateMessage,
  ObligationMessage,
  StepMessage,
  WrittenInt64,
} from './messages.ts';

/**
 * The request document that the flows read: the message itself, its int64 turned into numbers in place.
 * @throws Failure `invalid_request` where an int64 has no exact number
 */
export function requestDocument(message: DecideRequestMessage | undefined): unknown {
  const budgets = message?.facts?.budgets;
  if (budgets === undefined) return message;
  for (const [index, budget] of budgets.entries()) {
    const remaining = budget.remaining_nano_usd;
    if (typeof remaining === 'bigint') {
      budget.remaining_nano_usd = exactNumber(remaining, `/budgets/${index}/remaining_nano_usd`);
    }
  }
  return message;
}

function exactNumber(value: bigint, at: string): number {
  if (value <= MAX_SAFE && value >= -MAX_SAFE) return Number(value);
  const message = `must be <= ${MAX_SAFE} (actual: ${value})`;
  throw new Failure('invalid_request', `${at}: ${message}`, { faults: [{ at, message }] });
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** The decision as every transport presents it, each obligation's value under the name of its type. */
export function decisionMessage(decision: Decision): DecisionMessage<WrittenInt64> {
  const presented = presentDecision(decision);
  if (presented.obligations.length === 0) return { ...presented, obligations: NO_OBLIGATIONS };
  return { ...presented, obligations: presented.obligations.map(obligationMessage) };
}

const NO_OBLIGATIONS: readonly ObligationMessage[] = [];

function obligationMessage(obligation: Obligation): ObligationMessage {
  switch (obligation.kind) {
    case 'cap_output':
      return { kind: obligation.kind, number: obligation.value };
    case 'downgrade':
    case 'warn':
      return { kind: obligation.kind, text: obligation.value };
  }
}

/** The other way, for clients. @param message read with defaults filled in */
export function decisionOf(message: DecisionMessage<bigint>): Decision {
  return {
    id: message.id,
    policy: message.policy,
    document: documentOf(message),
    estimate: estimateOf(message.estimate),
    decided_at_ms: Date.parse(message.decided_at),
  };
}

function documentOf(message: DecisionMessage<bigint>): DecisionDocument {
  const { envelope, hedge, hold, retry_after_ms } = message;
  const { tags, ...dimensions } = message.attribution;
  const untagged = tags === undefined || Object.keys(tags).length === 0;
  const shared = {
    outcome: message.outcome,
    reasons: message.reasons,
    route: message.route.map(stepOf),
    budgets: message.budgets,
    limits: message.limits,
    obligations: message.obligations.map(({ kind, number, text }) => ({ kind, value: number ?? text })),
    attribution: untagged ? dimensions : { ...dimensions, tags },
    ...(retry_after_ms === undefined ? undefined : { retry_after_ms }),
  };
  const allowed = {
    fallback_on: message.fallback_on ?? [],
    ...(envelope ? { envelope: { ...envelope, max_cost_nano_usd: Number(envelope.max_cost_nano_usd) } } : undefined),
    ...(hedge ? { hedge } : undefined),
    ...(hold ? { hold: holdOf(hold) } : undefined),
  };
  const document: object = message.outcome === 'allow' ? { ...shared, ...allowed } : shared;
  // The server checked the document against its schema before it sent it; a client takes its word for it.
  return document as DecisionDocument;
}

/** What is not there is read as null. */
function stepOf({ timeouts, ...step }: StepMessage): RouteStep {
  const { throughput, ...times } = timeouts;
  return { ...step, timeouts: throughput ? { ...times, throughput } : times };
}

function holdOf({ allowance_nano_usd: allowance, ...terms }: NonNullable<DecisionMessage<bigint>['hold']>): HoldTerms {
  return allowance === undefined ? terms : { ...terms, allowance_nano_usd: Number(allowance) };
}

function estimateOf(message: EstimateMessage<bigint>): Estimate {
  const { target = '', price_id = '', input_nano_usd = 0n, output_nano_usd = 0n, total_nano_usd = 0n } = message;
  switch (message.kind) {
    case 'priced':
      return { kind: 'priced', cost: { target, price_id, input_nano_usd, output_nano_usd, total_nano_usd } };
    case 'unpriced':
    case 'uncounted':
      return { kind: message.kind, target };
    case 'none':
      return { kind: 'none' };
    default:
      throw new Failure('internal', `estimate.kind: ${JSON.stringify(message.kind)} is not known to this client`);
  }
}
