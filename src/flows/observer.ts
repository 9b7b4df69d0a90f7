/**
 * Port: what is told to telemetry. One observation per arrival (a server span); decisions and reports are told once,
 * complete, after the fact, so that nothing is paid when nobody listens.
 */
import type { AttemptCost, AttemptRecord } from '../core/attempt.ts';
import type { Call, Caller, Operation } from '../core/call.ts';
import type { Attribution, Decision } from '../core/decision.ts';
import type { Facts } from '../core/facts.ts';
import type { Failure } from '../core/failure.ts';
import type { AttemptReport } from '../core/report.ts';
import type { Arrival } from './arrival.ts';

/** Where a decision stands in a trace, so that a later report can join it. Opaque to everybody but telemetry. */
export interface TraceAnchor {
  readonly traceId: string;
  readonly spanId: string;
}

export interface DecidedFact {
  readonly decision: Decision;
  readonly call: Call;
  readonly caller: Caller;
  /** What was known when it was decided, where the flow has it: says which budget binds. */
  readonly facts?: Facts;
  /** Milliseconds since the epoch, with fraction. */
  readonly startedAtMs: number;
  readonly durationMs: number;
}

export interface ReportedFact {
  readonly report: AttemptReport;
  readonly attribution: Attribution | undefined;
  /** By the price card in force. */
  readonly cost: AttemptCost;
  readonly decidedAt: TraceAnchor | undefined;
  readonly receivedAtMs: number;
}

/** An attempt that the gateway itself made, told when it ended. */
export interface AttemptedFact {
  readonly record: AttemptRecord;
  readonly operation: Operation;
  /** The decision under which it was made. */
  readonly decision: Decision;
}

/** What a call of the gateway came to, told once, before `end`. */
export interface ServedFact {
  /** The first decision; those after failures were told too. */
  readonly decision: Decision;
  /** Alias or name that was asked for; absent where policy chose. */
  readonly requestedModel: string | undefined;
  /** `provider/model` of the answer; absent where none came. */
  readonly target: string | undefined;
  readonly attempts: readonly AttemptRecord[];
}

export interface Observation {
  decided(fact: DecidedFact): TraceAnchor | undefined;
  reported(fact: ReportedFact): void;
  attempted(fact: AttemptedFact): void;
  served(fact: ServedFact): void;
  /** Ends the server span; called exactly once. */
  end(failure?: Failure): void;
  /** W3C headers to send back, such as `traceparent`; empty when nothing is traced. */
  readonly responseHeaders: Readonly<Record<string, string>>;
}

export interface Observer {
  begin(arrival: Arrival): Observation;
}

const SILENT: Observation = {
  decided: () => undefined,
  reported: () => undefined,
  attempted: () => undefined,
  served: () => undefined,
  end: () => undefined,
  responseHeaders: {},
};

/** Tells nobody. */
export const silentObserver: Observer = { begin: () => SILENT };
