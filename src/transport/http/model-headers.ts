/** What the gateway tells in response headers of a model call: who served it, what it cost, when to come back. */
import type { Failure, FailureCode } from '../../core/failure.ts';
import type { Served } from '../../flows/gateway.ts';
import { usdOf } from '../usd.ts';
import { problemHeaders } from './problem.ts';
import type { Headers } from './reply.ts';

const DECISION_ID = 'x-turnpike-decision-id';
const TARGET = 'x-turnpike-target';
const ATTEMPTS = 'x-turnpike-attempts';
const COST = 'x-turnpike-cost-usd';

/** Names of what a stream tells behind its end. */
export const STREAM_TRAILERS: string = `${ATTEMPTS}, ${COST}`;

/** SDKs wait this long at most when they are told to; a longer wait they replace by a short one of their own. */
const LONGEST_SDK_WAIT_MS = 60_000;

type RequestIdHeader = 'x-request-id' | 'request-id';

export function replyHeaders(served: Served, requestIdHeader: RequestIdHeader): Headers {
  return sayable({
    [DECISION_ID]: served.decisionId,
    [requestIdHeader]: served.decisionId,
    [TARGET]: served.target,
    [ATTEMPTS]: String(served.attempts),
    ...served.headers,
  });
}

/** Nothing where the cost is not known: unknown is not zero. */
export function costHeader({ costNano }: Pick<Served, 'costNano'>): Headers {
  return costNano === undefined ? NONE : { [COST]: usdOf(costNano) };
}

const NONE: Headers = {};

export const streamTrailers = (final: Pick<Served, 'attempts' | 'costNano'>): Headers => ({
  [ATTEMPTS]: String(final.attempts),
  ...costHeader(final),
});

/**
 * Retries are made here, once and for everybody: an SDK that repeats what already failed everywhere multiplies the load,
 * so it is told not to, but where coming back is the remedy.
 */
export function errorHeaders(failure: Failure, requestIdHeader: RequestIdHeader): Headers {
  const { decisionId, rule, reason, budget, resetsAt, retryAfterMs, target, attempts } = failure.details;
  const said = {
    [DECISION_ID]: decisionId,
    [requestIdHeader]: decisionId,
    [TARGET]: target,
    [ATTEMPTS]: attempts === undefined ? undefined : String(attempts),
    'x-turnpike-rule': rule,
    'x-turnpike-reason': reason,
    'x-turnpike-budget': budget,
    'x-turnpike-resets-at': resetsAt,
    'retry-after-ms': retryAfterMs === undefined ? undefined : String(Math.ceil(retryAfterMs)),
    'x-should-retry': String(isWorthRetrying(failure)),
  };
  return { ...problemHeaders(failure), ...sayable(said) };
}

const WORTH_RETRYING: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'overloaded',
  'not_ready',
  'unavailable',
  'throttled',
  'upstream_rate_limited',
]);

const isWorthRetrying = ({ code, details }: Failure): boolean =>
  WORTH_RETRYING.has(code) && (details.retryAfterMs ?? 0) <= LONGEST_SDK_WAIT_MS;

/** What a header may hold: visible ASCII and spaces between. */
const SAYABLE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** An answer matters more than a header that cannot be said. */
function sayable(headers: Readonly<Record<string, string | undefined>>): Headers {
  const said: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && SAYABLE.test(value)) said[name] = value;
  }
  return said;
}
