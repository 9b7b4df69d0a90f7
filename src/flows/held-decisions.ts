/**
 * Port: what is known of decisions that hold money for calls that somebody else makes, so that a report settles it at
 * whichever replica it arrives. Implementations are shared by those who share the accounts, and pass the same contract.
 */
import type { Account } from '../core/account.ts';
import type { Operation } from '../core/call.ts';
import type { Attribution, PolicyIdentity } from '../core/decision.ts';

export interface HeldDecision {
  readonly holdId: string;
  readonly fence: string;
  readonly accounts: readonly Account[];
  /** What is held, in nano-USD. */
  readonly boundNano: bigint;
  readonly policy: PolicyIdentity;
  readonly operation: Operation;
  /** Absent where policy chose. */
  readonly requestedModel?: string;
  readonly attribution: Attribution;
}

export interface ClaimedDecision {
  readonly held: HeldDecision;
  /**
   * How many other reports of it came before. The first, at 0, settles the hold; what others tell is charged beside it.
   * The same report has the same place, whoever is told it, and how often.
   */
  readonly place: number;
}

export interface HeldDecisions {
  /**
   * Known to all soon after: nobody waits for that, and where it fails, it is known here alone.
   * @param leaseMs of its hold: until some while behind its end it is known
   */
  remember(decisionId: string, held: HeldDecision, leaseMs: number): void;
  /** Undefined: nobody knows it, or knows it any more. @throws Failure `unavailable` where nobody could be asked */
  find(decisionId: string): Promise<HeldDecision | undefined>;
  /** As `find`, on behalf of a report. @throws Failure `unavailable` where nobody could be asked */
  claim(decisionId: string, reportId: string): Promise<ClaimedDecision | undefined>;
}
