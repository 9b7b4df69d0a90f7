/**
 * The journal of one writer: entries that are acknowledged and not in the database yet, appended to a file beside it. To
 * write there takes one call to the kernel for all that came in a turn; a transaction takes fifty times that. A file that
 * is large is followed by another, and removed when all of it is in the database for good.
 */
import {
  closeSync,
  fchmodSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../../core/failure.ts';
import { messageOf } from './database.ts';
import { type JournalFile, journalFile } from './journal-files.ts';
import { wholeBytes } from './journal-line.ts';

export interface JournalOptions {
  /** Of the ledger. */
  readonly file: string;
  readonly chain: string;
  /** `full`: what `sync` waited for is on the disk. */
  readonly synchronous: 'full' | 'normal';
  /** From this size on a file is followed by another. */
  readonly largeBytes: number;
  /** How bytes reach a file; for tests, a disk that fails. @returns how many did */
  readonly writeBytes?: (fd: number, bytes: Uint8Array, from: number) => number;
}

/** A file of the journal that is not known to be in the database. */
export interface Part {
  readonly file: JournalFile;
  /** Bytes that were written to it, in whole lines. */
  readonly size: number;
  /** Those that are in the database. */
  readonly moved: number;
}

interface OpenPart extends Part {
  readonly fd: number;
  readonly inode: number;
  size: number;
  moved: number;
}

const PERMISSIONS = 0o777;
const synced = promisify(fdatasync);

export class Journal {
  private readonly options: JournalOptions;
  /** In their order; the last is written to. */
  private open: OpenPart[] = [];
  private current: OpenPart;
  private lastNumber = 0;
  /** The folder says that the file is there, also when the power is lost. */
  private isNamed = false;
  private isBroken = false;

  /** @throws Failure `unavailable` */
  constructor(options: JournalOptions) {
    this.options = options;
    this.current = this.begin();
  }

  get parts(): readonly Part[] {
    return this.open;
  }

  /** Bytes that are not known to be in the database. */
  get waitingBytes(): number {
    return this.open.reduce((sum, { size, moved }) => sum + size - moved, 0);
  }

  /** Of whole lines: all of them, or the first ones. Written again they change nothing. @throws what the disk says */
  write(lines: Buffer): void {
    if (this.isBroken || this.current.size >= this.options.largeBytes) this.begin();
    this.put(lines);
    // Behind writing, not before: whoever slept in between must not take for written what nobody will look at.
    if (!isInPlace(this.current)) this.save(this.current);
  }

  /** Resolves when all that was written before is as durable as it is to be. Nothing is written meanwhile. */
  async sync(): Promise<void> {
    if (this.options.synchronous === 'normal') return;
    await synced(this.current.fd);
    if (this.isNamed) return;
    await syncFolder(dirname(this.options.file));
    this.isNamed = true;
  }

  /** It is in use: to be called more often than anybody takes it for left. */
  touch(nowMs: number): void {
    const nowS = nowMs / 1000;
    for (const { file } of this.open) {
      try {
        utimesSync(file.path, nowS, nowS);
      } catch {
        // Gone: `write` finds out.
      }
    }
  }

  /** So much of a file is in the database: it may be lost with the power yet. */
  moved(name: string, bytes: number): void {
    const part = this.open.find(({ file }) => file.name === name);
    if (part !== undefined) part.moved = Math.max(part.moved, Math.min(bytes, part.size));
  }

  /** Files that are not written to any more, and all of which is in the database. */
  done(isEnded: boolean): readonly string[] {
    return this.open
      .filter((part) => part.moved === part.size && (isEnded || part !== this.current))
      .map(({ file }) => file.name);
  }

  /** These, which are in the database for good. */
  remove(names: readonly string[]): void {
    for (const part of this.open) if (names.includes(part.file.name)) removeFile(part);
    this.open = this.open.filter(({ file }) => !names.includes(file.name));
  }

  /** A file of it is not there: it was taken for one that nobody has, after a long sleep, say. @throws what the disk says */
  missing(name: string): void {
    const part = this.open.find(({ file }) => file.name === name);
    if (part !== undefined && !isInPlace(part)) this.save(part);
  }

  /** What was not removed stays where it is. */
  close(): void {
    for (const { fd } of this.open) closeSync(fd);
    this.open = [];
  }

  private put(bytes: Buffer): void {
    const { writeBytes = writeSync } = this.options;
    let written = 0;
    try {
      while (written < bytes.length) written += writeBytes(this.current.fd, bytes, written);
      this.current.size += written;
    } catch (reason) {
      this.cut(bytes);
      throw reason;
    }
  }

  /** Nothing may stand behind half a line. Whole ones stay: they may be moved already, and places must not come again. */
  private cut(bytes: Buffer): void {
    try {
      const { fd, size } = this.current;
      const written = fstatSync(fd).size - size;
      const whole = wholeBytes(bytes.subarray(0, written));
      this.current.size += whole;
      if (written > whole) ftruncateSync(fd, this.current.size);
    } catch {
      this.isBroken = true;
    }
  }

  /** What may not be in the database is written anew; where that fails, whoever moves it finds it missing again. */
  private save(lost: OpenPart): void {
    if (lost === this.current) this.begin();
    // In one piece, so that no line is cut in two.
    const rest = Buffer.allocUnsafe(lost.size - lost.moved);
    const read = readSync(lost.fd, rest, 0, rest.length, lost.moved);
    this.put(rest.subarray(0, wholeBytes(rest.subarray(0, read))));
    this.open = this.open.filter((part) => part !== lost);
    closeSync(lost.fd);
  }

  private begin(): OpenPart {
    const { file, chain } = this.options;
    try {
      // As the database: it says the same.
      const mode = statSync(file).mode & PERMISSIONS;
      // By the time, so that no name comes again, however often somebody opens the chain.
      for (let number = Math.max(Date.now(), this.lastNumber + 1); ; number += 1) {
        const journal = journalFile(file, chain, number);
        const fd = create(journal.path, mode);
        if (fd === undefined) continue;
        this.lastNumber = number;
        this.isBroken = false;
        this.isNamed = false;
        this.current = { file: journal, fd, inode: fstatSync(fd).ino, size: 0, moved: 0 };
        this.open.push(this.current);
        return this.current;
      }
    } catch (reason) {
      throw new Failure('unavailable', `ledger ${file}: its journal: ${messageOf(reason)}`, { cause: reason });
    }
  }
}

const isInPlace = ({ file, inode }: OpenPart): boolean => statSync(file.path, { throwIfNoEntry: false })?.ino === inode;

/** @returns undefined: there is one */
function create(path: string, mode: number): number | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'ax+', mode);
  } catch (reason) {
    if (reason instanceof Error && 'code' in reason && reason.code === 'EEXIST') return undefined;
    throw reason;
  }
  // What was asked for is less where there is an umask.
  fchmodSync(fd, mode);
  return fd;
}

function removeFile({ file, fd, inode }: OpenPart): void {
  const isOurs = statSync(file.path, { throwIfNoEntry: false })?.ino === inode;
  closeSync(fd);
  if (isOurs) unlinkSync(file.path);
}

/** That the file is there is what has to be durable. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
