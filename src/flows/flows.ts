/** Everything that a transport can ask for. */
import type { Decision } from '../core/decision.ts';
import type { Failure } from '../core/failure.ts';
import type { PolicyStatus } from '../engine/active-policy.ts';
import type { Arrival } from './arrival.ts';

/** One item of a batch: each succeeds or fails on its own. */
export type BatchItem =
  | { readonly kind: 'decided'; readonly decision: Decision }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface QueryResult {
  /** Absent where the policy leaves the document undefined. */
  readonly result?: unknown;
  readonly decisionId: string;
}

export interface ReportReceipt {
  /** The same report was recorded before; nothing was recorded twice. */
  readonly duplicate: boolean;
  /** The decision that is reported on is known: this process made it, or money was held for it. */
  readonly matched: boolean;
}

/** Decisions under one arrival: one for a unary call, many for a stream or a batch. `end` is called exactly once. */
export interface DecideSession {
  /** @param request what `policies/schemas/input.json` describes of call, caller, facts, attempts; still untrusted */
  decide(request: unknown): Promise<Decision>;
  end(failure?: Failure): void;
  readonly responseHeaders: Readonly<Record<string, string>>;
}

export interface Flows {
  /** @throws Failure `unauthenticated` */
  openSession(arrival: Arrival): Promise<DecideSession>;
  /** Asks any entry point with a raw input document, as OPA's REST API does. */
  query(arrival: Arrival, path: string, input: unknown): Promise<QueryResult>;
  /** @param report still untrusted; see `core/report.ts` */
  report(arrival: Arrival, report: unknown): Promise<ReportReceipt>;
  status(): PolicyStatus;
}
