/** What `turnpike budgets` promises, whatever the ledger is. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { budgetsText } from '../../../src/cli/budgets/text.ts';
import { accountsFor } from '../../../src/core/demand.ts';
import type { AttemptEntry } from '../../../src/core/ledger-entry.ts';
import { compileBudgets } from '../../../src/policy/budgets.ts';
import { budgetsDocument } from '../../../src/reports/budgets/document.ts';
import { type BudgetState, readBudgetStates } from '../../../src/reports/budgets/read-states.ts';
import { attemptEntry, pricedInput } from '../../support/attempt-entry.ts';
import type { LedgerPlace } from '../prices/repricing.ts';
import { runCli } from '../run-cli.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A Wednesday, noon and a half: eleven and a half days into the month. */
const NOW_MS = Date.parse('2026-11-11T12:30:00Z');
const USD = 1_000_000_000n;

const DATA = {
  budget_rules: {
    hard: [
      { at: 0.5, do: 'warn' },
      { at: 1, do: 'deny' },
    ],
    notice: [{ at: 0.9, do: 'warn' }],
  },
  budgets: {
    'search-month': { scope: { team: 'search' }, window: 'month', limit_nano_usd: 400e9, rules: 'hard' },
    'ads-month': { scope: { team: 'ads' }, window: 'month', limit_nano_usd: 20e9, rules: 'hard' },
    'each-app-day': {
      scope: { team: '*', application: '*' },
      window: 'day',
      time_zone: 'Europe/Berlin',
      limit_nano_usd: 100e9,
      rules: 'notice',
    },
    'search-rolling': { scope: { team: 'search' }, window: { rolling_days: 2 }, limit_nano_usd: 50e9, rules: 'notice' },
    'all-total': { scope: {}, window: 'total', limit_nano_usd: 5_000e9, rules: 'notice' },
    'ads-total': { scope: { team: 'ads' }, window: 'total', limit_nano_usd: 10e9, rules: 'hard' },
    'legal-month': { scope: { team: 'legal' }, window: 'month', limit_nano_usd: 1e9, rules: 'hard' },
  },
};

const BOOK = compileBudgets(DATA);

interface Spent {
  readonly atMs: number;
  readonly team: string;
  readonly application: string;
  readonly nano: bigint;
}

/** A dollar an hour by search since four weeks before; ads spent its whole month on one day. */
const SPENT: readonly Spent[] = [
  ...Array.from({ length: 4 * 168 + 12 }, (_, ago): Spent => {
    const atMs = NOW_MS - ago * HOUR_MS;
    return { atMs, team: 'search', application: ago % 2 === 0 ? 'assistant' : 'a|b%7C', nano: USD };
  }),
  { atMs: NOW_MS - 3 * DAY_MS, team: 'ads', application: 'mailer', nano: 20n * USD },
];

function entryOf({ atMs, team, application, nano }: Spent, index: number): AttemptEntry {
  const spender = {
    caller: { subject: 'x', team, application, environment: 'prod', roles: [] },
    tags: {},
  };
  const accounts = accountsFor(BOOK, [...BOOK.budgets.keys()], spender, 'a/m', atMs);
  return attemptEntry({
    id: `call-${index}/0`,
    callId: `call-${index}`,
    atMs,
    decisionId: `decision-${index}`,
    attribution: { team, application, environment: 'prod' },
    accounts: accounts.map(({ key }) => key),
    chargedNano: nano,
    cost: pricedInput(nano),
  });
}

