/**
 * The one error class of Turnpike. Everything that is refused, anywhere, is a `Failure` with a closed code, a
 * sentence that names the thing, the rule and the value, and the cause kept for the log (never for the wire).
 */

export const FAILURE_CODES = [
  'invalid_request', // malformed, a field unknown or of the wrong type
  'too_large', // a bound on size, depth or count is passed
  'unauthenticated', // no credential, or one that is unknown or expired
  'forbidden', // the credential is good and does not cover this
  'not_found',
  'method_not_allowed',
  'unsupported_media_type',
  'conflict', // the same id told two different things
  'deadline_exceeded',
  'cancelled',
  'overloaded',
  'not_ready', // no policy is active
  'config_invalid',
  'policy_invalid', // sources that do not compile, a check or a test that fails
  'bundle_invalid', // missing, corrupt, not what its manifest says
  'builtin_missing', // the policy calls a builtin that the evaluator lacks
  'compiler_unavailable',
  'address_in_use',
  'evaluation_failed', // the policy aborted: a conflict, a trap, a builtin that threw
  'evaluation_limit', // the evaluation was stopped at its limit
  'unavailable', // a peer could not be reached
  'access_denied', // policy denies the call; the details name the rule
  'budget_exhausted', // policy denies it because money is spent; the details name the budget
  'throttled', // policy asks to come back later
  'unsupported', // what the request asks for by name cannot be done by any target that may serve it
  'context_too_long', // longer than the window of every target that may serve it
  'content_filtered', // the providers refused the content
  'upstream_rejected', // the provider says that the request is malformed
  'upstream_rate_limited', // every target is out of quota
  'upstream_timeout', // no answer in time
  'upstream_unavailable', // no target could be reached, or each broke
  'internal', // a fault of ours
] as const;

export type FailureCode = (typeof FAILURE_CODES)[number];

/** One fault in a document: where (JSON pointer or `file:row:col`), and what rule it breaks. */
export interface Fault {
  readonly at: string;
  readonly message: string;
}

/** What whoever is refused may be told beside the sentence. */
export interface FailureDetails {
  readonly decisionId?: string;
  /** The deciding rule, such as `access.model_allowlist`. */
  readonly rule?: string;
  /** Its reason's code, such as `model_not_allowed`. */
  readonly reason?: string;
  /** The budget that is exhausted, and when it starts anew (RFC 3339). */
  readonly budget?: string;
  readonly resetsAt?: string;
  /** Asking again before is of no use. */
  readonly retryAfterMs?: number;
  /** The field at fault, as the caller spells it, such as `tools[0].function.parameters`. */
  readonly param?: string;
  /** Where it was tried last, and how often. */
  readonly target?: string;
  readonly attempts?: number;
}

interface FailureOptions {
  readonly cause?: unknown;
  readonly faults?: readonly Fault[];
  readonly details?: FailureDetails;
}

export class Failure extends Error {
  readonly code: FailureCode;
  /** Every fault found, when there are several; empty when the message says it all. */
  readonly faults: readonly Fault[];
  readonly details: FailureDetails;

  constructor(code: FailureCode, message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.code = code;
    this.faults = options.faults ?? [];
    this.details = options.details ?? {};
  }

  /** What we know keeps its code; what we don't becomes `internal` with its cause kept and its text withheld. */
  static from(reason: unknown): Failure {
    if (reason instanceof Failure) return reason;
    return new Failure('internal', 'internal error', { cause: reason });
  }
}
