/** What the contract suite needs of a transport: a server over given flows, and a client of it. */
import type { Decision } from '../../src/core/decision.ts';
import type { FailureCode, Fault } from '../../src/core/failure.ts';
import type { Flows, ReportReceipt } from '../../src/flows/flows.ts';

export interface TransportDriver {
  readonly name: string;
  /** Serves the flows on a free loopback port and connects to it. */
  start(flows: Flows): Promise<void>;
  /** @param request a document as `flows/decide-request.ts` describes it */
  decide(request: unknown, options?: AskOptions): Promise<Answer<Decision>>;
  decideBatch(requests: readonly unknown[], options?: AskOptions): Promise<Answer<readonly Item[]>>;
  /** @param report a document as `core/report.ts` describes it */
  report(report: unknown, options?: AskOptions): Promise<Answer<ReportReceipt>>;
  /** Closes the client, then drains the server. */
  close(): Promise<void>;
}

export interface AskOptions {
  /** Sent as a bearer credential. */
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came over the wire. `headers` are response headers or initial metadata, by lower-case name. */
export type Answer<Value> =
  | { readonly kind: 'ok'; readonly value: Value; readonly headers: Readonly<Record<string, string>> }
  | ({ readonly kind: 'failed' } & ToldFailure);

/** A failure as the wire tells it: the code is the failure's own, not the transport's status. */
export interface ToldFailure {
  readonly code: FailureCode;
  readonly message: string;
  readonly faults: readonly Fault[];
}

export type Item =
  | { readonly kind: 'decided'; readonly decision: Decision }
  | ({ readonly kind: 'failed' } & ToldFailure);
