/**
 * Moves what journals hold into the database, from where it stopped the last time. Whoever moves it, an entry is written
 * once, by its id, into the chain of the journal's writer; so everybody may move everybody's.
 */
import { closeSync, fchmodSync, fstatSync, fsyncSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { isRefusal, syncCommits } from './database.ts';
import { isThere, type JournalFile, journalsBeside, putAway } from './journal-files.ts';
import { type Line, linesIn, wholeBytes } from './journal-line.ts';
import { openPart } from './journal-part.ts';
import { BatchWriter, type EntryText } from './writer.ts';

export interface MoverOptions {
  /** The ledger. */
  readonly file: string;
  /** Entries of one transaction; default 2,000. */
  readonly maxBatch?: number;
}

export type Moved =
  | {
      readonly kind: 'moved';
      /** Bytes that are in the database. */
      readonly bytes: number;
      /** Lines that were set aside in `<ledger>.refused`: the database does not take them, or they were changed. */
      readonly refused: number;
    }
  | { readonly kind: 'missing' };

const MAX_BATCH = 2_000;
/** Read at once; an entry that is longer makes it longer. */
const PIECE_BYTES = 4 * 1024 * 1024;
/** What comes in a fifth of a second, mostly. A buffer that is new every time costs as much as to read into it. */
const FIRST_ROOM_BYTES = 1024 * 1024;
const PERMISSIONS = 0o777;

export class Mover {
  private readonly database: DatabaseSync;
  private readonly writer: BatchWriter;
  private readonly file: string;
  private readonly maxBatch: number;
  private room = Buffer.alloc(0);

  constructor(database: DatabaseSync, { file, maxBatch = MAX_BATCH }: MoverOptions) {
    this.database = database;
    this.writer = new BatchWriter(database);
    this.file = file;
    this.maxBatch = maxBatch;
  }

  /**
   * All that is in it now.
   * @param upTo bytes that its writer has written, where it asks
   * @throws what SQLite says where the database is busy or cannot be written: what was moved until then stays moved
   */
  move({ path, name, chain, isLeft }: JournalFile, upTo?: number): Moved {
    const fd = openPart(path);
    if (fd === undefined) return { kind: 'missing' };
    try {
      const size = Math.min(fstatSync(fd).size, upTo ?? Number.POSITIVE_INFINITY);
      const isWritten = isLeft || upTo !== undefined;
      let at = this.writer.moved(name);
      let refused = 0;
      while (at < size) {
        const piece = this.readPiece(fd, { at, size, isWritten });
        const lines = linesIn(piece, this.maxBatch);
        if (lines.length === 0) break; // a line that is being written, or that nobody finished
        const taken = this.take(lines, { name, chain, at, piece });
        refused += taken.refused;
        at = taken.at;
      }
      return { kind: 'moved', bytes: at, refused };
    } finally {
      closeSync(fd);
    }
  }

  /** Of every journal beside the ledger, and puts away those that nobody has. @returns lines that were set aside */
  moveAll(nowMs: number): number {
    let refused = 0;
    const there = journalsBeside(this.file).filter((journal) => {
      const moved = this.move(journal);
      if (moved.kind === 'moved') refused += moved.refused;
      return moved.kind === 'moved';
    });
    if (there.length > 0) this.sync();
    for (const journal of there) {
      try {
        putAway(journal, nowMs);
      } catch {
        // Somebody else has put it away.
      }
    }
    this.forget();
    return refused;
  }

  /** What was moved by now outlives the power: before that, no journal may be removed. */
  sync(): void {
    syncCommits(this.file);
  }

  /** Where one spoils the batch, or is not what was written, the halves find out which. */
  private take(lines: readonly Line[], of: Place): { readonly at: number; readonly refused: number } {
    const [first] = lines;
    const last = lines.at(-1);
    if (first === undefined || last === undefined) return { at: of.at, refused: 0 };
    const { name, chain, at, piece } = of;
    const to = at + last.end - first.from;
    const entries = lines.filter(isWhole);
    try {
      if (entries.length === lines.length)
        return { at: this.writer.write({ name, chain, from: at, to, entries }), refused: 0 };
    } catch (reason) {
      if (!isRefusal(reason)) throw reason;
    }
    if (lines.length === 1) {
      // Before it counts as moved: twice aside is better than nowhere.
      this.setAside(piece.subarray(first.from, first.end));
      return { at: this.writer.write({ name, chain, from: at, to, entries: [] }), refused: 1 };
    }
    const middle = Math.ceil(lines.length / 2);
    const before = this.take(lines.slice(0, middle), of);
    const between = lines[middle];
    // Where somebody else has moved some as well, what is to be moved next is read anew.
    if (between === undefined || before.at !== at + between.from - first.from) return before;
    const behind = this.take(lines.slice(middle), { ...of, at: before.at });
    return { at: behind.at, refused: before.refused + behind.refused };
  }

  /**
   * Whole lines from there on: none, where there is no end of one. Until the next piece is read, which lies there then.
   * Before a zero where somebody may be writing: room in which he will, or pages of a line that were read before he did.
   */
  private readPiece(fd: number, { at, size, isWritten }: Stretch): Buffer {
    for (let bytes = PIECE_BYTES; ; bytes *= 2) {
      const length = Math.min(bytes, size - at);
      if (this.room.length < length) this.room = Buffer.allocUnsafe(Math.max(length, FIRST_ROOM_BYTES));
      const read = this.room.subarray(0, readSync(fd, this.room, 0, length, at));
      const zero = isWritten ? -1 : read.indexOf(0);
      const end = wholeBytes(zero < 0 ? read : read.subarray(0, zero));
      if (end > 0 || zero >= 0 || bytes >= size - at) return read.subarray(0, end);
    }
  }

  /** Never forgotten: it may be somebody's money. */
  private setAside(line: Buffer): void {
    const fd = openSync(`${this.file}.refused`, 'a');
    try {
      fchmodSync(fd, statSync(this.file).mode & PERMISSIONS);
      writeSync(fd, line);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }

  /** How much was moved of journals that are gone. */
  private forget(): void {
    const names = this.database.prepare('SELECT name FROM journals').all();
    const gone = names.map(({ name }) => String(name)).filter((name) => !isThere(this.file, name));
    if (gone.length === 0) return;
    const list = JSON.stringify(gone);
    this.database.prepare('DELETE FROM journals WHERE name IN (SELECT value FROM json_each(?))').run(list);
  }
}

interface Stretch {
  readonly at: number;
  /** Of the file, or of what its writer has written. */
  readonly size: number;
  /** Nobody is writing there. */
  readonly isWritten: boolean;
}

interface Place {
  readonly name: string;
  readonly chain: string;
  /** Where the first line begins in the journal. */
  readonly at: number;
  /** In which the lines are. */
  readonly piece: Buffer;
}

const isWhole = (line: Line): line is Line & EntryText => line.body !== undefined;
