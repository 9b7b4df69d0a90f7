import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { scriptedReports } from '../../support/scripted-reports.ts';
import { answering } from './support/scripted.ts';
import { serve } from './support/served.ts';

describe('a question in the query', () => {
  const cases: readonly (readonly [path: string, expected: object])[] = [
    ['/v1/reports/weekly', {}],
    [
      '/v1/reports/weekly?week=2026-W47&team=search&time_zone=Europe%2FBerlin&top=5',
      { week: '2026-W47', team: 'search', timeZone: 'Europe/Berlin', top: 5 },
    ],
    ['/v1/reports/pivot', { by: [], where: [] }],
    ['/v1/reports/budgets', {}],
    ['/v1/reports/budgets?team=search', { team: 'search' }],
    [
      '/v1/reports/pivot?by=team,model&by=tag:x&per=day&where=environment=prod&where=tag%3Ax%3D1&from=2026-11-01&to=2026-11-02&limit=7',
      {
        by: ['team', 'model', 'tag:x'],
        where: ['environment=prod', 'tag:x=1'],
        per: 'day',
        from: '2026-11-01',
        to: '2026-11-02',
        limit: 7,
      },
    ],
  ];
  for (const [path, expected] of cases) {
    test(path, async (context) => {
      const reports = scriptedReports();
      const { url } = await serve(context, answering(), { costReports: reports });
      const response = await fetch(url + path);
      assert.equal(response.status, 200, await response.text());
      assert.equal(response.headers.get('cache-control'), 'no-store');
      assert.deepEqual(reports.asked, [expected]);
    });
  }
});

test('the answer is the document of the report', async (context) => {
  const { url } = await serve(context, answering(), { costReports: scriptedReports() });
  const { rows, total } = JSON.parse(await (await fetch(`${url}/v1/reports/pivot?by=team`)).text());
  assert.equal(total.cost_nano_usd, '8');
  assert.deepEqual(
    rows.map((row: { values: unknown; cost_nano_usd: unknown }) => [row.values, row.cost_nano_usd]),
    [
      [['search'], '8'],
      [['docs'], '0'],
    ],
  );
});

test('budgets are told with what is held of them, where that is known', async (context) => {
  const { url } = await serve(context, answering(), { costReports: scriptedReports() });
  const { at, budgets } = JSON.parse(await (await fetch(`${url}/v1/reports/budgets`)).text());
  assert.equal(at, '2026-11-18T12:00:00.000Z');
  assert.deepEqual(
    budgets.map((budget: Record<string, unknown>) => [
      ...[budget['id'], budget['each'], budget['settled_nano_usd'], budget['held_nano_usd']],
      ...[budget['utilization'], budget['reached']],
    ]),
    [
      ['search-month', {}, '8', '2', 1, { at: 1, does: 'deny' }],
      ['all-total', {}, '8', null, 0.008, null],
      // No team has spent anything today: whose would it be?
      ['each-team-day', { team: null }, '0', null, 0, null],
    ],
  );
});

describe('what is wrong with a question is said by name', () => {
  const cases: readonly (readonly [path: string, detail: RegExp])[] = [
    ['/v1/reports/weekly?wek=1', /query parameter "wek": is none of week, team, time_zone, top/],
    ['/v1/reports/weekly?team=a&team=b', /query parameter team: is said twice/],
    ['/v1/reports/weekly?top=many', /query parameter top: must be a whole number/],
    ['/v1/reports/weekly?top=0', /top: must be a whole number from 1 to 20/],
    ['/v1/reports/weekly?week=%zz', /query parameter week: is not valid percent-encoding/],
    ['/v1/reports/budgets?by=team', /query parameter "by": is none of team/],
    ['/v1/reports/pivot?by=colour', /by: must be one of team, /],
    ['/v1/reports/pivot?from=2020-01-01', /at most 400 days apart/],
  ];
  for (const [path, detail] of cases) {
    test(path, async (context) => {
      const { url } = await serve(context, answering(), { costReports: scriptedReports() });
      const response = await fetch(url + path);
      const problem = JSON.parse(await response.text());
      assert.deepEqual([response.status, problem.code], [400, 'invalid_request']);
      assert.match(problem.detail, detail);
    });
  }
});
