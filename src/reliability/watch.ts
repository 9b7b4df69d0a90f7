/**
 * Watches one answer on its way with one timer: time to its first piece, pauses between pieces, how much comes in a
 * while, time in all. What is seen only writes down when; the timer looks at that when it fires and is set anew.
 */
import type { Cancel, Clock, Timers } from './timers.ts';

export interface WatchLimits {
  /** To the first piece, from the start; absent: what comes comes whole. */
  readonly firstMs?: number;
  /** Between pieces. */
  readonly idleMs: number;
  /** In all, from the start. */
  readonly totalMs: number;
  readonly throughput: Throughput;
}

/** At least so many units in each stretch of time behind the first piece. */
export interface Throughput {
  readonly windowMs: number;
  /** 0: any. */
  readonly units: number;
}

export type Expired = 'first' | 'idle' | 'slow' | 'total';

export interface WatchDependencies {
  readonly clock: Clock;
  readonly timers: Timers;
}

export class Watch {
  private readonly deps: WatchDependencies;
  private readonly limits: WatchLimits;
  private readonly expired: (why: Expired) => void;
  private readonly startedAtMs: number;
  private phase: 'waiting' | 'flowing' | 'held' | 'stopped' = 'waiting';
  private seenAtMs = 0;
  private windowAtMs = 0;
  private windowUnits = 0;
  private armedForMs = Number.POSITIVE_INFINITY;
  private disarm: Cancel | undefined;

  constructor(deps: WatchDependencies, limits: WatchLimits, startedAtMs: number, expired: (why: Expired) => void) {
    this.deps = deps;
    this.limits = limits;
    this.startedAtMs = startedAtMs;
    this.expired = expired;
    this.arm(startedAtMs);
  }

  /** A piece arrived; the first one starts the watch over pauses. */
  seen(units: number, nowMs: number): void {
    switch (this.phase) {
      case 'waiting':
        this.phase = 'flowing';
        this.seenAtMs = nowMs;
        this.windowAtMs = nowMs;
        this.windowUnits = units;
        this.arm(nowMs);
        return;
      case 'flowing':
      case 'held':
        this.seenAtMs = nowMs;
        this.windowUnits += units;
        return;
      case 'stopped':
        return;
    }
  }

  /** We ourselves stopped the reading: nothing may be asked of the sender but the end in time. */
  hold(): void {
    if (this.phase === 'flowing') this.phase = 'held';
  }

  release(nowMs: number): void {
    if (this.phase !== 'held') return;
    this.phase = 'flowing';
    this.seenAtMs = nowMs;
    this.windowAtMs = nowMs;
    this.windowUnits = 0;
    this.arm(nowMs);
  }

  stop(): void {
    this.phase = 'stopped';
    this.disarm?.();
    this.disarm = undefined;
  }

  private dueAtMs(): number {
    const { firstMs, idleMs, totalMs, throughput } = this.limits;
    const endAtMs = this.startedAtMs + totalMs;
    switch (this.phase) {
      case 'waiting':
        return firstMs === undefined ? endAtMs : Math.min(endAtMs, this.startedAtMs + firstMs);
      case 'flowing': {
        const windowEndMs = throughput.units > 0 ? this.windowAtMs + throughput.windowMs : Number.POSITIVE_INFINITY;
        return Math.min(endAtMs, this.seenAtMs + idleMs, windowEndMs);
      }
      case 'held':
        return endAtMs;
      case 'stopped':
        return Number.POSITIVE_INFINITY;
    }
  }

  /** Sets the timer where it would fire too late; one that fires too early looks again. */
  private arm(nowMs: number): void {
    const dueAtMs = this.dueAtMs();
    if (dueAtMs >= this.armedForMs) return;
    this.disarm?.();
    this.armedForMs = dueAtMs;
    this.disarm = this.deps.timers.after(dueAtMs - nowMs, () => this.fire());
  }

  private fire(): void {
    if (this.phase === 'stopped') return;
    this.disarm = undefined;
    this.armedForMs = Number.POSITIVE_INFINITY;
    const nowMs = this.deps.clock.nowMs();
    const why = this.brokenAt(nowMs);
    if (why === undefined) {
      this.arm(nowMs);
      return;
    }
    this.phase = 'stopped';
    this.expired(why);
  }

  private brokenAt(nowMs: number): Expired | undefined {
    const { firstMs, idleMs, totalMs, throughput } = this.limits;
    if (nowMs >= this.startedAtMs + totalMs) return 'total';
    if (this.phase === 'waiting' && firstMs !== undefined && nowMs >= this.startedAtMs + firstMs) return 'first';
    if (this.phase !== 'flowing') return undefined;
    if (nowMs >= this.seenAtMs + idleMs) return 'idle';
    if (throughput.units > 0 && nowMs >= this.windowAtMs + throughput.windowMs) {
      if (this.windowUnits < throughput.units) return 'slow';
      this.windowAtMs = nowMs;
      this.windowUnits = 0;
    }
    return undefined;
  }
}
