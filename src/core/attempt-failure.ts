/** Why an attempt brought no answer that may be used. */
import type { AttemptOutcome } from './facts.ts';

export type FailedOutcome = Exclude<AttemptOutcome, 'ok'>;

/** Why an attempt brought no answer that may be used. */
export interface AttemptFailure {
  readonly outcome: FailedOutcome;
  /** For the caller and the log: what the vendor said, clipped, or what we saw. Never a credential. */
  readonly message: string;
  /** HTTP status of the vendor, where it answered. */
  readonly status?: number;
  /** The vendor's own code, such as `rate_limit_exceeded`. */
  readonly vendorCode?: string;
  /** How long the vendor asks to be left alone. */
  readonly retryAfterMs?: number;
  /** Said where nothing of the request left us: the attempt cannot have cost anything. */
  readonly sent?: false;
  /** Said where we had no connection left for it: the vendor was not asked, and it says nothing of the target. */
  readonly crowded?: true;
  /** Said where we ended it because no budget bears more of it. */
  readonly unpaid?: true;
}
