/**
 * When what a journal holds is moved into the database: a fifth of a second behind the first entry that waits, or sooner
 * where much does, and at once where somebody wants to read. One move at a time.
 */

import { messageOf } from './database.ts';
import type { Journal } from './journal.ts';
import { Busy, type Thread } from './thread.ts';
import type { ToWriter } from './writer-thread.ts';

export interface MovesOptions {
  readonly file: string;
  readonly chain: string;
  readonly journal: Journal;
  readonly thread: Thread<ToWriter>;
  readonly warn: (message: string) => void;
}

const SOON_MS = 200;
const LATER_MS = 1_000;
/** So much does not wait. */
const MUCH_BYTES = 1024 * 1024;
/** A journal of which all was moved is replaced by a new one from this size on. */
const LARGE_BYTES = 16 * 1024 * 1024;
/** A journal that is in use is touched, and every so often others are looked at. */
const TOUCH_MS = 15_000;
const TOUCHES_BETWEEN_LOOKS = 4;

export class Moves {
  private readonly options: MovesOptions;
  private movedPath = '';
  private movedBytes = 0;
  private running: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly ticker: NodeJS.Timeout;
  private ticks = 0;
  /** What is wrong for long is told once. */
  private told = '';

  constructor(options: MovesOptions) {
    this.options = options;
    this.ticker = setInterval(() => this.tick(), TOUCH_MS).unref();
  }

  /** Bytes of the journal that are not known to be in the database. */
  get waitingBytes(): number {
    const { path, size } = this.options.journal;
    return path === this.movedPath ? size - this.movedBytes : size;
  }

  soon(): void {
    if (this.waitingBytes > MUCH_BYTES) void this.move();
    else this.timer ??= setTimeout(() => void this.move(), SOON_MS).unref();
  }

  /** What every journal beside the ledger holds. Never rejects: what could not be moved is where it was. */
  async everything(): Promise<void> {
    await this.move();
    await this.ask({ kind: 'move_all', nowMs: Date.now() }, (refused) => this.tell(Number(refused)));
  }

  /** @param patienceMs for a file that others hold @returns whether all of the journal was moved */
  async finish(patienceMs: number): Promise<boolean> {
    clearInterval(this.ticker);
    const untilMs = performance.now() + patienceMs;
    do await this.move();
    while (this.waitingBytes > 0 && performance.now() < untilMs);
    clearTimeout(this.timer);
    return this.waitingBytes === 0;
  }

  private tick(): void {
    this.ticks += 1;
    this.options.journal.touch(Date.now());
    if (this.ticks % TOUCHES_BETWEEN_LOOKS === 0) void this.everything();
  }

  /** Of the journal that is written now. */
  private async move(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    // Who comes while it runs wants what it may have passed already.
    while (this.running !== undefined) await this.running;
    if (this.waitingBytes === 0) return;
    this.running = this.moveOnce();
    await this.running;
  }

  private async moveOnce(): Promise<void> {
    const { journal, chain } = this.options;
    const { path } = journal;
    // The cast: what the thread answers to this.
    const isDone = await this.ask({ kind: 'move', path, chain }, (value) => {
      const { at, refused } = value as { readonly at: number; readonly refused: number };
      this.movedPath = path;
      this.movedBytes = at;
      this.tell(refused);
      if (path === journal.path && at === journal.size && at > LARGE_BYTES) journal.replace();
    });
    this.running = undefined;
    if (!isDone) this.timer ??= setTimeout(() => void this.move(), LATER_MS).unref();
    else if (this.waitingBytes > 0) this.soon();
  }

  /** @returns false: it could not be done */
  private async ask(question: ToWriter, done: (value: unknown) => void): Promise<boolean> {
    try {
      done(await this.options.thread.ask(question));
      this.told = '';
      return true;
    } catch (reason) {
      const { file, warn } = this.options;
      const message = messageOf(reason);
      if (!(reason instanceof Busy) && message !== this.told) {
        this.told = message;
        warn(`ledger ${file}: what its journal holds was not moved: ${message}`);
      }
      return false;
    }
  }

  private tell(refused: number): void {
    if (refused === 0) return;
    const { file, warn } = this.options;
    warn(`ledger ${file}: ${refused} entries cannot be stored, and are set aside in ${file}.refused`);
  }
}
