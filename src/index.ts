/**
 * Turnpike as a library: the decision engine in-process.
 *
 * ```ts
 * import { createEngine } from 'turnpike';
 *
 * const engine = await createEngine({ policy: './policies' });
 * const decision = await engine.decide({
 *   call: { operation: 'chat', task: 'summarize', input_tokens: 1200 },
 *   caller: { team: 'search', application: 'assistant', environment: 'prod' },
 * });
 * ```
 */
import { composeEngine } from './compose-engine.ts';
import type { EvaluatorKind } from './config/config.ts';
import type { Facts } from './core/facts.ts';
import type { PolicyStatus } from './engine/active-policy.ts';
import type { Engine } from './engine/engine.ts';
import type { Activation } from './policy/lifecycle.ts';

export type { Call, Caller, DataClass, Operation, Priority, Tags } from './core/call.ts';
export type {
  AllowDocument,
  Attribution,
  CostEstimate,
  Decision,
  DecisionDocument,
  Envelope,
  Estimate,
  Obligation,
  Outcome,
  PolicyIdentity,
  Reason,
  RefusalDocument,
  RouteStep,
  Timeouts,
} from './core/decision.ts';
export type { Attempt, AttemptOutcome, BudgetFact, Facts, LimitFact, TargetFact } from './core/facts.ts';
export { Failure, type FailureCode, type Fault } from './core/failure.ts';
export { type PresentedDecision, presentDecision } from './core/present.ts';
export type { PolicyStatus } from './engine/active-policy.ts';
export type { Engine, EngineRequest, MadeDecision } from './engine/engine.ts';
export type { Activation } from './policy/lifecycle.ts';

export interface EmbeddedOptions {
  /** Folder of Rego sources (compiled through a cache), path of a bundle, or a bundle's bytes. */
  readonly policy: string | Uint8Array;
  /** Rule that decides; default `turnpike/decision`. */
  readonly entrypoint?: string;
  /** `plan` runs OPA's plan as JavaScript, `wasm` its WebAssembly, `sdk` is OPA's own host; default `auto`. */
  readonly evaluator?: EvaluatorKind;
  /** IANA time zone in which policies see `now`; default `UTC`. */
  readonly timeZone?: string;
  /** Facts of every decision; default: those that come with each request. */
  readonly facts?: Facts;
}

export interface EmbeddedEngine extends Engine {
  /** Brings the newest policy in from the same place. @throws Failure; what served before goes on serving */
  reload(): Promise<Activation>;
  status(): PolicyStatus;
  /** Releases the policy; later decisions fail with `not_ready`. */
  close(): void;
}

/** Makes an engine whose policy is active. @throws Failure naming what is wrong with the policy */
export async function createEngine(options: EmbeddedOptions): Promise<EmbeddedEngine> {
  const { policy: source, entrypoint = 'turnpike/decision', evaluator = 'auto', timeZone, facts } = options;
  const { engine, lifecycle } = composeEngine({ source, entrypoint, evaluator, timeZone, facts });
  await lifecycle.activate();
  return {
    decide: (request) => engine.decide(request),
    query: (path, input) => engine.query(path, input),
    reload: () => lifecycle.activate(),
    status: () => lifecycle.status(),
    close: () => lifecycle.close(),
  };
}
