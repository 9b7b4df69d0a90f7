/**
 * The ledger's tables in SQLite. Rows of entries lie in the order of time; roll-ups and charges are kept in the
 * transaction of the rows that they are of. Times are milliseconds since the epoch, amounts nano-USD.
 */
import type { DatabaseSync } from 'node:sqlite';
import { Failure } from '../../core/failure.ts';
import { MEASURES, ROLLED } from '../columns.ts';

/** Of a row of entries, in the order in which they are written. */
export const ENTRY_COLUMNS = [
  'at_ms',
  'id',
  'chain',
  'seq',
  'hash',
  'body',
  'kind',
  'call_id',
  'decision_id',
  'policy_revision',
  'team',
  'application',
  'environment',
  'cost_center',
  'key_id',
  'subject',
  'target',
  'requested_model',
  'operation',
  'outcome',
  'certainty',
  'tags',
  'calls',
  'attempts',
  'input_tokens',
  'cache_read_tokens',
  'output_tokens',
  'cost_nano',
  'charged_nano',
  'accounts',
] as const;

const INTEGERS: ReadonlySet<string> = new Set(['at_ms', 'seq', 'charged_nano', ...MEASURES]);
const columns = (names: readonly string[]): string =>
  names.map((name) => `${name} ${INTEGERS.has(name) ? 'INTEGER' : name === 'hash' ? 'BLOB' : 'TEXT'}`).join(', ');

const FIRST = `
CREATE TABLE entries (${columns(ENTRY_COLUMNS)}, PRIMARY KEY (at_ms, id)) STRICT, WITHOUT ROWID;
CREATE INDEX entries_chain ON entries (chain, seq);
CREATE TABLE chains (chain TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE rollups (hour_ms INTEGER, ${columns(ROLLED)}, ${columns(MEASURES)},
  PRIMARY KEY (hour_ms, ${ROLLED.join(', ')})) STRICT, WITHOUT ROWID;
CREATE TABLE charges (hour_ms INTEGER, account TEXT, charged_nano INTEGER NOT NULL,
  PRIMARY KEY (hour_ms, account)) STRICT, WITHOUT ROWID;
`;

/**
 * An id is written once, whatever time it says. What was pruned is written down, so that verifying tells a row that was
 * dropped from one that is missing.
 */
const RETENTION = `
CREATE UNIQUE INDEX entries_id ON entries (id);
CREATE TABLE dropped (chain TEXT, from_seq INTEGER, to_seq INTEGER NOT NULL, last_hash BLOB NOT NULL,
  PRIMARY KEY (chain, from_seq)) STRICT, WITHOUT ROWID;
CREATE TABLE pruned (before_ms INTEGER PRIMARY KEY, row_count INTEGER NOT NULL, pruned_at_ms INTEGER NOT NULL) STRICT;
`;

/** How much of every journal is in the database, in bytes: written with the rows, so that nothing is ever moved twice. */
const JOURNALS = `
CREATE TABLE journals (name TEXT PRIMARY KEY, moved INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** Only who verifies goes along chains, and sorts the places of rows for that; every row paid a tenth of its price for it. */
const NO_CHAIN_INDEX = `
DROP INDEX entries_chain;
`;

/** Steps that were released are never changed; the number of those that ran is the file's `user_version`. */
const MIGRATIONS: readonly string[] = [FIRST, RETENTION, JOURNALS, NO_CHAIN_INDEX];

/** @throws Failure `config_invalid` where a newer version wrote the file */
export function migrate(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    const done = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
    if (done > MIGRATIONS.length) {
      throw new Failure(
        'config_invalid',
        `ledger: was written by a newer version (${done}, known ${MIGRATIONS.length})`,
      );
    }
    for (const sql of MIGRATIONS.slice(done)) database.exec(sql);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    database.exec('COMMIT');
  } catch (reason) {
    database.exec('ROLLBACK');
    throw reason;
  }
}
