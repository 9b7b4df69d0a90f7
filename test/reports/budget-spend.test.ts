import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openSqliteLedger } from '../../src/ledger/sqlite/open.ts';
import { compileBudgets } from '../../src/policy/budgets.ts';
import { readSpend } from '../../src/reports/budgets/read-spend.ts';
import type { LedgerReader, TotalsQuery } from '../../src/reports/ledger-reader.ts';
import { attempt } from './entries.ts';

const NOW_MS = Date.parse('2026-11-18T12:20:00Z');
const HOUR_MS = 3_600_000;
const TEAMS = ['search', 'docs', 'support'];

const of = (scope: object, window: unknown = 'month') => ({ scope, window, limit_nano_usd: 1000, rules: 'hard' });
const BOOK = compileBudgets({
  budget_rules: { hard: [{ at: 1, do: 'deny' }] },
  budgets: {
    ...Object.fromEntries(TEAMS.map((team) => [`${team}-month`, of({ team })])),
    nobody: of({ team: 'nobody' }),
    'search-day': of({ team: 'search' }, 'day'),
    'search-rolling': of({ team: 'search' }, { rolling_days: 31 }),
    'docs-rolling': of({ team: 'docs' }, { rolling_days: 31 }),
    'search-apps': of({ team: 'search', application: '*' }),
    'docs-apps': of({ team: 'docs', application: '*' }),
    'search-model': of({ team: 'search', model: 'gpt-5.2' }),
    'docs-model': of({ team: 'docs', model: 'other' }),
    'red-tag': of({ tags: { colour: 'red' } }),
    'blue-tag': of({ tags: { colour: 'blue' } }),
    all: of({}),
    ever: of({}, 'total'),
  },
});

describe('the spend of budgets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-spend-'));
  let ledger: Awaited<ReturnType<typeof openSqliteLedger>>;
  const asked: TotalsQuery[] = [];
  const reader: Pick<LedgerReader, 'totals'> = {
    totals(query) {
      asked.push(query);
      return ledger.totals(query);
    },
  };
  before(async () => {
    ledger = await openSqliteLedger({ file: join(folder, 'ledger.db'), synchronous: 'normal', chainId: 'test' });
    const entries = Array.from({ length: 400 }, (_, index) =>
      attempt({
        at: new Date(NOW_MS - ((index * 7919) % 2400) * HOUR_MS - index * 1000).toISOString(),
        team: TEAMS[index % 3] ?? '',
        application: `app-${index % 4}`,
        target: index % 5 === 0 ? 'openai/other' : 'openai/gpt-5.2',
        tags: { colour: index % 2 === 0 ? 'red' : 'blue' },
        costNano: BigInt(index + 1),
      }),
    );
    await Promise.all(entries.map((entry) => ledger.append(entry)));
  });
  after(async () => {
    await ledger.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('asked for together is what it is one by one, in fewer questions', async () => {
    const budgets = [...BOOK.budgets.values()];
    const together = await readSpend(budgets, reader, NOW_MS);
    const questions = asked.length;
    for (const budget of budgets) {
      const alone = await readSpend([budget], reader, NOW_MS);
      assert.deepEqual(together.get(budget.id), alone.get(budget.id), budget.id);
    }
    assert.equal(together.get('search-month')?.size, 1);
    assert.equal(together.get('nobody')?.size, 0);
    assert.equal(together.get('search-apps')?.size, 4);
    assert.equal(asked.length - questions, budgets.length);
    // Teams; teams over 31 days; apps; models; two tags; all; all for ever.
    assert.equal(questions, 8);
  });
});
