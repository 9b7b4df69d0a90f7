/**
 * Lines of those who wait: one for each account, rate or set of places that is short, first come first served. Whoever
 * stands first is asked for again whenever something may have come back. For one turn nobody behind it is, so that a
 * large demand may gather what it needs; in the next turn those behind it who need no more than is free may pass; and
 * so in turns. So neither the large nor the small wait for ever while there is something for them.
 */
import type { HoldRequest, HoldResult } from '../../core/account.ts';
import type { Clock } from '../../engine/clock.ts';

export interface Timers {
  /** Runs once, not before so many milliseconds have passed; what it returns cancels that. */
  after(ms: number, run: () => void): () => void;
}

export interface LinesOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Between two looks at what came back without this process hearing of it; on average. */
  readonly pollMs: number;
  /** How long the first of a line may keep others waiting, and how long they may pass it then. */
  readonly turnMs: number;
  /** From 0 to 1. */
  readonly random: () => number;
}

export type Refusal = Exclude<HoldResult, { kind: 'held' }>;

/** What a waiter may come to. */
export type Ending = { readonly result: HoldResult } | { readonly failure: unknown };

export class Waiter {
  readonly request: HoldRequest;
  readonly untilMs: number;
  /** Asks the accounts; throws and rejects as they do. */
  readonly ask: () => HoldResult | Promise<HoldResult>;
  /** Told once. @returns whether somebody still listens */
  readonly end: (ending: Ending) => void;
  line: Line | undefined;
  /** Whether it ended, by whatever way. */
  hasEnded = false;
  /** Ends with the answer to what is being asked now. */
  isLast = false;
  arrival = 0;
  /** When it came to stand first, and was refused. */
  firstSinceMs: number | undefined;

  constructor(
    request: HoldRequest,
    untilMs: number,
    ask: () => HoldResult | Promise<HoldResult>,
    end: (ending: Ending) => void,
  ) {
    this.request = request;
    this.untilMs = untilMs;
    this.ask = ask;
    this.end = end;
  }
}

interface Line {
  readonly key: string;
  /** In the order in which they are served. */
  readonly waiters: Waiter[];
  /** What the first was refused with, last. */
  refusal: Refusal;
  /** What those behind the first may take in their turn. */
  freeNano: bigint;
  /** Who is being asked for at this moment. */
  asking: Waiter | undefined;
  /** Something came back meanwhile. */
  isWoken: boolean;
  cancel: (() => void) | undefined;
}

export class WaitingLines {
  private readonly options: LinesOptions;
  private readonly lines = new Map<string, Line>();
  private arrivals = 0;
  private count = 0;
  private wakes = 0;

  constructor(options: LinesOptions) {
    this.options = options;
  }

  /** Who waits, in all lines. */
  get size(): number {
    return this.count;
  }

  /** Counts how often something came back: what was refused before the last time may be given now. */
  get moment(): number {
    return this.wakes;
  }

  /** What somebody who comes now would wait behind, who asks for the same; undefined: nobody waits for it. */
  ahead({ accounts, rates, slots }: HoldRequest): Refusal | undefined {
    if (this.lines.size === 0) return undefined;
    for (const { key } of accounts) {
      const line = this.lines.get(key);
      if (line !== undefined) return line.refusal;
    }
    for (const { key } of [...rates, ...slots]) {
      const line = this.lines.get(key);
      if (line !== undefined) return line.refusal;
    }
    return undefined;
  }

  /**
   * To the end of the line for what it was refused, or would be.
   * @param asOf `moment` at which it was asked for
   */
  join(waiter: Waiter, refusal: Refusal, asOf: number): void {
    this.arrivals += 1;
    waiter.arrival = this.arrivals;
    this.stand(waiter, refusal, asOf);
  }

  /** Something of these may have come back; asked for them where anybody waits. */
  wake(keysOf: () => Iterable<string>): void {
    this.wakes += 1;
    if (this.lines.size === 0) return;
    for (const key of keysOf()) {
      const line = this.lines.get(key);
      if (line !== undefined) this.serve(line);
    }
    // Whose place became free is not told.
    for (const line of [...this.lines.values()]) {
      if (line.refusal.kind === 'throttled' && line.refusal.retryAfterMs === 0) this.serve(line);
    }
  }

  /** Its patience is over: it is asked for once more. */
  expire(waiter: Waiter): void {
    const { line } = waiter;
    waiter.isLast = true;
    if (line === undefined || line.asking === waiter) return;
    const wasFirst = this.leave(waiter);
    const answer = answerOf(waiter);
    if (answer instanceof Promise) void answer.then((ending) => finish(waiter, ending));
    else finish(waiter, answer);
    if (wasFirst) this.serve(line);
  }

  drop(waiter: Waiter, failure: unknown): void {
    const { line } = waiter;
    finish(waiter, { failure });
    if (line !== undefined && this.leave(waiter)) this.serve(line);
  }

  dropAll(failure: unknown): void {
    for (const line of [...this.lines.values()]) for (const waiter of [...line.waiters]) this.drop(waiter, failure);
  }

