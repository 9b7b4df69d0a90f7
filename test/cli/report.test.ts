/** `turnpike report` as people run it: a child process on a ledger of six weeks and five teams. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { LedgerEntry } from '../../src/core/ledger-entry.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite/open.ts';
import { attempt } from '../reports/entries.ts';
import { month } from '../reports/month.ts';
import { runCli } from './run-cli.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'turnpike-report-'));
const file = join(folder, 'ledger.db');
const DECISION = '019a9d3c-5b7e-7c3f-8a21-4d5e6f708192';
/** What the id says: 48 bits of milliseconds. */
const DECIDED = new Date(0x019a9d3c5b7e).toISOString();

const BUDGETS = `
budget_rules: {standard: [{at: 1, do: deny}]}
budgets:
  each-team: {scope: {team: "*"}, window: total, limit_nano_usd: 10000000000, rules: standard}
  search-ever: {scope: {team: search}, window: total, limit_nano_usd: 40000000000, rules: standard}
  of-all: {scope: {}, window: total, limit_nano_usd: 90000000000, rules: standard}
`;

before(async () => {
  const ledger = await openSqliteLedger({ file, synchronous: 'normal', chainId: 'test' });
  const tried = {
    at: DECIDED,
    team: 'old',
    decision: DECISION,
    call: 'call-old',
    costNano: 7n,
    tokens: [3, 1],
  } as const;
  const charged = (account: string, nano: bigint): LedgerEntry => ({
    ...attempt({ at: '2026-10-12T00:00:00Z' }),
    accounts: [account],
    chargedNano: nano,
  });
  const entries = [
    ...month(),
    attempt({ ...tried, kind: 'unknown' }),
    attempt({ ...tried, index: 1 }),
    charged('each-team|search|total', 9_000_000_000n),
    charged('search-ever|total', 8_000_000_000n),
    charged('of-all|total', 8_000_000_000n),
  ];
  await Promise.all(entries.map((entry) => ledger.append(entry)));
  await ledger.close();
  mkdirSync(join(folder, 'policy', 'data'), { recursive: true });
  writeFileSync(join(folder, 'policy', 'data', 'budgets.yaml'), BUDGETS);
});
after(() => rmSync(folder, { recursive: true, force: true }));

const WEEK = ['report', 'weekly', '--week', '2026-W47', '--ledger', file] as const;
const PIVOT = ['report', 'pivot', '--ledger', file, '--from', '2026-11-16', '--to', '2026-11-22'] as const;

/** In this process: the same code, a second quicker. */
async function told(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCli(args, { cwd: folder });
  assert.deepEqual([exitCode, stderr], [0, '']);
  return stdout;
}

