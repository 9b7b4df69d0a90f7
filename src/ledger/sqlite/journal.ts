/**
 * The journal of one writer: entries that are acknowledged and not in the database yet, appended to a file beside it. To
 * write there takes one call to the kernel for all that came in a turn; a transaction takes fifty times that. A file that
 * is large is followed by another, and removed when all of it is in the database for good.
 */
import { closeSync, ftruncateSync, readSync, statSync, utimesSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../../core/failure.ts';
import { messageOf } from './database.ts';
import { journalFile } from './journal-files.ts';
import { wholeBytes } from './journal-line.ts';
import {
  bytesThere,
  createPart,
  isInPlace,
  makeRoom,
  type OpenPart,
  type Part,
  removePart,
  synced,
} from './journal-part.ts';

export interface JournalOptions {
  /** Of the ledger. */
  readonly file: string;
  readonly chain: string;
  /** `full`: what `sync` waited for is on the disk. */
  readonly synchronous: 'full' | 'normal';
  /** From this size on a file is followed by another. */
  readonly largeBytes: number;
  /** How bytes, from the one at `from` on, reach a file at `at`; for tests, a disk that fails. @returns how many did */
  readonly writeBytes?: (fd: number, bytes: Uint8Array, from: number, at: number) => number;
}

const PERMISSIONS = 0o777;
/** A journal that has grown to so much is in use: it gets files that have their room beforehand. */
const BUSY_BYTES = 1024 * 1024;
/** The next one is made when the current is as full. */
const NEARLY_FULL = 0.75;

export class Journal {
  private readonly options: JournalOptions;
  /** In their order; the last is written to. */
  private open: OpenPart[] = [];
  private current: OpenPart;
  /** What is to be written to next, when it has its room. */
  private next: { readonly part: OpenPart; readonly isReady: boolean } | undefined;
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
    const { size, room } = this.current;
    const isFull =
      room > 0 ? size + lines.length > room : size >= this.options.largeBytes || this.next?.isReady === true;
    if (this.isBroken || isFull) this.begin();
    this.put(lines);
    // Behind writing, not before: whoever slept in between must not take for written what nobody will look at.
    if (!isInPlace(this.current)) this.save(this.current);
    if (this.next === undefined && this.isNearlyFull()) void this.prepare();
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
    const next = this.next === undefined ? [] : [this.next.part];
    for (const { file } of [...this.open, ...next]) {
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
    for (const part of this.open) if (names.includes(part.file.name)) removePart(part);
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
    // Where it is being made, whoever makes it removes it.
    if (this.next?.isReady === true) removePart(this.next.part);
    this.next = undefined;
  }

  private isNearlyFull(): boolean {
    if (this.options.synchronous === 'normal') return false;
    const { size, room } = this.current;
    return size > (room > 0 ? room * NEARLY_FULL : Math.min(BUSY_BYTES, this.options.largeBytes * NEARLY_FULL));
  }

  /** Never rejects: where there is no room for it, the next file grows as it is written. */
  private async prepare(): Promise<void> {
    try {
      const part = this.create();
      // Also where it comes to nothing: until another file is begun, none is made again.
      this.next = { part, isReady: false };
      const hasRoom = await makeRoom(part, this.options.largeBytes).then(
        () => true,
        () => false,
      );
      if (hasRoom && this.next?.part === part) this.next = { part, isReady: true };
      else removePart(part);
    } catch {
      // Whoever writes to a journal that cannot be made is told so.
    }
  }

  private put(bytes: Buffer): void {
    const { writeBytes = writeAt } = this.options;
    let written = 0;
    try {
      const { fd, size } = this.current;
      while (written < bytes.length) written += writeBytes(fd, bytes, written, size + written);
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
      const written = bytesThere(fd, bytes, size);
      const whole = wholeBytes(bytes.subarray(0, written));
      this.current.size += whole;
      if (written === whole) return;
      ftruncateSync(fd, this.current.size);
      this.current.room = 0;
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
    // One that is not ready in time is of no use later: what stands in it would be read before what is written now.
    const { next } = this;
    this.next = undefined;
    this.current = next?.isReady === true ? next.part : this.create();
    this.isBroken = false;
    this.isNamed = false;
    this.open.push(this.current);
    return this.current;
  }

  private create(): OpenPart {
    const { file, chain } = this.options;
    try {
      // As the database: it says the same.
      const mode = statSync(file).mode & PERMISSIONS;
      // By the time, so that no name comes again, however often somebody opens the chain.
      for (let number = Math.max(Date.now(), this.lastNumber + 1); ; number += 1) {
        const part = createPart(journalFile(file, chain, number), mode);
        if (part === undefined) continue;
        this.lastNumber = number;
        return part;
      }
    } catch (reason) {
      throw new Failure('unavailable', `ledger ${file}: its journal: ${messageOf(reason)}`, { cause: reason });
    }
  }
}

const writeAt = (fd: number, bytes: Uint8Array, from: number, at: number): number =>
  writeSync(fd, bytes, from, bytes.length - from, at);

/** That the file is there is what has to be durable. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
