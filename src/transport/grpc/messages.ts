/** Messages as the codec reads and writes them: what proto/turnpike/v1 says, in TypeScript. Absent fields are absent. */
import type { Call } from '../../core/call.ts';
import type {
  Attribution,
  Envelope,
  HoldTerms,
  PolicyIdentity,
  Reason,
  RouteStep,
  Timeouts,
} from '../../core/decision.ts';
import type { Attempt, BudgetFact, LimitFact, TargetFact } from '../../core/facts.ts';
import type { Fault } from '../../core/failure.ts';
import type { CallerClaim } from '../../core/principal.ts';

/** int64: read as bigint, written as a number or (past 2^53) as decimal text, which is what the writer takes. */
export type WrittenInt64 = number | string;

export interface BudgetFactMessage extends Omit<BudgetFact, 'remaining_nano_usd'> {
  remaining_nano_usd?: bigint | number;
}

/** Still untrusted: the wire gives the types of fields, not their bounds nor that required ones are there. */
export interface DecideRequestMessage {
  readonly call?: Call;
  readonly caller?: CallerClaim;
  readonly facts?: {
    readonly budgets?: readonly BudgetFactMessage[];
    readonly limits?: readonly LimitFact[];
    readonly targets?: Readonly<Record<string, TargetFact>>;
  };
  readonly attempts?: readonly Attempt[];
}

export interface DecideBatchRequestMessage {
  readonly requests?: readonly DecideRequestMessage[];
}

export interface DecideStreamRequestMessage {
  readonly request_id?: string;
  readonly request?: DecideRequestMessage;
}

export interface ObligationMessage {
  readonly kind: string;
  readonly number?: number;
  readonly text?: string;
}

export interface EstimateMessage<Int64> {
  readonly kind: string;
  readonly target?: string;
  readonly price_id?: string;
  readonly input_nano_usd?: Int64;
  readonly output_nano_usd?: Int64;
  readonly total_nano_usd?: Int64;
}

export interface StepMessage extends Omit<RouteStep, 'timeouts'> {
  readonly timeouts: Omit<Timeouts, 'throughput'> & { readonly throughput?: Timeouts['throughput'] | null };
}

/** @typeParam Int64 `WrittenInt64` on the way out, `bigint` on the way in */
export interface DecisionMessage<Int64> {
  readonly id: string;
  readonly outcome: string;
  readonly reasons: readonly Reason[];
  readonly route: readonly StepMessage[];
  readonly fallback_on?: readonly string[];
  readonly hedge?: { readonly after_ms: number } | null;
  readonly envelope?: (Omit<Envelope, 'max_cost_nano_usd'> & { readonly max_cost_nano_usd: Int64 }) | null;
  readonly hold?: (Omit<HoldTerms, 'allowance_nano_usd'> & { readonly allowance_nano_usd?: Int64 }) | null;
  readonly budgets: readonly string[];
  readonly limits: readonly string[];
  readonly obligations: readonly ObligationMessage[];
  readonly attribution: Attribution;
  readonly retry_after_ms?: number;
  readonly policy: PolicyIdentity;
  readonly estimate: EstimateMessage<Int64>;
  readonly decided_at: string;
}

export interface FailureMessage {
  readonly code: string;
  readonly message: string;
  readonly grpc_status: number;
  readonly faults: readonly Fault[];
}

/** One of the two is there. */
export interface ItemMessage<Int64> {
  readonly decision?: DecisionMessage<Int64>;
  readonly error?: FailureMessage;
}

export interface DecideBatchResponseMessage<Int64> {
  readonly results: readonly ItemMessage<Int64>[];
}

export interface DecideStreamResponseMessage<Int64> extends ItemMessage<Int64> {
  readonly request_id: string;
}

export interface ReportResponseMessage {
  readonly duplicate: boolean;
  readonly matched: boolean;
}
