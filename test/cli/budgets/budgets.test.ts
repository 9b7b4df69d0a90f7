import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSqliteLedger } from '../../../src/ledger/sqlite/open.ts';
import { runCli } from '../run-cli.ts';
import { testListing } from './listing.ts';

testListing('SQLite', {
  create: async (folder) => join(folder, `${randomUUID()}.db`),
  open: (file) => openSqliteLedger({ file, synchronous: 'normal', chainId: randomUUID() }),
});

test('budgets are those of the policy that the configuration names, and its ledger', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-budgets-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const data = join(folder, 'rules', 'data');
  mkdirSync(data, { recursive: true });
  writeFileSync(
    join(data, 'money.json'),
    JSON.stringify({
      budget_rules: { hard: [{ at: 1, do: 'deny' }] },
      budgets: { 'one-month': { scope: {}, window: 'month', limit_nano_usd: 1, rules: 'hard' } },
    }),
  );
  const file = join(folder, 'ledger.db');
  await openSqliteLedger({ file, synchronous: 'normal', chainId: randomUUID() }).then((ledger) => ledger.close());
  writeFileSync(
    join(folder, 'turnpike.yaml'),
    JSON.stringify({ policy: { source: 'rules' }, identity: { mode: 'none' }, ledger: { store: 'sqlite', file } }),
  );
  const { exitCode, stdout, stderr } = await runCli(['budgets'], { cwd: folder });
  assert.deepEqual([exitCode, stderr], [0, '']);
  assert.match(stdout, /^nothing spent: one-month$/m);
  // A ledger by itself says nothing of a policy.
  const alone = await runCli(['budgets', '--ledger', file], { cwd: folder });
  assert.equal(alone.exitCode, 1);
  assert.match(alone.stderr, /policies": there is no such file or folder/);
});
