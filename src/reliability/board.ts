/**
 * Owns what is known of everything that is called, by key: a breaker, a bulkhead and health each. May import core.
 * Never fails: what is turned away is told with its reason, and what it cannot keep count of it lets through.
 */
import { type Breaker, type BreakerOptions, createBreaker, type Verdict } from './breaker.ts';
import { type Bulkhead, createBulkhead } from './bulkhead.ts';
import { createHealth, type Health, type HealthOptions } from './health.ts';

export interface BoardOptions {
  readonly breaker: BreakerOptions;
  readonly health: HealthOptions;
  /** Calls at once per key. */
  readonly concurrency: number;
  /** Keys known at once; beyond that the one that was idle longest is forgotten. */
  readonly keys: number;
  /** What is worse than this is told. */
  readonly nominal: {
    /** Share of errors, 0 to 1, among at least `calls`. */
    readonly errorRate: number;
    readonly calls: number;
    readonly firstMs: number;
    /** 0 to 1. */
    readonly quality: number;
  };
  /** How old the facts may be that are told. */
  readonly factsAgeMs: number;
}

export const BOARD_DEFAULTS: BoardOptions = {
  breaker: {
    windowMs: 30_000,
    buckets: 10,
    failureRatio: 0.5,
    minimumCalls: 20,
    consecutiveFailures: 5,
    cooldownMs: 5_000,
    maxCooldownMs: 120_000,
    probes: 2,
  },
  health: { windowMs: 60_000, buckets: 12, samples: 64, qualityWeight: 0.1, qualityHalfLifeMs: 300_000 },
  concurrency: 1_024,
  keys: 4_096,
  nominal: { errorRate: 0.05, calls: 10, firstMs: 2_000, quality: 0.9 },
  factsAgeMs: 250,
};

export type BreakerKind = Breaker['state']['kind'];

/** Of a key of which something is not nominal: all that is known. */
export interface KeyFacts {
  readonly breaker: BreakerKind;
  readonly errorRate?: number;
  readonly firstMs?: number;
  readonly totalMs?: number;
  readonly quality?: number;
}

/** What a call showed, as far as it came. */
export interface Seen {
  readonly firstMs?: number | undefined;
  readonly totalMs?: number | undefined;
  /** 0 (useless) to 1. */
  readonly quality?: number | undefined;
}

/** Of one call. What comes after `done` is ignored. */
export interface Permit {
  /** The first piece of an answer is there: enough for the breaker, long before a slow answer ends. */
  answered(nowMs: number): void;
  /** Gives the place back. */
  done(verdict: Verdict, seen: Seen, nowMs: number): void;
}

export type Entry =
  | { readonly kind: 'admitted'; readonly permit: Permit }
  /** The breaker is open, or half open with all its probes out. */
  | { readonly kind: 'open'; readonly retryAfterMs: number }
  | { readonly kind: 'full' };

export interface Board {
  enter(key: string, nowMs: number): Entry;
  /** @param quality 0 (useless) to 1 */
  mark(key: string, quality: number, nowMs: number): void;
  facts(nowMs: number): ReadonlyMap<string, KeyFacts>;
}

type ToldEvent = Parameters<Breaker['tell']>[0];

interface Row {
  readonly breaker: Breaker;
  readonly bulkhead: Bulkhead;
  readonly health: Health;
}

const FULL: Entry = { kind: 'full' };