export function testListing(name: string, place: LedgerPlace): void {
  describe(`budgets on ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'turnpike-budgets-'));
    after(() => rmSync(folder, { recursive: true, force: true }));
    let at = '';
    before(async () => {
      mkdirSync(join(folder, 'policies', 'data'), { recursive: true });
      writeFileSync(join(folder, 'policies', 'data', 'money.json'), JSON.stringify(DATA));
      at = await place.create(folder);
      const ledger = await place.open(at);
      await Promise.all(SPENT.map((spent, index) => ledger.append(entryOf(spent, index))));
      await ledger.close();
    });
    const read = async (team?: string, isAlone?: boolean): Promise<readonly BudgetState[]> => {
      const ledger = await place.open(at);
      try {
        return await readBudgetStates({ book: BOOK, reader: ledger }, { nowMs: NOW_MS, team, isAlone });
      } finally {
        await ledger.close();
      }
    };
    const one = (states: readonly BudgetState[], id: string): BudgetState =>
      states.find(({ budget }) => budget.id === id) ?? assert.fail(`no state of ${id}`);
    const usd = (nano: bigint): number => Math.round(Number(nano) / 1e9);

    test('sums what is charged in the window that is open, each value by itself', async () => {
      const states = await read();
      assert.deepEqual(
        states.map(({ budget, values, settledNano }) => [budget.id, values, Number(settledNano) / 1e9]).sort(),
        [
          ['ads-month', [], 20],
          ['ads-total', [], 20],
          ['all-total', [], 704],
          // Since Berlin's midnight: 23:30Z to 12:30Z.
          ['each-app-day', ['search', 'assistant'], 7],
          ['each-app-day', ['search', 'a|b%7C'], 7],
          ['legal-month', [], 0],
          ['search-month', [], 253],
          ['search-rolling', [], 49],
        ],
      );
    });

    test('knows the last step that was reached', async () => {
      const states = await read();
      assert.deepEqual(
        ['search-month', 'ads-month', 'search-rolling', 'each-app-day', 'legal-month'].map(
          (id) => one(states, id).step,
        ),
        [{ at: 0.5, does: 'warn' }, { at: 1, does: 'deny' }, { at: 0.9, does: 'warn' }, undefined, undefined],
      );
    });

    test('forecasts a steady rate to the end of each window, and when it runs out', async () => {
      const states = await read();
      const month = one(states, 'search-month');
      // 253 USD in 252.5 hours; 467.5 hours to come, at a dollar an hour.
      assert.ok(Math.abs(usd(month.forecast.expectedNano) - 721) <= 1);
      assert.equal(month.forecast.weeks, 4);
      const { runsOut } = month.forecast;
      const outMs = runsOut.kind === 'expected' ? runsOut.atMs : assert.fail(runsOut.kind);
      assert.ok(Math.abs(outMs - (NOW_MS + 147 * HOUR_MS)) <= HOUR_MS);
      assert.equal(month.resetsAtMs, Date.parse('2026-12-01'));
      assert.equal(one(states, 'ads-month').forecast.runsOut.kind, 'already');
      assert.equal(one(states, 'each-app-day').resetsAtMs, Date.parse('2026-11-11T23:00Z'));
      // As much leaves as comes.
      assert.ok(Math.abs(usd(one(states, 'search-rolling').forecast.expectedNano) - 48) <= 1);
      // Of what never ends: 90 days at what the last four weeks spent.
      const total = one(states, 'all-total');
      assert.ok(Math.abs(usd(total.forecast.expectedNano) - (704 + (90 * 24 * 692) / 672)) <= 40);
      assert.equal(total.resetsAtMs, undefined);
    });

    test('of a team: the budgets that cover it, and its own values', async () => {
      const states = await read('ads');
      assert.deepEqual(states.map(({ budget, values }) => [budget.id, values]).sort(), [
        ['ads-month', []],
        ['ads-total', []],
        ['all-total', []],
        ['each-app-day', undefined],
      ]);
    });

    test('of a team alone: none that others spend from', async () => {
      const states = await read('search', true);
      assert.deepEqual(states.map(({ budget, values }) => [budget.id, values]).sort(), [
        ['each-app-day', ['search', 'assistant']],
        ['each-app-day', ['search', 'a|b%7C']],
        ['search-month', []],
        ['search-rolling', []],
      ]);
    });

    test('the table has who runs out first at its top, and what spent nothing in one line', async () => {
      const text = budgetsText(budgetsDocument(NOW_MS, await read()), [], false);
      const lines = text.split('\n');
      assert.deepEqual(
        lines.slice(0, 8).map((line) => line.split(/\s{2,}/)[0]),
        [
          'budget',
          'ads-total',
          'ads-month',
          'search-month',
          'search-rolling',
          'all-total',
          'each-app-day team=search application=assistant',
          'each-app-day team=search application=a|b%7C',
        ],
      );
      assert.match(
        text,
        /^ads-month +month +\$20\.00 +\$20\.00 +100\.0 % {2}█{20} .* is spent until 2026-12-01 00:00Z$/m,
      );
      assert.match(
        text,
        /^search-month +month +\$253\.00 +\$400\.00 +63\.[23] % {2}█{12}░{8} .* 2026-11-17 \d\d:\d\dZ, in 6 d \(/m,
      );
      assert.match(text, /^each-app-day team=search application=assistant {2}day Europe\/Berlin /m);
      assert.match(text, /^nothing spent: legal-month$/m);
      assert.ok(lines.every((line) => line === line.trimEnd()));
    });

    test('the command lists them, as JSON as well, and can be asked to fail where one runs out', async () => {
      const listed = await runCli(['budgets', '--ledger', at], { cwd: folder });
      assert.deepEqual([listed.exitCode, listed.stderr], [0, '']);
      assert.match(listed.stdout, /all-total/);
      const asked = await runCli(['budgets', '--ledger', at, '--team', 'ads', '--json', '--check'], { cwd: folder });
      assert.equal(asked.exitCode, 1);
      const { budgets } = JSON.parse(asked.stdout);
      const total = budgets.find(({ id }: { id: string }) => id === 'all-total');
      assert.equal(total.settled_nano_usd, String(704e9));
      assert.deepEqual(total.scope, {});
      assert.equal(
        (await runCli(['budgets', '--ledger', at, '--team', 'legal', '--check'], { cwd: folder })).exitCode,
        0,
      );
    });

    test('colours only where the terminal has them', async () => {
      const states = await read();
      const document = budgetsDocument(NOW_MS, states);
      const plain = budgetsText(document, ['a spike'], false);
      const colored = budgetsText(document, ['a spike'], true);
      assert.match(plain, /^unusual: a spike$/m);
      assert.ok(!plain.includes('\u001b') && colored.includes('\u001b'));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes themselves
      assert.equal(colored.replace(/\u001b\[\d+m/g, ''), plain);
    });
  });
}
