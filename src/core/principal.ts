/**
 * Who is calling. A credential fixes dimensions; what it leaves open, and nothing else, a request may fill.
 * Fails closed: a claim that contradicts the credential is refused, a dimension that nobody fills is refused.
 */
import type { Call, Caller } from './call.ts';
import { Failure } from './failure.ts';

/** What an authenticated credential says of its holder. */
export interface Principal {
  readonly subject: string;
  readonly key_id?: string;
  /** Absent: the request may say it. */
  readonly team?: string;
  readonly application?: string;
  readonly environment?: string;
  /** Absent: the request may say them; an empty list fixes that there are none. */
  readonly roles?: readonly string[];
  /** What holds where neither the credential nor the request says it. */
  readonly otherwise?: Partial<Pick<Caller, 'team' | 'application' | 'environment' | 'roles'>>;
  /** What the credential may be used for; absent: everything that policy allows. */
  readonly scope?: Scope;
}

export interface Scope {
  /** Of `call.ts`; absent: every one. */
  readonly operations?: readonly string[];
  /** Aliases and names that a call may ask for; one that names none asks for `auto`. Absent: every one. */
  readonly models?: readonly string[];
}

type Scoped = Pick<Call, 'operation' | 'model'>;

const coversOperation = ({ scope }: Principal, call: Scoped): boolean =>
  scope?.operations?.includes(call.operation) ?? true;
const coversModel = ({ scope }: Principal, call: Scoped): boolean =>
  scope?.models?.includes(call.model ?? 'auto') ?? true;

export const inScope = (principal: Principal, call: Scoped): boolean =>
  coversOperation(principal, call) && coversModel(principal, call);

/** @throws Failure `forbidden` that names what the credential does not cover */
export function requireScope(principal: Principal, call: Scoped): void {
  if (!coversOperation(principal, call)) {
    throw new Failure('forbidden', `call.operation: the credential does not cover "${clip(call.operation)}"`);
  }
  if (!coversModel(principal, call)) {
    throw new Failure('forbidden', `call.model: the credential does not cover "${clip(call.model ?? 'auto')}"`);
  }
}

/** What a request says of its caller; checked against the input schema before it reaches a policy. */
export type CallerClaim = Readonly<Record<string, unknown>>;

const DIMENSIONS = ['team', 'application', 'environment'] as const;
const CLAIMABLE: ReadonlySet<string> = new Set([...DIMENSIONS, 'subject', 'roles', 'key_id']);

/** @throws Failure `forbidden` on a contradiction, `invalid_request` where a dimension stays open or is not known */
export function resolveCaller(principal: Principal, claim: CallerClaim | undefined): Caller {
  const said = claim ?? {};
  for (const name in said) {
    if (!CLAIMABLE.has(name)) throw new Failure('invalid_request', `caller: unknown field "${clip(name)}"`);
  }
  const roles = principal.roles ?? claimedRoles(said['roles'] ?? principal.otherwise?.roles);
  const keyId = principal.key_id;
  return {
    subject: principal.subject,
    team: dimension('team', principal, said['team']),
    application: dimension('application', principal, said['application']),
    environment: dimension('environment', principal, said['environment']),
    roles,
    ...(keyId === undefined ? {} : { key_id: keyId }),
  };
}

function dimension(name: (typeof DIMENSIONS)[number], principal: Principal, claimed: unknown): string {
  const fixed = principal[name];
  const said = fixed === undefined ? (claimed ?? principal.otherwise?.[name]) : claimed;
  if (said !== undefined && typeof said !== 'string') {
    throw new Failure('invalid_request', `caller.${name}: must be a string`);
  }
  if (fixed !== undefined) {
    if (said !== undefined && said !== fixed) {
      throw new Failure(
        'forbidden',
        `caller.${name}: the credential fixes "${fixed}", the request says "${clip(said)}"`,
      );
    }
    return fixed;
  }
  if (said === undefined || said === '') {
    throw new Failure('invalid_request', `caller.${name}: missing, and the credential does not fix it`);
  }
  return said;
}

function claimedRoles(said: unknown): readonly string[] {
  if (said === undefined) return [];
  if (!Array.isArray(said)) throw new Failure('invalid_request', 'caller.roles: must be an array of strings');
  return said.map((role: unknown, index) => {
    if (typeof role !== 'string') throw new Failure('invalid_request', `caller.roles/${index}: must be a string`);
    return role;
  });
}

const clip = (text: string): string => (text.length > 64 ? `${text.slice(0, 64)}…` : text);
