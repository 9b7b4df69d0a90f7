import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../src/core/failure.ts';
import { type CallerClaim, type Principal, resolveCaller } from '../../src/core/principal.ts';

const OPEN: Principal = { subject: 'someone' };
const FIXED: Principal = {
  subject: 'svc',
  key_id: 'k1',
  team: 'search',
  application: 'assistant',
  environment: 'prod',
  roles: ['developer'],
};

test('what the credential fixes is the caller, with nothing said', () => {
  assert.deepEqual(resolveCaller(FIXED, undefined), { ...FIXED });
});

test('what the credential leaves open the request fills', () => {
  const claim = { team: 'search', application: 'assistant', environment: 'dev', roles: ['viewer'] };
  assert.deepEqual(resolveCaller(OPEN, claim), { subject: 'someone', ...claim });
});

const refused: readonly (readonly [string, Principal, CallerClaim, Failure['code'], RegExp])[] = [
  ['another team', FIXED, { team: 'ads' }, 'forbidden', /caller\.team.*"search".*"ads"/],
  ['another application', FIXED, { application: 'x' }, 'forbidden', /caller\.application/],
  ['another environment', FIXED, { environment: 'dev' }, 'forbidden', /caller\.environment/],
  ['no team', OPEN, { application: 'a', environment: 'prod' }, 'invalid_request', /caller\.team: missing/],
  ['an empty team', OPEN, { team: '', application: 'a', environment: 'prod' }, 'invalid_request', /caller\.team/],
  ['a number for a team', OPEN, { team: 7 }, 'invalid_request', /caller\.team: must be a string/],
  ['an unknown field', FIXED, { admin: true }, 'invalid_request', /unknown field "admin"/],
  [
    'roles that are no list',
    OPEN,
    { team: 't', application: 'a', environment: 'e', roles: 'admin' },
    'invalid_request',
    /caller\.roles/,
  ],
];
for (const [name, principal, claim, code, message] of refused) {
  test(`${name} is refused as ${code}`, () => {
    assert.throws(
      () => resolveCaller(principal, claim),
      (error: unknown) => error instanceof Failure && error.code === code && message.test(error.message),
    );
  });
}

test('roles and key of a credential cannot be claimed over', () => {
  const caller = resolveCaller(FIXED, { roles: ['admin'], key_id: 'k2', subject: 'root' });
  assert.deepEqual([caller.roles, caller.key_id, caller.subject], [['developer'], 'k1', 'svc']);
});

test('whatever is claimed, a fixed dimension is never another', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('team', 'application', 'environment', 'roles', 'x'), fc.anything()),
      (claim) => {
        let team: string = 'search';
        try {
          team = resolveCaller(FIXED, claim).team;
        } catch (error) {
          assert.ok(error instanceof Failure);
        }
        assert.equal(team, 'search');
      },
    ),
  );
});
