/**
 * The path of a decision: arrival → identity → caller → engine → record. Fails closed: whatever is thrown on the way
 * ends the observation as a Failure and reaches the transport as one.
 */
import { Failure } from '../core/failure.ts';
import { requireScope, resolveCaller } from '../core/principal.ts';
import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import type { Arrival } from './arrival.ts';
import { readDecideRequest } from './decide-request.ts';
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
}

/** @returns what opens a session for an arrival; opening throws Failure `unauthenticated` after it was observed */
export function createDecideFlow(dependencies: DecideDependencies): (arrival: Arrival) => Promise<DecideSession> {
  const { identity, engine, observer, recent, clock } = dependencies;

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
        const decision = await engine.decide({ ...request, caller });
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