export function createBoard(options: BoardOptions = BOARD_DEFAULTS): Board {
  const rows = new Map<string, Row>();
  let facts: ReadonlyMap<string, KeyFacts> = new Map();
  let factsAtMs = Number.NEGATIVE_INFINITY;

  const rowOf = (key: string): Row => {
    const known = rows.get(key);
    if (known !== undefined) return known;
    if (rows.size >= options.keys) forgetOne(rows);
    const row = {
      breaker: createBreaker(options.breaker),
      bulkhead: createBulkhead(options.concurrency),
      health: createHealth(options.health),
    };
    rows.set(key, row);
    return row;
  };

  const tell = ({ breaker }: Row, event: ToldEvent, nowMs: number): void => {
    const before = breaker.state;
    breaker.tell(event, nowMs);
    if (breaker.state.kind !== before.kind) factsAtMs = Number.NEGATIVE_INFINITY;
  };

  const permitFor = (row: Row, epoch: number): Permit => {
    let phase: 'running' | 'answered' | 'done' = 'running';
    return {
      answered(nowMs) {
        if (phase !== 'running') return;
        phase = 'answered';
        tell(row, { kind: 'left', epoch, verdict: 'success' }, nowMs);
      },
      done(verdict, { firstMs, totalMs, quality }, nowMs) {
        if (phase === 'done') return;
        if (phase === 'running') tell(row, { kind: 'left', epoch, verdict }, nowMs);
        else if (verdict === 'failure') tell(row, { kind: 'broke', epoch }, nowMs);
        if (verdict !== 'neutral' || phase === 'answered') row.health.count(verdict === 'failure', nowMs);
        // A wall clock may be set back in between.
        if (firstMs !== undefined) row.health.first(Math.max(0, firstMs), nowMs);
        if (totalMs !== undefined) row.health.total(Math.max(0, totalMs), nowMs);
        if (quality !== undefined) row.health.mark(quality, nowMs);
        phase = 'done';
        row.bulkhead.leave();
      },
    };
  };

  return {
    enter(key, nowMs) {
      const row = rowOf(key);
      if (!row.bulkhead.enter()) return FULL;
      const before = row.breaker.state;
      const epoch = row.breaker.enter(nowMs);
      if (epoch === undefined) {
        row.bulkhead.leave();
        return { kind: 'open', retryAfterMs: before.kind === 'open' ? Math.max(0, before.untilMs - nowMs) : 0 };
      }
      if (row.breaker.state.kind !== before.kind) factsAtMs = Number.NEGATIVE_INFINITY;
      return { kind: 'admitted', permit: permitFor(row, epoch) };
    },
    mark(key, quality, nowMs) {
      rowOf(key).health.mark(quality, nowMs);
    },
    facts(nowMs) {
      if (nowMs - factsAtMs < options.factsAgeMs && nowMs >= factsAtMs) return facts;
      factsAtMs = nowMs;
      facts = readAll(rows, nowMs, options);
      return facts;
    },
  };
}

function readAll(rows: ReadonlyMap<string, Row>, nowMs: number, options: BoardOptions): ReadonlyMap<string, KeyFacts> {
  const { nominal } = options;
  const facts = new Map<string, KeyFacts>();
  for (const [key, { breaker, health }] of rows) {
    const { calls, errors, firstMs, totalMs, quality } = health.read(nowMs);
    const errorRate = calls < nominal.calls ? undefined : errors / calls;
    const isNominal =
      breaker.state.kind === 'closed' &&
      (errorRate ?? 0) <= nominal.errorRate &&
      (firstMs ?? 0) <= nominal.firstMs &&
      (quality ?? 1) >= nominal.quality;
    if (isNominal) continue;
    facts.set(key, {
      breaker: kindAt(breaker, nowMs),
      ...(errorRate === undefined ? undefined : { errorRate }),
      ...(firstMs === undefined ? undefined : { firstMs }),
      ...(totalMs === undefined ? undefined : { totalMs }),
      ...(quality === undefined ? undefined : { quality }),
    });
  }
  return facts;
}

/** A breaker that has cooled down will let a probe through: policy that leaves out what is open must see that. */
function kindAt({ state }: Breaker, nowMs: number): BreakerKind {
  return state.kind === 'open' && nowMs >= state.untilMs ? 'half_open' : state.kind;
}

/** The one that was told something longest ago, of those that nobody is inside of. */
function forgetOne(rows: Map<string, Row>): void {
  let oldest: string | undefined;
  let oldestAtMs = Number.POSITIVE_INFINITY;
  for (const [key, { bulkhead, health }] of rows) {
    if (bulkhead.inside > 0 || health.touchedAtMs >= oldestAtMs) continue;
    oldest = key;
    oldestAtMs = health.touchedAtMs;
  }
  if (oldest !== undefined) rows.delete(oldest);
}
