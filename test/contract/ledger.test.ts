/** The contract of the ledger on the implementation that needs no server. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { faultText } from '../../src/ledger/faults.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite/open.ts';
import { takeInJournals } from '../../src/ledger/sqlite/take-in.ts';
import { verifySqliteLedger } from '../../src/ledger/sqlite/verify.ts';
import { ledgerContract } from './ledger.ts';

ledgerContract({
  name: 'SQLite',
  async create() {
    const folder = mkdtempSync(join(tmpdir(), 'turnpike-ledger-'));
    const file = join(folder, 'ledger.db');
    const opened: { close(): Promise<void> }[] = [];
    return {
      async open(options) {
        const ledger = await openSqliteLedger({ file, synchronous: 'normal', ...options });
        opened.push(ledger);
        return ledger;
      },
      async order(chainId) {
        takeInJournals(file, assert.fail);
        using database = new DatabaseSync(file, { readOnly: true });
        const rows = database.prepare('SELECT id FROM entries WHERE chain = ? ORDER BY seq').all(chainId);
        return rows.map(({ id }) => String(id));
      },
      async verify() {
        const { chains, rows, faults } = await verifySqliteLedger({ file });
        return { chains, rows, faults: faults.map(faultText) };
      },
      async clean() {
        await Promise.all(opened.map((ledger) => ledger.close()));
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
});
