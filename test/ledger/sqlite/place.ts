/** A folder for one ledger, and the tables in it behind the ledger's back. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { LedgerEntry } from '../../../src/core/ledger-entry.ts';
import { faultText } from '../../../src/ledger/faults.ts';
import { openSqliteLedger } from '../../../src/ledger/sqlite/open.ts';
import { verifySqliteLedger } from '../../../src/ledger/sqlite/verify.ts';

export interface Place {
  readonly file: string;
  /** Written by a writer that ends then. */
  write(chainId: string, entries: readonly LedgerEntry[]): Promise<void>;
  ask(sql: string): readonly unknown[];
  /** Of its entries, chain by chain in the order of their rows. */
  ids(): readonly string[];
  /** Names of what lies beside it, without its own before them. */
  beside(): readonly string[];
  /** What verifying finds. */
  faults(): Promise<readonly string[]>;
  clean(): void;
}

export function createPlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-ledger-'));
  const file = join(folder, 'ledger.db');
  const ask = (sql: string): readonly unknown[] => {
    using database = new DatabaseSync(file);
    if (!/^(SELECT|PRAGMA)/.test(sql)) {
      database.exec(sql);
      return [];
    }
    return database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  };
  return {
    file,
    ask,
    ids: () => ask('SELECT id FROM entries ORDER BY chain, seq').map((row) => (row as { readonly id: string }).id), // by the query
    beside: () =>
      readdirSync(folder)
        .filter((name) => name.startsWith('ledger.db.'))
        .map((name) => name.slice('ledger.db'.length))
        .sort(),
    async write(chainId, entries) {
      const ledger = await openSqliteLedger({ file, synchronous: 'normal', chainId, maxBatch: 7 });
      await Promise.all(entries.map((entry) => ledger.append(entry)));
      await ledger.close();
    },
    async faults() {
      return (await verifySqliteLedger({ file })).faults.map((fault) => `${fault.kind}: ${faultText(fault)}`);
    },
    clean: () => rmSync(folder, { recursive: true, force: true }),
  };
}
