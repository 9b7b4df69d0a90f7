/**
 * The path of a raw query, as OPA's REST API asks it: arrival → identity → entry point. Asking the decision itself is
 * the decide flow with another spelling, so it is checked, observed and remembered like any other decision.
 */
import { Failure } from '../core/failure.ts';
import { type Principal, resolveCaller } from '../core/principal.ts';
import type { PolicyStatus } from '../engine/active-policy.ts';
import type { Engine } from '../engine/engine.ts';
import type { Arrival } from './arrival.ts';
import type { DecideSession, QueryResult } from './flows.ts';
import type { Identity } from './identity.ts';
import type { Observer } from './observer.ts';
import { isRecord, requireRecord } from './untrusted.ts';

export interface QueryDependencies {
  readonly identity: Identity;
  readonly engine: Engine;
  readonly observer: Observer;
  readonly openSession: (arrival: Arrival) => Promise<DecideSession>;
  readonly status: () => PolicyStatus;
  /** Id for an answer that is no decision. */
  readonly nextId: () => string;
}

export function createQueryFlow(
  dependencies: QueryDependencies,
): (arrival: Arrival, path: string, input: unknown) => Promise<QueryResult> {
  const { identity, engine, observer, openSession, status, nextId } = dependencies;

  return async (arrival, path, input) => {
    const current = status();
    if (current.kind === 'never_activated') throw new Failure('not_ready', 'no policy is active yet');
    if (path === current.policy.identity.entrypoint) return askDecision(await openSession(arrival), input);
    const observation = observer.begin(arrival);
    try {
      const principal = await identity.identify(arrival.credential);
      const result = engine.query(path, asCalledBy(principal, input));
      observation.end();
      return { ...(result === undefined ? {} : { result }), decisionId: nextId() };
    } catch (reason) {
      const failure = Failure.from(reason);
      observation.end(failure);
      throw failure;
    }
  };
}

async function askDecision(session: DecideSession, input: unknown): Promise<QueryResult> {
  try {
    const decision = await session.decide(requestOf(input));
    session.end();
    return { result: decision.document, decisionId: decision.id };
  } catch (reason) {
    const failure = Failure.from(reason);
    session.end(failure);
    throw failure;
  }
}

/** The policy input (design of `policies/schemas/input.json`) as a decide request: facts stand at its top level. */
function requestOf(input: unknown): unknown {
  const { budgets, limits, targets, now, ...request } = requireRecord('input', input);
  if (now !== undefined) throw new Failure('invalid_request', 'input.now: is set by the engine, leave it out');
  if (budgets === undefined && limits === undefined && targets === undefined) return request;
  const facts = {
    ...(budgets === undefined ? {} : { budgets }),
    ...(limits === undefined ? {} : { limits }),
    ...(targets === undefined ? {} : { targets }),
  };
  return { ...request, facts };
}

/** What the credential fixes stands in the input of every entry point, whatever the body says. */
function asCalledBy(principal: Principal, input: unknown): unknown {
  const open =
    principal.team === undefined && principal.application === undefined && principal.environment === undefined;
  if (!isRecord(input)) return input;
  const claim = input['caller'];
  if (open && claim === undefined) return input;
  const said = claim === undefined ? undefined : requireRecord('caller', claim);
  return { ...input, caller: resolveCaller(principal, said) };
}
