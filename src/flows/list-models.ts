/** What a caller may use now: every alias and model of the catalogue that policy would let it call, asked one by one. */
import type { Call, Caller } from '../core/call.ts';
import { Failure } from '../core/failure.ts';
import { inScope, type Principal, resolveCaller } from '../core/principal.ts';
import type { PolicyStatus } from '../engine/active-policy.ts';
import type { Engine } from '../engine/engine.ts';
import { readCallHints } from './call-hints.ts';
import type { Gateway, ListedModel } from './gateway.ts';
import type { Identity } from './identity.ts';
import type { Observer } from './observer.ts';

export interface ListModelsDependencies {
  readonly identity: Identity;
  readonly engine: Engine;
  readonly observer: Observer;
  readonly status: () => PolicyStatus;
}

/** An alias may serve chats, vectors or both; a name is listed where one of these is allowed. */
const ASKED: readonly Call[] = [
  { operation: 'chat', input_tokens: 1 },
  { operation: 'embeddings', input_tokens: 1 },
];

export function createListModels(dependencies: ListModelsDependencies): Gateway['models'] {
  const { identity, engine, observer, status } = dependencies;

  return async (arrival) => {
    const observation = observer.begin(arrival);
    try {
      const principal = await identity.identify(arrival.credential);
      const hints = readCallHints(arrival.header);
      const caller = resolveCaller(principal, hints.caller);
      const listed = await allowedNames(engine, { principal, caller }, status(), hints.call);
      observation.end();
      return listed;
    } catch (reason) {
      const failure = Failure.from(reason);
      observation.end(failure);
      throw failure;
    }
  };
}

interface Who {
  readonly principal: Principal;
  readonly caller: Caller;
}

async function allowedNames(
  engine: Engine,
  who: Who,
  status: PolicyStatus,
  hints: Partial<Call>,
): Promise<readonly ListedModel[]> {
  if (status.kind === 'never_activated') throw new Failure('not_ready', 'no policy is active yet');
  const { aliases, models } = status.policy.catalogue;
  const listed: ListedModel[] = [];
  for (const id of aliases) {
    if (await isAllowed(engine, who, { ...hints, model: id })) listed.push({ id, kind: 'alias', ownedBy: 'turnpike' });
  }
  for (const id of models) {
    const ownedBy = id.slice(0, Math.max(0, id.indexOf('/')));
    if (await isAllowed(engine, who, { ...hints, model: id })) listed.push({ id, kind: 'model', ownedBy });
  }
  return listed;
}

async function isAllowed(engine: Engine, { principal, caller }: Who, asked: Partial<Call>): Promise<boolean> {
  for (const call of ASKED) {
    const named = { ...call, ...asked };
    if (!inScope(principal, named)) continue;
    const { document } = await engine.decide({ call: named, caller });
    if (document.outcome === 'allow') return true;
  }
  return false;
}
