/** A SQLite file as the ledger wants it. */
import { closeSync, existsSync, fdatasyncSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Failure } from '../../core/failure.ts';

/** Another process may be writing, or copying what was written into the file. */
const BUSY_MS = 1_000;
/**
 * Bytes of a page of a new file. A row of some 1.5 kB does not fit into a quarter of a page of 4,096, which is what SQLite
 * allows it there, and would take a page more of its own: four times the disk, and three times the work.
 */
const PAGE_BYTES = 8_192;
/** 16 MiB of its log are copied into the file together: pages that are written batch by batch are copied once. */
const LOG_PAGES = 2_000;

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
    if (!readOnly) {
      database.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous};
        PRAGMA wal_autocheckpoint = ${LOG_PAGES}`);
    }
    database.exec('PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY');
    return database;
  } catch (reason) {
    throw new Failure('unavailable', `ledger ${file}: ${messageOf(reason)}`, { cause: reason });
  }
}

/**
 * What was committed by now, also by others and with `normal`, outlives the power: until then it is in the log alone, or was
 * put on the disk when the log was last copied into the file.
 */
export function syncCommits(file: string): void {
  const log = `${file}-wal`;
  if (!existsSync(log)) return; // whoever had it open last has copied it
  const fd = openSync(log, 'r');
  try {
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Another process holds the file, or the disk is full or fails: it may go better later. */
export const isBusy = (reason: unknown): boolean => BUSY.has(codeOf(reason) ?? 0);

/** It is the row that cannot be stored, on a good day as well; whatever else is wrong is wrong with the file. */
export function isRefusal(reason: unknown): boolean {
  const code = codeOf(reason);
  if (code !== undefined) return REFUSED.has(code);
  // Before SQLite sees it: a text that is no JSON, an amount beyond what can be bound.
  return reason instanceof SyntaxError || reason instanceof RangeError || reason instanceof TypeError;
}

/** BUSY, LOCKED, IOERR and FULL. */
const BUSY: ReadonlySet<number> = new Set([5, 6, 10, 13]);
/** TOOBIG, CONSTRAINT and MISMATCH. */
const REFUSED: ReadonlySet<number> = new Set([18, 19, 20]);
const PRIMARY = 0xff;

/** Of SQLite, without what it adds in the higher bits. */
function codeOf(reason: unknown): number | undefined {
  if (!(reason instanceof Error)) return undefined;
  if ('errcode' in reason && typeof reason.errcode === 'number') return reason.errcode & PRIMARY;
  return codeOf(reason.cause);
}

export const messageOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));
