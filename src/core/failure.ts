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
  'internal', // a fault of ours
] as const;

export type FailureCode = (typeof FAILURE_CODES)[number];

/** One fault in a document: where (JSON pointer or `file:row:col`), and what rule it breaks. */
export interface Fault {
  readonly at: string;
  readonly message: string;
}

export class Failure extends Error {
  readonly code: FailureCode;
  /** Every fault found, when there are several; empty when the message says it all. */
  readonly faults: readonly Fault[];

  constructor(code: FailureCode, message: string, options: { cause?: unknown; faults?: readonly Fault[] } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.code = code;
    this.faults = options.faults ?? [];
  }

  /** What we know keeps its code; what we don't becomes `internal` with its cause kept and its text withheld. */
  static from(reason: unknown): Failure {
    if (reason instanceof Failure) return reason;
    return new Failure('internal', 'internal error', { cause: reason });
  }
}
