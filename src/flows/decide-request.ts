/** The outer shape of a decide request. The parts are checked against the input schema by the engine. */
import type { Call } from '../core/call.ts';
import type { Attempt, Facts } from '../core/facts.ts';
import { Failure } from '../core/failure.ts';
import type { CallerClaim } from '../core/principal.ts';
import { requireRecord } from './untrusted.ts';

export interface DecideRequest {
  readonly call: Call;
  readonly caller?: CallerClaim;
  readonly facts?: Facts;
  readonly attempts?: readonly Attempt[];
}

const FIELDS: ReadonlySet<string> = new Set(['call', 'caller', 'facts', 'attempts']);
const FACT_FIELDS: ReadonlySet<string> = new Set(['budgets', 'limits', 'targets']);

/** @throws Failure `invalid_request` that names the field */
export function readDecideRequest(untrusted: unknown): DecideRequest {
  const request = requireRecord('request', untrusted);
  known('request', request, FIELDS);
  if (request['call'] === undefined) throw new Failure('invalid_request', 'request.call: missing');
  const { call, caller, facts, attempts } = request;
  if (facts !== undefined) known('facts', requireRecord('facts', facts), FACT_FIELDS);
  if (attempts !== undefined && !Array.isArray(attempts)) {
    throw new Failure('invalid_request', 'request.attempts: must be an array');
  }
  // The casts are true after the engine's schema check, which comes before anything reads a field.
  return {
    call: requireRecord('call', call) as unknown as Call,
    ...(caller === undefined ? {} : { caller: requireRecord('caller', caller) }),
    ...(facts === undefined ? {} : { facts: facts as Facts }),
    ...(attempts === undefined ? {} : { attempts: attempts as readonly Attempt[] }),
  };
}

function known(name: string, value: Readonly<Record<string, unknown>>, fields: ReadonlySet<string>): void {
  for (const field in value) {
    if (!fields.has(field)) {
      const clipped = field.length > 64 ? `${field.slice(0, 64)}…` : field;
      throw new Failure('invalid_request', `${name}: unknown field "${clipped}"`);
    }
  }
}
