import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Failure } from '../../src/core/failure.ts';
import type { Principal } from '../../src/core/principal.ts';
import type { Arrival } from '../../src/flows/arrival.ts';
import {
  type BudgetsRequest,
  createCostReports,
  type PivotRequest,
  type WeeklyRequest,
} from '../../src/flows/cost-reports.ts';
import type { Observer } from '../../src/flows/observer.ts';

const ARRIVAL: Arrival = {
  transport: 'http',
  operation: 'GET /v1/reports/weekly',
  credential: { kind: 'none' },
  header: () => undefined,
};

function asked(principal: Principal | Failure) {
  const seen: {
    weekly?: WeeklyRequest;
    pivot?: PivotRequest;
    budgets?: readonly [BudgetsRequest, isAlone: boolean];
    ended: (string | undefined)[];
  } = { ended: [] };
  const observation = { end: (failure?: Failure) => seen.ended.push(failure?.code) };
  const reports = createCostReports({
    identity: {
      identify() {
        if (principal instanceof Failure) throw principal;
        return principal;
      },
    },
    // The cast: only the observation's end is asked for here.
    observer: { begin: () => observation } as unknown as Observer,
    source: {
      async weekly(request) {
        seen.weekly = request;
        return {};
      },
      async pivot(request) {
        seen.pivot = request;
        return {};
      },
      async budgets(request, isAlone) {
        seen.budgets = [request, isAlone];
        return {};
      },
    },
    roles: ['finance', 'admin'],
  });
  return { reports, seen };
}

const FINANCE: Principal = { subject: 'f', roles: ['reader', 'finance'] };
const SEARCH: Principal = { subject: 's', team: 'search', roles: ['developer'] };
const DEVELOPER: Principal = { subject: 'anonymous', otherwise: { team: 'search', roles: ['developer'] } };
const PLATFORM: Principal = { subject: 'anonymous', otherwise: { team: 'search', roles: ['admin'] } };

describe('whose cost a week shows', () => {
  const cases: readonly (readonly [string, Principal, string | undefined, string | undefined])[] = [
    ['finance sees every team', FINANCE, undefined, undefined],
    ['finance may ask for one', FINANCE, 'docs', 'docs'],
    ['a team sees itself', SEARCH, undefined, 'search'],
    ['a team may ask for itself', SEARCH, 'search', 'search'],
    ['who has no credential is of the team that the configuration says', DEVELOPER, undefined, 'search'],
    ['and has its roles', PLATFORM, undefined, undefined],
  ];
  for (const [name, principal, team, expected] of cases) {
    test(name, async () => {
      const { reports, seen } = asked(principal);
      await reports.weekly(ARRIVAL, team === undefined ? { top: 3 } : { top: 3, team });
      assert.deepEqual([seen.weekly?.team, seen.weekly?.top, seen.ended], [expected, 3, [undefined]]);
    });
  }
});

describe('whose cost a pivot shows', () => {
  const cases: readonly (readonly [string, Principal, readonly string[], readonly string[]])[] = [
    ['finance sees what it asks for', FINANCE, ['environment=prod'], ['environment=prod']],
    ['a team sees itself, however it asks', SEARCH, ['environment=prod'], ['environment=prod', 'team=search']],
    ['a team may say so', SEARCH, [' team =search'], ['team=search']],
  ];
  for (const [name, principal, where, expected] of cases) {
    test(name, async () => {
      const { reports, seen } = asked(principal);
      await reports.pivot(ARRIVAL, { by: ['team'], where });
      assert.deepEqual(seen.pivot, { by: ['team'], where: expected });
    });
  }
});

describe('whose budgets are shown', () => {
  const cases: readonly (readonly [string, Principal, BudgetsRequest, boolean])[] = [
    ['finance sees all', FINANCE, {}, false],
    ['finance sees those that cover a team, shared ones as well', FINANCE, { team: 'docs' }, false],
    ['a team sees its own, and none that it shares', SEARCH, { team: 'search' }, true],
  ];
  for (const [name, principal, expected, isAlone] of cases) {
    test(name, async () => {
      const { reports, seen } = asked(principal);
      await reports.budgets(ARRIVAL, principal === SEARCH ? {} : expected);
      assert.deepEqual(seen.budgets, [expected, isAlone]);
    });
  }

  test('another team asks in vain', async () => {
    const { reports, seen } = asked(SEARCH);
    await assert.rejects(reports.budgets(ARRIVAL, { team: 'docs' }), { code: 'forbidden' });
    assert.equal(seen.budgets, undefined);
  });
});

describe('what is refused reaches no ledger, and is observed', () => {
  const stranger = new Failure('unauthenticated', 'who?');
  const cases: readonly (readonly [string, Principal | Failure, Partial<PivotRequest & WeeklyRequest>, string])[] = [
    ['a stranger', stranger, {}, 'unauthenticated'],
    ['the week of another team', SEARCH, { team: 'docs' }, 'forbidden'],
    ['the week of nobody', SEARCH, { team: '' }, 'forbidden'],
    ['another team among the filters', SEARCH, { where: ['team=search', ' team=docs'] }, 'forbidden'],
    ['who is of no team and has no role', { subject: 'x' }, {}, 'forbidden'],
    ['who has the roles of a developer only, and no team', { subject: 'x', roles: ['developer'] }, {}, 'forbidden'],
  ];
  for (const [name, principal, request, code] of cases) {
    test(name, async () => {
      const { reports, seen } = asked(principal);
      const { where = [], team, ...rest } = request;
      const ask =
        team === undefined ? reports.pivot(ARRIVAL, { by: [], where, ...rest }) : reports.weekly(ARRIVAL, { team });
      await assert.rejects(ask, { code });
      assert.deepEqual(seen, { ended: [code] });
    });
  }
});