  private stand(waiter: Waiter, refusal: Refusal, asOf: number): void {
    const key = keyOf(refusal);
    const line = this.lines.get(key) ?? {
      key,
      waiters: [],
      refusal,
      freeNano: 0n,
      asking: undefined,
      isWoken: false,
      cancel: undefined,
    };
    this.lines.set(key, line);
    const place = line.waiters.findLastIndex(({ arrival }) => arrival < waiter.arrival) + 1;
    line.waiters.splice(place, 0, waiter);
    waiter.line = line;
    this.count += 1;
    if (place > 0) return;
    this.block(line, waiter, refusal);
    if (this.wakes !== asOf) this.serve(line);
  }

  /** @returns whether it stood first */
  private leave(waiter: Waiter): boolean {
    const { line } = waiter;
    if (line === undefined) return false;
    const place = line.waiters.indexOf(waiter);
    line.waiters.splice(place, 1);
    waiter.line = undefined;
    waiter.firstSinceMs = undefined;
    this.count -= 1;
    if (line.waiters.length === 0) {
      line.cancel?.();
      this.lines.delete(line.key);
    }
    return place === 0;
  }

  private serve(line: Line): void {
    if (line.asking === undefined) this.askFrom(line, line.waiters[0]);
    else line.isWoken = true;
  }

  /** Asks for one after the other, until nobody is left who may be given something now. */
  private askFrom(line: Line, from: Waiter | undefined): void {
    for (let next = from; next !== undefined; ) {
      const asked = next;
      line.asking = asked;
      line.isWoken = false;
      const asOf = this.wakes;
      const answer = answerOf(asked);
      if (answer instanceof Promise) {
        void answer.then((ending) => this.askFrom(line, this.heard(line, asked, ending, asOf)));
        return;
      }
      next = this.heard(line, asked, answer, asOf);
    }
  }

  /** @returns who may be asked for now */
  private heard(line: Line, waiter: Waiter, ending: Ending, asOf: number): Waiter | undefined {
    line.asking = undefined;
    const refusal = waiter.isLast || waiter.hasEnded ? undefined : this.mayWaitFor(waiter, ending);
    const stays = refusal !== undefined && keyOf(refusal) === line.key;
    if (stays) {
      const isFirst = line.waiters[0] === waiter;
      if (isFirst) this.block(line, waiter, refusal);
      if (line.isWoken) return line.waiters[0];
      return isFirst ? this.passing(line) : undefined;
    }
    const wasFirst = this.leave(waiter);
    if (refusal === undefined) finish(waiter, ending);
    else this.stand(waiter, refusal, asOf);
    if (wasFirst || line.isWoken) return line.waiters[0];
    line.freeNano -= waiter.request.amountNano;
    return this.passing(line);
  }

  /** Who may pass the first at this moment. */
  private passing(line: Line): Waiter | undefined {
    const [first] = line.waiters;
    if (line.refusal.kind !== 'short' || first?.firstSinceMs === undefined) return undefined;
    const turn = Math.floor((this.options.clock.nowMs() - first.firstSinceMs) / this.options.turnMs);
    if (turn % 2 === 0) return undefined;
    return line.waiters.find((waiter) => waiter !== first && waiter.request.amountNano <= line.freeNano);
  }

  private mayWaitFor(waiter: Waiter, ending: Ending): Refusal | undefined {
    if ('failure' in ending || ending.result.kind === 'held') return undefined;
    const leftMs = waiter.untilMs - this.options.clock.nowMs();
    return comesBack(ending.result, waiter.request, leftMs) ? ending.result : undefined;
  }

  /** Until it is woken, or until some may have come back. */
  private block(line: Line, waiter: Waiter, refusal: Refusal): void {
    const { clock, timers, pollMs, random } = this.options;
    waiter.firstSinceMs ??= clock.nowMs();
    line.refusal = refusal;
    line.freeNano = refusal.kind === 'short' ? refusal.freeNano : 0n;
    line.cancel?.();
    const knownMs = refusal.kind === 'throttled' ? refusal.retryAfterMs : 0;
    line.cancel = timers.after(knownMs > 0 ? knownMs : pollMs * (0.75 + 0.5 * random()), () => this.serve(line));
  }
}

/** Whether waiting so long may bring what was refused: what is spent is not waited for. */
export function comesBack(refusal: Refusal, { amountNano, rates }: HoldRequest, leftMs: number): boolean {
  if (leftMs <= 0) return false;
  switch (refusal.kind) {
    case 'short':
      return refusal.freeNano + refusal.heldNano >= amountNano;
    case 'throttled':
      if (refusal.retryAfterMs > 0) return refusal.retryAfterMs <= leftMs;
      return !rates.some(({ key }) => key === refusal.key);
  }
}

const keyOf = (refusal: Refusal): string => (refusal.kind === 'short' ? refusal.account : refusal.key);

function answerOf({ ask }: Waiter): Ending | Promise<Ending> {
  try {
    const result = ask();
    if (!(result instanceof Promise)) return { result };
    return result.then(
      (found) => ({ result: found }),
      (failure: unknown) => ({ failure }),
    );
  } catch (failure) {
    return { failure };
  }
}

function finish(waiter: Waiter, ending: Ending): void {
  waiter.hasEnded = true;
  waiter.end(ending);
}
