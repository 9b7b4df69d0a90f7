/**
 * When what a journal holds is moved into the database: a fifth of a second behind the first entry that waits, or sooner
 * where much does, and at once where somebody wants to read. One move at a time.
 */
import { messageOf } from './database.ts';
import type { Journal } from './journal.ts';
import type { Moved } from './mover.ts';
import { Busy, type Thread } from './thread.ts';
import type { ToWriter } from './writer-thread.ts';

export interface MovesOptions {
  readonly file: string;
  readonly journal: Journal;
  readonly thread: Thread<ToWriter>;
  readonly warn: (message: string) => void;
}

const SOON_MS = 200;
const LATER_MS = 1_000;
/** So much does not wait. */
const MUCH_BYTES = 1024 * 1024;
/** A journal that is in use is touched, and every so often others are looked at. */
const TOUCH_MS = 15_000;
const TOUCHES_BETWEEN_LOOKS = 4;
/** A file that others hold for so long is told of. */
const LONG_MS = 10_000;

export class Moves {
  private readonly options: MovesOptions;
  private running: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly ticker: NodeJS.Timeout;
  private ticks = 0;
  /** What is wrong for long is told once. */
  private told = '';
  private busySinceMs: number | undefined;
  /** Why the last move was not done; undefined: it was. */
  private fault: unknown;

  constructor(options: MovesOptions) {
    this.options = options;
    this.ticker = setInterval(() => this.tick(), TOUCH_MS).unref();
  }

  soon(): void {
    if (this.options.journal.waitingBytes > MUCH_BYTES) {
      if (this.running === undefined) void this.move();
    } else this.timer ??= setTimeout(() => void this.move(), SOON_MS).unref();
  }

  /**
   * What every journal beside the ledger holds by now.
   * @param patienceMs for a file that others hold
   * @throws what is wrong: what could not be moved is where it was
   */
  async everything(patienceMs: number): Promise<void> {
    const untilMs = performance.now() + patienceMs;
    for (;;) {
      await this.move();
      if (this.fault === undefined) {
        await this.ask({ kind: 'move_all', nowMs: Date.now() }, (refused) => this.tell(Number(refused)));
      }
      if (this.fault === undefined) return;
      if (!this.mayGoBetter || performance.now() > untilMs) throw this.fault;
    }
  }

  /** @param patienceMs for a file that others hold; what is not moved by then stays in the journal, which is told */
  async finish(patienceMs: number): Promise<void> {
    clearInterval(this.ticker);
    const { file, journal, warn } = this.options;
    const untilMs = performance.now() + patienceMs;
    do await this.move();
    while (journal.waitingBytes > 0 && this.mayGoBetter && performance.now() < untilMs);
    clearTimeout(this.timer);
    await this.clear(true);
    if (journal.waitingBytes > 0) warn(`ledger ${file}: entries stay in its journal until it is opened again`);
  }

  private get mayGoBetter(): boolean {
    return this.fault === undefined || this.fault instanceof Busy;
  }

  private tick(): void {
    this.ticks += 1;
    this.options.journal.touch(Date.now());
    // What is wrong has been told.
    if (this.ticks % TOUCHES_BETWEEN_LOOKS === 0) this.everything(0).catch(() => undefined);
  }

  /** All parts of the journal. */
  private async move(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    // Who comes while it runs wants what it may have passed already.
    while (this.running !== undefined) await this.running;
    if (this.options.journal.waitingBytes === 0) {
      this.fault = undefined;
      return;
    }
    this.running = this.moveParts();
    await this.running;
  }

  private async moveParts(): Promise<void> {
    const { journal } = this.options;
    for (const { file, size } of journal.parts) {
      // The cast: what the thread answers to this.
      await this.ask({ kind: 'move', journal: file, upTo: size }, (value) => this.hear(file.name, value as Moved));
      if (this.fault !== undefined) break;
    }
    if (this.fault === undefined) await this.clear(false);
    this.running = undefined;
    if (this.fault !== undefined) this.timer ??= setTimeout(() => void this.move(), LATER_MS).unref();
    else if (journal.waitingBytes > 0) this.soon();
  }

  /** Removes what is in the database for good. @param isEnded nothing is written any more */
  private async clear(isEnded: boolean): Promise<void> {
    const { journal } = this.options;
    const done = journal.done(isEnded);
    if (done.length > 0) await this.ask({ kind: 'sync' }, () => journal.remove(done));
  }

  private hear(name: string, moved: Moved): void {
    const { journal } = this.options;
    switch (moved.kind) {
      case 'moved':
        journal.moved(name, moved.bytes);
        this.tell(moved.refused);
        return;
      case 'missing':
        journal.missing(name);
    }
  }

  private async ask(question: ToWriter, done: (value: unknown) => void): Promise<void> {
    try {
      done(await this.options.thread.ask(question));
      this.fault = undefined;
      this.told = '';
      this.busySinceMs = undefined;
    } catch (reason) {
      this.fault = reason;
      const { file, warn } = this.options;
      const message = messageOf(reason);
      this.busySinceMs ??= performance.now();
      // A file that others hold is nothing to tell of, unless they do for long.
      const isShort = reason instanceof Busy && performance.now() - this.busySinceMs < LONG_MS;
      if (isShort || message === this.told) return;
      this.told = message;
      warn(`ledger ${file}: what its journal holds is not moved into it: ${message}`);
    }
  }

  private tell(refused: number): void {
    if (refused === 0) return;
    const { file, warn } = this.options;
    warn(`ledger ${file}: ${refused} entries were changed or cannot be stored, and are set aside in ${file}.refused`);
  }
}
