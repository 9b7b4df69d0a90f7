/** A SQLite file as the ledger wants it. */
import { DatabaseSync } from 'node:sqlite';
import { Failure } from '../../core/failure.ts';

/** Another process may be writing, or copying what was written into the file. */
const BUSY_MS = 5_000;

export interface FileOptions {
  readonly file: string;
  /** `full`: a commit is on the disk; `normal`: it outlives the process, and the last may be lost with the power. */
  readonly synchronous: 'full' | 'normal';
}

/** @throws Failure `unavailable` */
export function openDatabase({ file, synchronous }: FileOptions, readOnly: boolean = false): DatabaseSync {
  try {
    const database = new DatabaseSync(file, { readOnly });
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    if (!readOnly) database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}`);
    database.exec('PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY');
    return database;
  } catch (reason) {
    throw new Failure('unavailable', `ledger ${file}: ${messageOf(reason)}`, { cause: reason });
  }
}

export const messageOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));
