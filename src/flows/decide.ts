/**
 * The path of a decision: arrival → identity → caller → engine → record. Fails closed: whatever is thrown on the way
 * ends the observation as a Failure and reaches the transport as one.
 */
import { spenderOf } from '../core/demand.ts';
import { Failure } from '../core/failure.ts';
import { requireScope, resolveCaller } from '../core/principal.ts';
import type { Clock } from '../engine/clock.ts';
import type { Engine, EngineRequest, MadeDecision } from '../engine/engine.ts';
import type { Arrival } from './arrival.ts';
import { readDecideRequest } from './decide-request.ts';
import { type DecisionHolds, refusedFor } from './decision-holds.ts';
import type { DecideSession } from './flows.ts';
import type { Identity } from './identity.ts';
import type { Observer } from './observer.ts';
import type { RecentDecisions } from './recent-decisions.ts';

export interface DecideDependencies {
  readonly identity: Identity;
  readonly engine: Engine;
  readonly observer: Observer;
  readonly recent: RecentDecisions;
  readonly clock: Clock;
  /** Absent: an allow holds nothing. */
  readonly holds?: DecisionHolds | undefined;
}

/** @returns what opens a session for an arrival; opening throws Failure `unauthenticated` after it was observed */
export function createDecideFlow(dependencies: DecideDependencies): (arrival: Arrival) => Promise<DecideSession> {
  const { identity, observer, recent, clock } = dependencies;

  return async (arrival) => {
    const observation = observer.begin(arrival);
    const principal = await observing(observation, async () => identity.identify(arrival.credential));
    return {
      responseHeaders: observation.responseHeaders,
      end: (failure) => observation.end(failure),
      async decide(untrusted) {
        const startedAtMs = clock.nowMs();
        if (arrival.deadlineAtMs !== undefined && startedAtMs >= arrival.deadlineAtMs) {
          throw new Failure('deadline_exceeded', 'the deadline passed before the decision was made');
        }
        const request = readDecideRequest(untrusted);
        const caller = resolveCaller(principal, request.caller);
        requireScope(principal, request.call);
        const decision = await decided(dependencies, { ...request, caller });
        const { call, facts } = request;
        const anchor = observation.decided({
          decision,
          call,
          caller,
          startedAtMs,
          durationMs: decision.duration_ms,
          ...(facts === undefined ? undefined : { facts }),
        });
        recent.remember({ id: decision.id, attribution: decision.document.attribution, anchor });
        return decision;
      },
    };
  };
}

/** An allow that its budgets bear. Where the money went to somebody else in between, policy is asked once more. */
async function decided({ engine, holds }: DecideDependencies, asked: EngineRequest): Promise<MadeDecision> {
  const first = await engine.decide(asked);
  if (holds === undefined || (await held(holds, first, asked)) === undefined) return first;
  const second = await engine.decide(asked);
  const failure = await held(holds, second, asked);
  if (failure === undefined || second.document.outcome !== 'allow') return second;
  return { ...second, document: refusedFor(failure, second.document), estimate: { kind: 'none' } };
}

async function held(
  holds: DecisionHolds,
  decision: MadeDecision,
  { call, caller }: EngineRequest,
): Promise<Failure | undefined> {
  return holds.hold(decision, spenderOf(decision.document.attribution, call, caller), call);
}

async function observing<Result>(
  observation: { end(failure: Failure): void },
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (reason) {
    const failure = Failure.from(reason);
    observation.end(failure);
    throw failure;
  }
}
