/**
 * The path of a model call: arrival → identity → request → decision → money held → attempts → metered reply → money
 * settled → record.
 * Fails closed: what is not allowed by a decision reaches no provider, and whatever is thrown on the way ends the
 * observation as a Failure and reaches the front door as one.
 */
import type { AttemptRecord } from '../core/attempt.ts';
import type { AttemptFailure } from '../core/attempt-failure.ts';
import type { Caller } from '../core/call.ts';
import type { AllowDocument } from '../core/decision.ts';
import { spenderOf } from '../core/demand.ts';
import type { Attempt } from '../core/facts.ts';
import { Failure } from '../core/failure.ts';
import { requireScope, resolveCaller } from '../core/principal.ts';
import { boundInputTokens } from '../core/token-bound.ts';
import type { Clock } from '../engine/clock.ts';
import type { Engine, MadeDecision } from '../engine/engine.ts';
import type { Execution, Executor } from '../executor/execution.ts';
import type { Arrival } from './arrival.ts';
import { readCallHints } from './call-hints.ts';
import { type DescribedCall, describeCall } from './described-call.ts';
import type { Gateway, GatewayReply, Served } from './gateway.ts';
import type { Identity } from './identity.ts';
import { brokenStream, meteredStream } from './metered-stream.ts';
import type { Money } from './money.ts';
import type { Observation, Observer } from './observer.ts';
import { openPurse, type Purse } from './purse.ts';
import type { RecentDecisions } from './recent-decisions.ts';
import { refusedCall } from './refused-call.ts';
import { totalsOf } from './totals.ts';

export interface GenerateDependencies {
  readonly identity: Identity;
  readonly engine: Engine;
  readonly executor: Executor;
  readonly observer: Observer;
  readonly recent: RecentDecisions;
  readonly clock: Clock;
  /** Lets calls that arrived together be decided back to back, and whole answers be told and written so. */
  readonly turn: () => Promise<void>;
  /** Absent: nothing is held, nothing is written down. */
  readonly money?: Money | undefined;
}

export function createGenerateFlow(dependencies: GenerateDependencies): Gateway['call'] {
  const { identity, executor, observer, clock, turn, money } = dependencies;

  return async (arrival, read, signal) => {
    const arrivedAtMs = clock.nowMs();
    const observation = observer.begin(arrival);
    const attempts: AttemptRecord[] = [];
    try {
      const principal = await identity.identify(arrival.credential);
      const request = await read();
      const hints = readCallHints(arrival.header);
      const caller = resolveCaller(principal, hints.caller);
      const described = describeCall(request, hints.call);
      requireScope(principal, described.call);
      await turn();
      const asking = { arrival, observation, described, caller };
      const decision = await decide(dependencies, asking, undefined);
      const plan = allowed(decision);
      const purse =
        money &&
        openPurse(money, clock, {
          spender: spenderOf(decision.document.attribution, described.call, caller),
          call: described.call,
          decision,
          plan,
        });
      let execution = await executor.execute({
        request,
        plan,
        inputTokens: described.inputTokens,
        inputBoundTokens: money === undefined ? described.inputTokens : boundInputTokens(request),
        ...(purse === undefined ? undefined : { funds: purse }),
        deadlineAtMs: Math.min(
          arrival.deadlineAtMs ?? Number.POSITIVE_INFINITY,
          arrivedAtMs + plan.envelope.deadline_ms,
        ),
        signal,
        askAgain: async (made) => {
          const next = await decide(dependencies, asking, made);
          if (next.document.outcome !== 'allow') return undefined;
          purse?.follow(next, next.document);
          return next.document;
        },
        onAttempt: (record) => {
          attempts.push(record);
          observation.attempted({ record, operation: described.call.operation, decision });
        },
      });
      if (request.kind === 'token_count' && isUncounted(execution))
        execution = estimatedCount(described.inputTokens, plan);
      if (execution.kind === 'answered') {
        // The answer is complete for money before it is for its reader; those that became so together go on together.
        if (purse?.isBusy() === true) await purse.settled();
        else await turn();
      }
      return replied(execution, { observation, decision, attempts, requestedModel: described.call.model, purse });
    } catch (reason) {
      const failure = Failure.from(reason);
      observation.end(failure);
      throw failure;
    }
  };
}

