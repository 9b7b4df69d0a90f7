/** The engine's answer to a call. The document part is what the policy returns (policies/schemas/decision.json). */
import type { Tags } from './call.ts';
import type { AttemptOutcome } from './facts.ts';

export type Outcome = 'allow' | 'deny' | 'throttle';

export interface Reason {
  readonly code: string;
  /** Name of the rule that decided, such as `access.model_allowlist`; `engine` when no rule did. */
  readonly rule: string;
  readonly message: string;
}

export interface Timeouts {
  readonly connect_ms: number;
  readonly first_token_ms: number;
  readonly idle_ms: number;
  readonly total_ms: number;
  /** Of a stream, behind its first output; absent: the gateway's own, 30 units in 30 s. */
  readonly throughput?: {
    readonly window_ms: number;
    /** Characters of the answer, or bytes where it is relayed as it comes, in each window at least; 0: any. */
    readonly min_units: number;
  };
}

export interface RouteStep {
  /** `provider/model`. */
  readonly target: string;
  readonly max_output_tokens: number;
  /** Further attempts at this target after the first. */
  readonly retries: number;
  readonly timeouts: Timeouts;
}

export interface Envelope {
  readonly deadline_ms: number;
  readonly max_attempts: number;
  readonly max_cost_nano_usd: number;
}

/** What is done where the budgets of a call cannot bear one more attempt, or cannot be asked. */
export interface HoldTerms {
  /** How long an attempt may wait for money that others hold; default 0. */
  readonly wait_ms?: number;
  /** Whether output may be capped to what is left; default false. */
  readonly clamp?: boolean;
  /** Where the state of budgets cannot be reached; default `deny`. */
  readonly when_away?: 'deny' | 'allowance' | 'record';
  /** With `allowance`: what this process may spend by itself of each budget, until the state is back. */
  readonly allowance_nano_usd?: number;
}

export type Obligation =
  | { readonly kind: 'cap_output'; readonly value: number }
  | { readonly kind: 'downgrade'; readonly value: string }
  | { readonly kind: 'warn'; readonly value: string };

/** Kinds that an enforcement point of this version knows; any other is a deny. */
export const OBLIGATION_KINDS: readonly Obligation['kind'][] = ['cap_output', 'downgrade', 'warn'];

export interface Attribution {
  readonly team: string;
  readonly application: string;
  readonly environment: string;
  readonly cost_center?: string;
  readonly tags?: Tags;
}

interface DocumentBase {
  readonly reasons: readonly Reason[];
  /** Ids of every budget that this call draws on. */
  readonly budgets: readonly string[];
  readonly limits: readonly string[];
  readonly obligations: readonly Obligation[];
  readonly attribution: Attribution;
}

export interface AllowDocument extends DocumentBase {
  readonly outcome: 'allow';
  /** Not empty; its order is the fallback order. */
  readonly route: readonly RouteStep[];
  readonly fallback_on: readonly AttemptOutcome[];
  readonly hedge?: { readonly after_ms: number };
  readonly envelope: Envelope;
  readonly hold?: HoldTerms;
}

export interface RefusalDocument extends DocumentBase {
  readonly outcome: 'deny' | 'throttle';
  readonly route: readonly [];
  /** With `throttle`: when to come back. */
  readonly retry_after_ms?: number;
}

export type DecisionDocument = AllowDocument | RefusalDocument;

/** Which policy answered. */
export interface PolicyIdentity {
  /** Git commit, or what the bundle's manifest says. */
  readonly revision: string;
  /** `sha256:` and hex, of the bundle's content. */
  readonly digest: string;
  readonly entrypoint: string;
}

/** Estimated cost of the first target of a route, in nano-USD, split. */
export interface CostEstimate {
  readonly target: string;
  readonly price_id: string;
  readonly input_nano_usd: bigint;
  readonly output_nano_usd: bigint;
  readonly total_nano_usd: bigint;
}

export type Estimate =
  | { readonly kind: 'priced'; readonly cost: CostEstimate }
  | { readonly kind: 'unpriced'; readonly target: string }
  /** The call does not say its input tokens: no bound can be told. */
  | { readonly kind: 'uncounted'; readonly target: string }
  | { readonly kind: 'none' }; // nothing is routed, so nothing costs

export interface Decision {
  /** UUIDv7. */
  readonly id: string;
  readonly policy: PolicyIdentity;
  readonly document: DecisionDocument;
  readonly estimate: Estimate;
  /** Milliseconds since the Unix epoch at which it was decided; what the policy saw as `now`. */
  readonly decided_at_ms: number;
  /** Set when the engine, not a rule, denied because something broke: an error in telemetry. */
  readonly fault?: { readonly code: string; readonly message: string };
}
