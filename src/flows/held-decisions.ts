/**
 * Port: what is remembered of decisions that money is held for, until their calls are reported, and which reports there
 * were. Shared by everything that spends from the same accounts: a report may come to any of it. Implementations pass
 * the same contract suite.
 */
import type { Account } from '../core/account.ts';
import type { Operation } from '../core/call.ts';
import type { Attribution, PolicyIdentity } from '../core/decision.ts';

export interface HeldDecision {
  /** Of the decision. */
  readonly id: string;
  readonly holdId: string;
  readonly accounts: readonly Account[];
  /** What is held, in nano-USD. */
  readonly boundNano: bigint;
  readonly policy: Pick<PolicyIdentity, 'revision' | 'digest'>;
  readonly operation: Operation;
  readonly requestedModel?: string | undefined;
  readonly attribution: Attribution;
}

export interface ReportClaim {
  readonly decisionId: string;
  readonly reportId: string;
  /** Tells a report from another under the same id. */
  readonly content: string;
  /** Of who reports; undefined: bound to none, and may report on any. */
  readonly team: string | undefined;
}

export type Claim =
  /** Nothing was held for it, or nobody remembers. */
  | { readonly kind: 'unknown' }
  /** Of another team: nothing was changed. */
  | { readonly kind: 'foreign' }
  /** The same id was told with other content: nothing was changed. */
  | { readonly kind: 'conflict' }
  | Claimed;

export interface Claimed {
  readonly kind: 'claimed';
  readonly held: HeldDecision;
  /** Of the hold. */
  readonly fence: string;
  /** How many reports of this decision were told before this one. */
  readonly index: number;
  /** Whether what it cost takes the place of the hold: of all reports of a decision, wherever they come, for one at most. */
  readonly settlesHold: boolean;
  /** `again`: told before, and maybe not settled; `settled`: told before, and settled. The rest is as it was then. */
  readonly standing: 'new' | 'again' | 'settled';
}

export interface HeldDecisions {
  /** Of a hold that was just given here; whoever keeps the accounts for others has it with the hold. */
  remember(held: HeldDecision, fence: string): void;
  /** One trip. @throws Failure `unavailable` where nobody can be asked, and it is not known here */
  claim(claim: ReportClaim): Claim | Promise<Claim>;
  /** The accounts know what this report cost; they may forget it before the decision is forgotten. Not waited for. */
  settled(decisionId: string, reportId: string): void;
}

/** Reports of one decision that are told from one another: of each that comes beyond them nobody knows that it came. */
export const MOST_REPORTS = 64;
