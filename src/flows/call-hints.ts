/**
 * What an application says of its call beside the call itself: headers or metadata `x-turnpike-…`. An SDK pointed at the
 * gateway can send them with every request; none is needed where the credential and the policy say enough.
 */
import type { Call, DataClass, Priority, Tags } from '../core/call.ts';
import { Failure } from '../core/failure.ts';
import type { CallerClaim } from '../core/principal.ts';

export interface CallHints {
  readonly call: Pick<Call, 'task' | 'priority' | 'data_class' | 'region' | 'tags'>;
  readonly caller: CallerClaim | undefined;
}

const CLAIMS = ['team', 'application', 'environment'] as const;
const MAX_TAGS = 16;
const MAX_ROLES = 32;
const TAG = /^\s*([\w.-]{1,64})=([^,]{0,256}?)\s*$/;

/**
 * `x-turnpike-task`, `-priority`, `-data-class`, `-region`, `-tags: key=value,key=value`; and of the caller, where the
 * credential leaves it open, `-team`, `-application`, `-environment`, `-roles: a,b`. Values are checked by the engine.
 * @param header reads a header by lower-case name
 * @throws Failure `invalid_request` that names the header
 */
export function readCallHints(header: (name: string) => string | undefined): CallHints {
  const task = header('x-turnpike-task');
  const priority = header('x-turnpike-priority');
  const dataClass = header('x-turnpike-data-class');
  const region = header('x-turnpike-region');
  const tags = readTags(header('x-turnpike-tags'));
  return {
    call: {
      ...(task === undefined ? undefined : { task }),
      // The engine's schema holds both to their lists before anything reads them.
      ...(priority === undefined ? undefined : { priority: priority as Priority }),
      ...(dataClass === undefined ? undefined : { data_class: dataClass as DataClass }),
      ...(region === undefined ? undefined : { region }),
      ...(tags === undefined ? undefined : { tags }),
    },
    caller: readClaim(header),
  };
}

function readClaim(header: (name: string) => string | undefined): CallerClaim | undefined {
  const said: (readonly [string, unknown])[] = [];
  for (const name of CLAIMS) {
    const value = header(`x-turnpike-${name}`);
    if (value !== undefined) said.push([name, value]);
  }
  const roles = header('x-turnpike-roles');
  if (roles !== undefined) {
    const list = roles.split(',').map((role) => role.trim());
    if (list.length > MAX_ROLES) {
      throw new Failure('invalid_request', `header x-turnpike-roles: ${list.length} roles, at most ${MAX_ROLES}`);
    }
    said.push(['roles', list.filter((role) => role !== '')]);
  }
  return said.length === 0 ? undefined : Object.fromEntries(said);
}

function readTags(text: string | undefined): Tags | undefined {
  if (text === undefined) return undefined;
  const parts = text.split(',');
  if (parts.length > MAX_TAGS) {
    throw new Failure('invalid_request', `header x-turnpike-tags: ${parts.length} tags, at most ${MAX_TAGS}`);
  }
  return Object.fromEntries(
    parts.map((part) => {
      const [, key, value] = TAG.exec(part) ?? [];
      if (key === undefined || value === undefined) {
        throw new Failure('invalid_request', `header x-turnpike-tags: no key=value: "${part.slice(0, 64)}"`);
      }
      return [key, value];
    }),
  );
}