test('the week, as a program of its own', () => {
  const { status, stdout, stderr } = spawnSync(join(root, 'bin', 'turnpike'), WEEK, { cwd: folder, encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
  const lines = stdout.split('\n');
  assert.equal(lines[0], '2026-W47, 2026-11-16 to 2026-11-22 (UTC)');
  assert.match(
    lines[2] ?? '',
    /^1 {2}search +\$7\.41 +51\.2 % +\+\$3\.75 +\+102\.7 % +2\.03× +286 +2,948,160 +█████▃▃$/,
  );
  assert.match(stdout, /\nWhy it changed against last week\n/);
  assert.match(stdout, /\nestimated: the vendor did not count +34 /);
});

test('formats of the week tell the same cost', async () => {
  const document = JSON.parse(await told(...WEEK, '--format', 'json'));
  const nano: string = document.total.cost_nano_usd;
  const total = (await told(...WEEK, '--format', 'csv')).split('\r\n').find((line) => line.startsWith('total,'));
  assert.equal(total?.split(',')[10], nano);
  const focus = (await told(...WEEK, '--format', 'focus', '--billing-account', 'example')).trimEnd().split('\r\n');
  const column = focus[0]?.split(',').indexOf('BilledCost') ?? -1;
  const billed = focus.slice(1).reduce((sum, line) => sum + nanoOf(line.split(',')[column] ?? ''), 0n);
  assert.equal(String(billed), nano);
  assert.match(await told(...WEEK, '--format', 'markdown'), /\n\| 1 \| search \| \$7\.41 \|/);
  assert.match(await told(...WEEK, '--format', 'html'), /^<!doctype html>\n/);
});

test('one team of it', async () => {
  const { teams, team_count: count } = JSON.parse(await told(...WEEK, '--team', 'docs', '--format', 'json'));
  assert.deepEqual([teams.length, teams[0].team, teams[0].rank, count], [1, 'docs', 3, 4]);
});

test('--output writes a file, without colours, and says nothing', async () => {
  const path = join(folder, 'week.txt');
  const { stdout } = await runCli([...WEEK, '--output', 'week.txt'], { cwd: folder, color: true });
  assert.deepEqual([stdout, readFileSync(path, 'utf8')], ['', await told(...WEEK)]);
});

test('a pivot, and from it down to a decision and its entries', async () => {
  const days = JSON.parse(
    await told(...PIVOT, '--by', 'team,model', '--per', 'day', '--where', 'environment=prod', '--format', 'json'),
  );
  assert.deepEqual(
    [days.rows.length, days.rows[0].bucket, days.rows[0].values],
    [28, '2026-11-16', ['search', 'gpt-5.2']],
  );
  const decisions = JSON.parse(
    await told(...PIVOT, '--by', 'decision_id', '--where', 'team=docs', '--limit', '2', '--format', 'json'),
  );
  const [dearest] = decisions.rows;
  assert.deepEqual([decisions.rows.length, decisions.rows[2].others], [3, true]);
  const { entries } = JSON.parse(
    await told(
      'report',
      'entries',
      '--ledger',
      file,
      '--decision',
      dearest.values[0],
      '--from',
      '2026-11-16',
      '--to',
      '2026-11-22',
      '--format',
      'json',
    ),
  );
  assert.deepEqual(
    entries.map((entry: { cost: { total_nano_usd: string } }) => entry.cost.total_nano_usd),
    [dearest.cost_nano_usd],
  );
});

test('every attempt of a decision, found by the time that its id says', async () => {
  const text = await told('report', 'entries', '--ledger', file, '--decision', DECISION);
  const [title, , first, second] = text.split('\n');
  assert.equal(title, '2 entries');
  assert.match(first ?? '', new RegExp(`^${DECIDED} +call-old/0 .* timeout .* \\? +unknown$`));
  assert.match(second ?? '', / call-old\/1 .* ok .* \$0\.000000007 +exact$/);
});

test('entries page by page', async () => {
  const page = async (...more: readonly string[]) =>
    JSON.parse(
      await told(
        'report',
        'entries',
        '--ledger',
        file,
        '--where',
        'team=docs',
        '--from',
        '2026-11-16',
        '--to',
        '2026-11-16',
        '--limit',
        '6',
        '--format',
        'json',
        ...more,
      ),
    ).entries;
  const first = await page();
  const second = await page('--after', first[5].cursor);
  assert.deepEqual([first.length, second.length], [6, 4]);
  assert.equal(new Set([...first, ...second].map((entry) => entry.id)).size, 10);
});

test('the ledger, the zone and the budgets are those of the configuration', async () => {
  const config = [
    'identity: {mode: none}',
    'policy: {source: policy}',
    'ledger: {store: sqlite, file: ledger.db}',
    'reports: {time_zone: Asia/Tokyo}',
  ].join('\n');
  writeFileSync(join(folder, 'reports.yaml'), config);
  const args = ['report', 'weekly', '--week', '2026-W47', '--config', 'reports.yaml', '--format', 'json'];
  const { time_zone: timeZone, teams } = JSON.parse(await told(...args));
  assert.equal(timeZone, 'Asia/Tokyo');
  assert.deepEqual(
    teams.map(({ team, budgets }: { team: string; budgets: readonly object[] }) => [team, budgets]),
    [
      [
        'search',
        [budget('each-team', '10000000000', '9000000000'), budget('search-ever', '40000000000', '8000000000')],
      ],
      ['support', []],
      ['docs', []],
      ['batch', []],
    ],
  );
  assert.equal(JSON.parse(await told(...args, '--time-zone', 'UTC')).time_zone, 'UTC');
});

describe('wrong use says what is wrong, and writes nothing', () => {
  const cases: readonly (readonly [string, readonly string[], number, RegExp])[] = [
    ['--last and --week', [...WEEK, '--last'], 2, /--last and --week: one or the other/],
    ['a week that is none', ['report', 'weekly', '--ledger', file, '--week', '47'], 2, /week: must be an ISO week/],
    ['a zone that is none', [...WEEK, '--time-zone', 'Mars'], 2, /time zone: must be an IANA name/],
    [
      'a format that is none',
      [...WEEK, '--format', 'pdf'],
      2,
      /'pdf' is invalid\. Allowed choices are table, markdown/,
    ],
    ['a dimension that is none', [...PIVOT, '--by', 'colour'], 2, /by: must be one of team, /],
    ['a filter without a value', [...PIVOT, '--where', 'team'], 2, /where: must be name=value/],
    [
      'a ledger that is not there',
      ['report', 'weekly', '--ledger', 'gone.db'],
      1,
      /ledger .*gone\.db: there is no such file/,
    ],
    ['an output that cannot be', [...WEEK, '-o', join('gone', 'x')], 2, /--output: cannot write gone\/x \(ENOENT\)/],
    ['no entry at all', ['report', 'entries', '--ledger', file, '--limit', '0'], 2, /--limit: must be from 1 to 10000/],
  ];
  for (const [name, args, expected, message] of cases) {
    test(name, async () => {
      const { exitCode, stdout, stderr } = await runCli(args, { cwd: folder });
      assert.deepEqual([exitCode, stdout], [expected, '']);
      assert.match(stderr, message);
    });
  }
});

/** By the ledger: what is held only the accounts know. */
const budget = (id: string, limit: string, settled: string): object => ({
  id,
  limit_nano_usd: limit,
  settled_nano_usd: settled,
  held_nano_usd: null,
  resets_at: null,
});

/** Exact decimal US dollars. */
function nanoOf(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(9, '0'));
}
