/** Failures as HTTP says them: one table from code to status, one document (RFC 9457) for the body. */
import type { Failure, FailureCode, Fault } from '../../core/failure.ts';

export interface Problem {
  /** `urn:turnpike:problem:` and the code. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** Names the thing, the rule and the value. */
  readonly detail: string;
  readonly code: FailureCode;
  readonly faults?: readonly Fault[];
}

interface Row {
  readonly status: number;
  readonly title: string;
  /** Where asking again later may help: seconds after which to do so. */
  readonly retryAfterS?: number;
}

const TABLE: Readonly<Record<FailureCode, Row>> = {
  invalid_request: { status: 400, title: 'The request is malformed' },
  too_large: { status: 413, title: 'The request passes a bound' },
  unauthenticated: { status: 401, title: 'The credential is missing or not accepted' },
  forbidden: { status: 403, title: 'The credential does not cover this' },
  not_found: { status: 404, title: 'There is no such thing' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  unsupported_media_type: { status: 415, title: 'The content type is not supported' },
  conflict: { status: 409, title: 'The same id was told two different things' },
  deadline_exceeded: { status: 504, title: 'The deadline passed' },
  cancelled: { status: 499, title: 'The caller left' },
  overloaded: { status: 503, title: 'Too much is in flight', retryAfterS: 1 },
  not_ready: { status: 503, title: 'No policy is active', retryAfterS: 1 },
  config_invalid: { status: 500, title: 'The configuration is invalid' },
  policy_invalid: { status: 500, title: 'The policy is invalid' },
  bundle_invalid: { status: 500, title: 'The bundle is invalid' },
  builtin_missing: { status: 500, title: 'The policy calls a builtin that is missing' },
  compiler_unavailable: { status: 500, title: 'The policy compiler is not available' },
  address_in_use: { status: 500, title: 'The address is in use' },
  evaluation_failed: { status: 500, title: 'The policy could not be evaluated' },
  evaluation_limit: { status: 500, title: 'The policy was stopped at its evaluation limit' },
  unavailable: { status: 503, title: 'A peer could not be reached', retryAfterS: 1 },
  access_denied: { status: 403, title: 'Policy denies the call' },
  budget_exhausted: { status: 402, title: 'A budget is exhausted' },
  throttled: { status: 429, title: 'Policy asks to come back later', retryAfterS: 1 },
  unsupported: { status: 400, title: 'No target can do what the request asks for' },
  context_too_long: { status: 400, title: 'The request is longer than every window' },
  content_filtered: { status: 400, title: 'The content was refused' },
  upstream_rejected: { status: 400, title: 'The provider says that the request is malformed' },
  upstream_rate_limited: { status: 429, title: 'Every target is out of quota', retryAfterS: 1 },
  upstream_timeout: { status: 504, title: 'No answer in time' },
  upstream_unavailable: { status: 502, title: 'No target could be reached' },
  internal: { status: 500, title: 'Something broke on our side' },
};

/** @param status overrides the table's: for what HTTP itself refuses with a status of its own, such as 431 */
export function problemOf(failure: Failure, status: number = TABLE[failure.code].status): Problem {
  return {
    type: `urn:turnpike:problem:${failure.code}`,
    title: TABLE[failure.code].title,
    status,
    // A clipped value may end in half of a surrogate pair, which no strict reader of UTF-8 takes.
    detail: failure.message.toWellFormed(),
    code: failure.code,
    ...(failure.faults.length === 0 ? undefined : { faults: failure.faults.map(wellFormed) }),
  };
}

const wellFormed = ({ at, message }: Fault): Fault => ({ at: at.toWellFormed(), message: message.toWellFormed() });

export const statusOf = (code: FailureCode): number => TABLE[code].status;

/** Headers that belong to a failure: how to authenticate, when to come back. */
export function problemHeaders({ code, details }: Failure): Readonly<Record<string, string>> {
  const { retryAfterMs } = details;
  const retryAfterS = retryAfterMs === undefined ? TABLE[code].retryAfterS : Math.ceil(retryAfterMs / 1000);
  if (retryAfterS !== undefined) return { 'retry-after': String(retryAfterS) };
  return code === 'unauthenticated' ? CHALLENGE : NONE;
}

const CHALLENGE: Readonly<Record<string, string>> = { 'www-authenticate': 'Bearer realm="turnpike"' };
const NONE: Readonly<Record<string, string>> = {};
