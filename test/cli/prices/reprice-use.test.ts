import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runCli } from '../run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-reprice-use-'));
after(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'turnpike.yaml'), 'identity: {mode: none}\nledger: {store: none}\n');
const POLICIES = join(import.meta.dirname, '..', '..', '..', 'policies');

for (const [name, args, message] of [
  ['no beginning', [], /required option '--from <moment>'/],
  ['a moment that is none', ['--from', 'yesterday'], /--from: must be a date such as 2026-11-01.*"yesterday"/],
  ['a moment without its offset', ['--from', '2026-11-01T10:00'], /--from: must be a date/],
  ['a day that is none', ['--from', '2026-13-01'], /--from: must be a date/],
  ['an end before its beginning', ['--from', '2026-11-02', '--to', '2026-11-01T23:59+00:00'], /--to: must be later/],
  [
    'a policy that is not there',
    ['--from', '2026-11-01', '--policy', 'gone'],
    /gone": there is no such file or folder/,
  ],
  [
    'a ledger that is not there',
    ['--from', '2026-11-01', '--policy', POLICIES, '--ledger', 'gone.db'],
    /gone\.db: there is no such file/,
  ],
  [
    'no ledger at all',
    ['--from', '2026-11-01', '--policy', POLICIES],
    /ledger\.store: none is configured; --ledger names one/,
  ],
] as const) {
  test(`prices reprice refuses ${name} by name`, async () => {
    const { exitCode, stdout, stderr } = await runCli(['prices', 'reprice', ...args], { cwd: folder });
    assert.deepEqual([exitCode === 0, stdout], [false, '']);
    assert.match(stderr, message);
  });
}