interface Asking {
  readonly arrival: Arrival;
  readonly observation: Observation;
  readonly described: DescribedCall;
  readonly caller: Caller;
}

async function decide(
  { engine, recent, clock }: GenerateDependencies,
  { arrival, observation, described, caller }: Asking,
  attempts: readonly Attempt[] | undefined,
): Promise<MadeDecision> {
  const startedAtMs = clock.nowMs();
  if (arrival.deadlineAtMs !== undefined && startedAtMs >= arrival.deadlineAtMs) {
    throw new Failure('deadline_exceeded', 'the deadline passed before the decision was made');
  }
  const { call } = described;
  const decision = await engine.decide({ call, caller, ...(attempts === undefined ? undefined : { attempts }) });
  const { facts, duration_ms: durationMs } = decision;
  const anchor = observation.decided({ decision, call, caller, startedAtMs, durationMs, facts });
  recent.remember({ id: decision.id, attribution: decision.document.attribution, anchor });
  return decision;
}

/** No vendor of the route has such a question: then our own estimate is the answer, and says so. */
const isUncounted = (execution: Execution): boolean =>
  execution.kind === 'failed' && execution.failure.code === 'unsupported';

function estimatedCount(inputTokens: number, plan: AllowDocument): Execution {
  const target = plan.route[0]?.target ?? '';
  return { kind: 'answered', reply: { kind: 'token_count', inputTokens, source: 'estimated' }, target, attempts: [] };
}

/** @throws Failure `access_denied`, `budget_exhausted` or `throttled` */
function allowed(decision: MadeDecision): AllowDocument {
  const { document } = decision;
  if (document.outcome === 'allow') return document;
  throw refusedCall(decision, document);
}

interface Running {
  readonly observation: Observation;
  readonly decision: MadeDecision;
  readonly requestedModel: string | undefined;
  /** Grows while a stream runs. */
  readonly attempts: readonly AttemptRecord[];
  readonly purse: Purse | undefined;
}

/** The reply for the front door. The observation ends with it, or with the last byte of a stream. */
function replied(execution: Execution, running: Running): GatewayReply {
  const { observation, decision, attempts } = running;
  const tell = (target: string | undefined): void => observation.served({ ...running, target });
  switch (execution.kind) {
    case 'answered': {
      const { reply, target } = execution;
      tell(target);
      observation.end();
      return { kind: 'whole', reply, served: { ...servedBy(running, target), ...totalsOf(attempts) } };
    }
    case 'streaming': {
      const { target } = execution;
      const ended = (failure: AttemptFailure | undefined): void => {
        tell(target);
        observation.end(failure === undefined ? undefined : brokenStream(failure));
      };
      const stream = meteredStream(execution.stream, ended, () =>
        running.purse?.isBusy() === true ? running.purse.settled() : undefined,
      );
      // Its own attempt is told when it ends, which a short stream may have done by now.
      const isTold = attempts.some((record) => record.target === target && record.outputStarted);
      const made = attempts.length + (isTold ? 0 : 1);
      const served = { ...servedBy(running, target), attempts: made, costNano: undefined };
      return { kind: 'stream', stream, served, final: () => totalsOf(attempts) };
    }
    case 'failed': {
      const { code, message, faults, details } = execution.failure;
      tell(undefined);
      const more = { ...details, decisionId: decision.id, attempts: attempts.length };
      throw new Failure(code, message, { cause: execution.failure, faults, details: more });
    }
  }
}

/** Whose money it is: the caller's, with the dimensions that policy attributes it to. */
const servedBy = (
  { decision, observation }: Running,
  target: string,
): Pick<Served, 'decisionId' | 'target' | 'headers'> => ({
  decisionId: decision.id,
  target,
  headers: observation.responseHeaders,
});
