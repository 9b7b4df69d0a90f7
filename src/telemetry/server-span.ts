/** The attributes of a server span: the request as HTTP and RPC conventions describe it, and the sum of what it asked. */
import type { AttemptCost } from '../core/attempt.ts';
import type { Decision } from '../core/decision.ts';
import type { Failure, FailureCode } from '../core/failure.ts';
import type { Arrival } from '../flows/arrival.ts';
import type { ServedFact } from '../flows/observer.ts';
import { type AttributeSink, cleanText, int64 } from './attribute-list.ts';
import { ATTRIBUTE as A, TAG_BOUNDS } from './attributes.ts';

const MAX_NAME_CHARS = 256;

/** How a transport answers a failure; `undefined` as code means that it succeeded. Without it, statuses are left out. */
export interface WireStatus {
  http(code: FailureCode | undefined): number;
  /** Canonical name, such as `INVALID_ARGUMENT`. */
  grpc(code: FailureCode | undefined): string;
}

/** What a request came to, collected while it runs, and not touched once it has ended. */
export interface RequestTally {
  decisions: number;
  /** The only decision, while there is one. */
  only: Decision | undefined;
  estimateNano: bigint | undefined;
  /** Of the attempts whose cost is known, once there is an attempt. */
  costNano: bigint | undefined;
  costIncomplete: boolean;
  keyId: string | undefined;
  served: ServedTally | undefined;
  /** Entries of the caller's baggage that may be told. */
  baggage: ReadonlyMap<string, string> | undefined;
  ended: boolean;
}

interface ServedTally {
  readonly decision: Decision;
  readonly requestedModel: string | undefined;
  readonly target: string | undefined;
  readonly attempts: number;
  readonly fallbacks: number;
}

export const emptyTally = (): RequestTally => ({
  decisions: 0,
  only: undefined,
  estimateNano: undefined,
  costNano: undefined,
  costIncomplete: false,
  keyId: undefined,
  served: undefined,
  baggage: undefined,
  ended: false,
});

/** The attempts as they are at this moment: one that was given up may yet be told. */
export function servedTally({ decision, requestedModel, target, attempts }: ServedFact): ServedTally {
  let fallbacks = 0;
  for (const { reason } of attempts) if (reason === 'fallback') fallbacks += 1;
  return { decision, requestedModel, target, attempts: attempts.length, fallbacks };
}

export function addCost(tally: RequestTally, cost: AttemptCost): void {
  switch (cost.kind) {
    case 'priced':
      tally.costNano = (tally.costNano ?? 0n) + cost.items.totalNano;
      return;
    case 'none':
      tally.costNano ??= 0n;
      return;
    case 'unpriced':
    case 'unknown':
      tally.costIncomplete = true;
      return;
  }
}

export function writeRequest(
  list: AttributeSink,
  { transport, operation }: Pick<Arrival, 'transport' | 'operation'>,
  tally: RequestTally,
  failure: Failure | undefined,
  status: WireStatus | undefined,
): void {
  setProtocol(list, transport, operation, failure, status);
  if (tally.decisions > 0) list.set(A.requestDecisions.name, tally.decisions);
  const decision = tally.served?.decision ?? tally.only;
  if (decision !== undefined) {
    const { document } = decision;
    list
      .set(A.decisionId.name, decision.id)
      .set(A.outcome.name, document.outcome)
      .set(A.reason.name, document.reasons[0]?.code)
      .set(A.policyRevision.name, decision.policy.revision);
  }
  list.set(A.keyId.name, tally.keyId);
  if (tally.estimateNano !== undefined) list.set(A.requestEstimateNano.name, int64(tally.estimateNano));
  if (tally.served !== undefined) setServed(list, tally.served);
  setCost(list, tally);
  if (failure !== undefined) {
    list.set(A.failure.name, failure.code);
    if (isOurFault(failure.code)) list.set(A.errorType.name, failure.code);
  }
  if (tally.baggage !== undefined) setBaggage(list, tally.baggage);
}

function setServed(
  list: AttributeSink,
  { requestedModel, target, attempts, fallbacks }: NonNullable<RequestTally['served']>,
): void {
  list
    .set(A.modelRequested.name, requestedModel === undefined ? undefined : cleanText(requestedModel, MAX_NAME_CHARS))
    .set(A.modelServed.name, target)
    .set(A.requestAttempts.name, attempts)
    .set(A.requestFallbacks.name, fallbacks);
}

/** A sum with a part missing would be read as the whole: it is left out, and that is said. */
function setCost(list: AttributeSink, { costNano, costIncomplete }: RequestTally): void {
  if (costNano === undefined && !costIncomplete) return;
  list.set(A.requestCostState.name, costIncomplete ? 'incomplete' : 'complete');
  if (!costIncomplete && costNano !== undefined) list.set(A.requestCostNano.name, int64(costNano));
}

/** Whether a failure makes the server span an error: what the caller did wrong does not, as the conventions say. */
export function isOurFault(code: FailureCode): boolean {
  switch (code) {
    case 'invalid_request':
    case 'too_large':
    case 'unauthenticated':
    case 'forbidden':
    case 'not_found':
    case 'method_not_allowed':
    case 'unsupported_media_type':
    case 'conflict':
    case 'cancelled':
    case 'access_denied':
    case 'budget_exhausted':
    case 'throttled':
    case 'unsupported':
    case 'context_too_long':
    case 'content_filtered':
    case 'upstream_rejected':
      return false;
    case 'deadline_exceeded':
    case 'overloaded':
    case 'not_ready':
    case 'config_invalid':
    case 'policy_invalid':
    case 'bundle_invalid':
    case 'builtin_missing':
    case 'compiler_unavailable':
    case 'address_in_use':
    case 'evaluation_failed':
    case 'evaluation_limit':
    case 'unavailable':
    case 'upstream_rate_limited':
    case 'upstream_timeout':
    case 'upstream_unavailable':
    case 'internal':
      return true;
  }
}

function setProtocol(
  list: AttributeSink,
  transport: Arrival['transport'],
  operation: string,
  failure: Failure | undefined,
  status: WireStatus | undefined,
): void {
  switch (transport) {
    case 'grpc':
      list
        .set(A.rpcSystem.name, 'grpc')
        .set(A.rpcMethod.name, operation)
        .set(A.rpcStatus.name, status?.grpc(failure?.code));
      return;
    case 'http': {
      const space = operation.indexOf(' ');
      list
        .set(A.httpMethod.name, operation.slice(0, space))
        .set(A.httpRoute.name, operation.slice(space + 1))
        .set(A.httpStatus.name, status?.http(failure?.code));
      return;
    }
    case 'embedded':
      return;
  }
}

function setBaggage(list: AttributeSink, baggage: ReadonlyMap<string, string>): void {
  const prefix = A.baggage.name.replace('<key>', '');
  for (const [key, value] of baggage) {
    list.set(prefix + key, cleanText(value, TAG_BOUNDS.valueChars));
  }
}
