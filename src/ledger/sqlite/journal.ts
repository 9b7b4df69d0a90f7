/**
 * The journal of one writer: entries that are acknowledged and not in the database yet, appended to a file beside it. To
 * write there takes one call to the kernel for all that came in a turn; a transaction takes fifty times that. Each line
 * is the CRC-32 of an entry's text in hex, a space, and the text: so a line that was cut, or changed, is known.
 */
import {
  closeSync,
  fdatasync,
  fstatSync,
  fsyncSync,
  openSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { Failure } from '../../core/failure.ts';
import { messageOf } from './database.ts';
import { journalPath } from './journal-files.ts';

const CRC_CHARS = 8;

/** @param body without a line feed, as JSON has none */
export const lineOf = (body: string): string => `${crc32(body).toString(16).padStart(CRC_CHARS, '0')} ${body}\n`;

/** @returns the text of an entry; undefined where the line is not what was written */
export function bodyIn(line: string): string | undefined {
  const body = line.slice(CRC_CHARS + 1);
  return line.slice(0, CRC_CHARS + 1) === lineOf(body).slice(0, CRC_CHARS + 1) ? body : undefined;
}

export interface JournalOptions {
  /** Of the ledger. */
  readonly file: string;
  readonly chain: string;
  /** `full`: what `sync` waited for is on the disk. */
  readonly synchronous: 'full' | 'normal';
  /** How bytes reach a file; for tests, a disk that fails. @returns how many did */
  readonly writeBytes?: (fd: number, bytes: Uint8Array, from: number) => number;
}

const synced = promisify(fdatasync);
/** Of two synchronizations under load: what comes meanwhile shares the next, and the core is spared. */
const SYNC_EVERY_MS = 2;

export class Journal {
  private readonly options: JournalOptions;
  private current: Open;
  private syncing = 0;
  private isBroken = false;
  private syncedAtMs = 0;
  /** Files that are not written to any more, and are still waited for. */
  private stale: number[] = [];

  /** @throws Failure `unavailable` */
  constructor(options: JournalOptions) {
    this.options = options;
    this.current = this.create();
  }

  get path(): string {
    return this.current.path;
  }

  /** Bytes that were written to it. */
  get size(): number {
    return this.current.size;
  }

  /** All of the lines, or none. @throws what the disk says */
  write(lines: string): void {
    // Or somebody put it away because nobody seemed to have it: after a long sleep, say. What is in it is not lost.
    if (this.isBroken || statSync(this.current.path, { throwIfNoEntry: false })?.ino !== this.current.inode)
      this.renew();
    const { fd, size } = this.current;
    const { writeBytes = writeSync } = this.options;
    const bytes = Buffer.from(lines);
    let written = 0;
    try {
      while (written < bytes.length) written += writeBytes(fd, bytes, written);
    } catch (reason) {
      // Nothing may stand behind half a line; and what was moved out of a file must never become shorter.
      this.isBroken = true;
      throw reason;
    }
    this.current.size = size + bytes.length;
  }

  /** Resolves when all that was written before is as durable as it is to be. */
  async sync(): Promise<void> {
    if (this.options.synchronous === 'normal') return;
    this.syncing += 1;
    try {
      const { fd } = this.current;
      const waitMs = this.syncedAtMs + SYNC_EVERY_MS - performance.now();
      if (waitMs > 0) await setTimeout(waitMs);
      this.syncedAtMs = performance.now();
      await synced(fd);
    } finally {
      this.syncing -= 1;
      if (this.syncing === 0) for (const fd of this.stale.splice(0)) closeSync(fd);
    }
  }

  /** It is in use: to be called more often than anybody takes it for left. */
  touch(nowMs: number): void {
    const nowS = nowMs / 1000;
    try {
      utimesSync(this.current.path, nowS, nowS);
    } catch {
      // Gone: `write` finds out.
    }
  }

  /** Begins a new one in the place of this, all of which is in the database. @returns false: not at this moment */
  replace(): boolean {
    if (this.syncing > 0) return false;
    const before = this.current;
    this.current = this.create();
    remove(before);
    return true;
  }

  /** @param isMoved all of it is in the database */
  close(isMoved: boolean): void {
    if (isMoved) remove(this.current);
    else closeSync(this.current.fd);
  }

  private renew(): void {
    const { fd } = this.current;
    this.current = this.create();
    this.isBroken = false;
    if (this.syncing === 0) closeSync(fd);
    else this.stale.push(fd);
  }

  private create(): Open {
    const { file, chain, synchronous } = this.options;
    for (let number = 1; ; number += 1) {
      const path = journalPath(file, chain, number);
      try {
        // As the database, it is for whoever runs the server and nobody else where the umask says so.
        const fd = openSync(path, 'ax');
        if (synchronous === 'full') syncFolder(dirname(path));
        return { path, fd, inode: fstatSync(fd).ino, size: 0 };
      } catch (reason) {
        if (reason instanceof Error && 'code' in reason && reason.code === 'EEXIST') continue;
        throw new Failure('unavailable', `ledger ${file}: its journal: ${messageOf(reason)}`, { cause: reason });
      }
    }
  }
}

interface Open {
  readonly path: string;
  readonly fd: number;
  readonly inode: number;
  size: number;
}

function remove({ path, fd }: Open): void {
  closeSync(fd);
  unlinkSync(path);
}

/** That the file is there is what has to be durable. */
function syncFolder(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
