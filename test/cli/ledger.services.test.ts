/** `turnpike ledger` on the ledger of a fleet says what it says of a file. */
// needs: postgres
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import pg from 'pg';
import { entryOf } from '../../src/ledger/chain.ts';
import { openPostgresLedger } from '../../src/ledger/postgres/open.ts';
import { JUNE, NOVEMBER } from '../ledger/entries.ts';
import { type RunningPostgres, startPostgres } from '../services/postgres.ts';
import { type Ran, runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-cli-ledger-'));
let server: RunningPostgres;
let url: string;
const ledger = (command: string, ...args: readonly string[]): Promise<Ran> =>
  runCli(['ledger', command, '--ledger', url, ...args], { cwd: folder });

before(async () => {
  server = await startPostgres();
  url = await server.database();
  const writer = await openPostgresLedger({ url, chainId: 'gate-1' });
  await Promise.all([...JUNE, ...NOVEMBER].map((entry) => writer.append(entry)));
  await writer.close();
});
after(async () => {
  await server.clean();
  rmSync(folder, { recursive: true, force: true });
});

it('proves, exports, prunes, and finds what was cut behind a head that was kept', async () => {
  const heads = await ledger('head');
  assert.match(heads.stdout, /^gate-1:55:[0-9a-f]{64}\n$/);
  writeFileSync(join(folder, 'heads.txt'), heads.stdout);

  const exported = await ledger('export', '--to', '2026-07-01');
  assert.deepEqual(exported.stdout.trimEnd().split('\n').map(entryOf), JUNE);

  const pruned = await ledger('prune', '--before', '2026-07-01');
  assert.deepEqual(pruned, { exitCode: 0, stdout: '30 rows removed; their sums stay\n', stderr: '' });
  const proven = await ledger('verify', '--heads', 'heads.txt');
  assert.equal(proven.exitCode, 0);
  assert.match(proven.stdout, /^1 chain, 25 rows, 1 head that was kept: as they were written\n30 rows of before/);

  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`DELETE FROM turnpike_entries WHERE seq = 55; UPDATE turnpike_chains SET (seq, hash) =
    (SELECT seq, hash FROM turnpike_entries WHERE seq = 54)`);
  await client.end();
  const cut = await ledger('verify', '--heads', 'heads.txt');
  assert.equal(cut.exitCode, 1);
  assert.match(cut.stdout, /chain gate-1: ends before place 55, whose hash was kept/);
});

it('never tells the password', async () => {
  const wrong = url.replace(server.password, 'not-the-password');
  for (const command of ['verify', 'head', 'export']) {
    const ran = await runCli(['ledger', command, '--ledger', wrong]);
    assert.equal(ran.exitCode, 1);
    assert.doesNotMatch(ran.stdout + ran.stderr, /not-the-password/);
  }
});
