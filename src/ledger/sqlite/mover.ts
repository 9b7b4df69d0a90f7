/**
 * Moves what journals hold into the database, from where it stopped the last time. Whoever moves it, an entry is written
 * once, by its id, into the chain of the journal's writer; so everybody may move everybody's.
 */
import { appendFileSync, closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { isBusy } from './database.ts';
import { bodyIn } from './journal.ts';
import { type JournalFile, journalsBeside, putAway } from './journal-files.ts';
import { BatchWriter } from './writer.ts';

export interface MoverOptions {
  /** The ledger. */
  readonly file: string;
  /** Entries of one transaction; default 2,000. */
  readonly maxBatch?: number;
}

const MAX_BATCH = 2_000;
/** Read at once; an entry that is longer makes it longer. */
const PIECE_BYTES = 4 * 1024 * 1024;
const LINE_FEED = 0x0a;

interface Place {
  readonly inode: number;
  /** All before is in the database. */
  readonly at: number;
}

export class Mover {
  private readonly database: DatabaseSync;
  private readonly file: string;
  private readonly maxBatch: number;
  private readonly places = new Map<string, Place>();
  private readonly writers = new Map<string, BatchWriter>();

  constructor(database: DatabaseSync, { file, maxBatch = MAX_BATCH }: MoverOptions) {
    this.database = database;
    this.file = file;
    this.maxBatch = maxBatch;
  }

  /**
   * @returns how far it came, and how many lines were set aside in `<ledger>.refused` because the database does not take
   *   them, or because they are not what was written
   * @throws what SQLite says where the database is busy or cannot be written: what was moved until then stays moved
   */
  move(path: string, chain: string): { readonly at: number; readonly refused: number } {
    let fd: number;
    try {
      fd = openSync(path, 'r');
    } catch {
      return { at: 0, refused: 0 }; // its writer has moved it, and is gone
    }
    try {
      const { ino, size } = fstatSync(fd);
      const known = this.places.get(path);
      let at = known?.inode === ino ? known.at : 0;
      let refused = 0;
      while (at < size) {
        const piece = readPiece(fd, at, size);
        if (piece.length === 0) break; // a line that is being written, or that nobody finished
        refused += this.take(linesIn(piece), chain);
        at += piece.length;
        this.places.set(path, { inode: ino, at });
      }
      return { at, refused };
    } finally {
      closeSync(fd);
    }
  }

  /** Of every journal beside the ledger, and puts away those that nobody has. @returns lines that were set aside */
  moveAll(nowMs: number): number {
    let refused = 0;
    for (const journal of journalsBeside(this.file)) refused += this.moveOne(journal, nowMs);
    return refused;
  }

  private moveOne(journal: JournalFile, nowMs: number): number {
    const { refused } = this.move(journal.path, journal.chain);
    try {
      putAway(journal, nowMs);
    } catch {
      // Somebody else has put it away.
    }
    return refused;
  }

  private take(lines: readonly string[], chain: string): number {
    const bodies: string[] = [];
    let refused = 0;
    for (const line of lines) {
      const body = bodyIn(line);
      if (body !== undefined) bodies.push(body);
      else refused += this.setAside(line);
    }
    for (let from = 0; from < bodies.length; from += this.maxBatch) {
      refused += this.write(bodies.slice(from, from + this.maxBatch), chain);
    }
    return refused;
  }

  /** Where one spoils the batch, the halves find out which. */
  private write(bodies: readonly string[], chain: string): number {
    try {
      this.writerOf(chain).write(bodies);
      return 0;
    } catch (reason) {
      if (isBusy(reason)) throw reason;
      const [only] = bodies;
      if (only === undefined) return 0;
      if (bodies.length === 1) return this.setAside(only);
      const middle = Math.ceil(bodies.length / 2);
      return this.write(bodies.slice(0, middle), chain) + this.write(bodies.slice(middle), chain);
    }
  }

  /** Never forgotten: it may be somebody's money. */
  private setAside(line: string): number {
    appendFileSync(`${this.file}.refused`, `${line}\n`);
    return 1;
  }

  private writerOf(chain: string): BatchWriter {
    const known = this.writers.get(chain);
    if (known !== undefined) return known;
    const writer = new BatchWriter(this.database, chain);
    this.writers.set(chain, writer);
    return writer;
  }
}

/** Whole lines from there on: none, where there is no end of one. */
function readPiece(fd: number, at: number, size: number): Buffer {
  for (let bytes = PIECE_BYTES; ; bytes *= 2) {
    const length = Math.min(bytes, size - at);
    const buffer = Buffer.allocUnsafe(length);
    const read = buffer.subarray(0, readSync(fd, buffer, 0, length, at));
    const end = read.lastIndexOf(LINE_FEED) + 1;
    if (end > 0 || bytes >= size - at) return read.subarray(0, end);
  }
}

const linesIn = (piece: Buffer): readonly string[] => piece.toString('utf8', 0, piece.length - 1).split('\n');
