/**
 * Health of targets among replicas: each tells what it sees, and what it heard lately counts beside that. A target that
 * is in trouble for one is in trouble for all; what is not heard again is forgotten, so a replica that is gone cannot
 * keep a target out.
 */
import type { TargetFact } from '../core/facts.ts';

export type Health = Readonly<Record<string, TargetFact>>;

/** Port: how replicas hear one another. Nothing is promised but that what arrives is whole. */
export interface HealthExchange {
  publish(health: Health): void;
  /** @param from names the replica */
  subscribe(listener: (from: string, health: Health) => void): void;
}

export interface SharedHealth {
  /** Own and heard, the worse of each. */
  read(): Health;
  /** Tells the others what is seen here; to be called once in a while. */
  tell(): void;
}

export interface SharedHealthOptions {
  /** How long what was heard counts; default 5 s. */
  readonly heardMs?: number;
}

const MAX_REPLICAS = 256;
const HEARD_MS = 5_000;

export function createSharedHealth(
  own: () => Health,
  exchange: HealthExchange,
  clock: { nowMs(): number },
  options: SharedHealthOptions = {},
): SharedHealth {
  const heardMs = options.heardMs ?? HEARD_MS;
  const heard = new Map<string, { readonly health: Health; readonly atMs: number }>();
  let toldTrouble = false;

  exchange.subscribe((from, health) => {
    if (heard.size < MAX_REPLICAS || heard.has(from)) heard.set(from, { health, atMs: clock.nowMs() });
  });

  return {
    read() {
      if (heard.size === 0) return own();
      const nowMs = clock.nowMs();
      let merged = own();
      for (const [from, { health, atMs }] of heard) {
        if (nowMs - atMs > heardMs) heard.delete(from);
        else merged = worse(merged, health);
      }
      return merged;
    },
    tell() {
      const health = own();
      const trouble = Object.keys(health).length > 0;
      // That all is well again is told once.
      if (trouble || toldTrouble) exchange.publish(health);
      toldTrouble = trouble;
    },
  };
}

function worse(mine: Health, theirs: Health): Health {
  const merged: Record<string, TargetFact> = { ...mine };
  for (const [target, fact] of Object.entries(theirs)) {
    const known = mine[target];
    merged[target] = known === undefined ? fact : worseOf(known, fact);
  }
  return merged;
}

const SEVERITY = { closed: 0, half_open: 1, open: 2 } as const;

function worseOf(a: TargetFact, b: TargetFact): TargetFact {
  const breaker = SEVERITY[a.breaker ?? 'closed'] >= SEVERITY[b.breaker ?? 'closed'] ? a.breaker : b.breaker;
  const errorRate = larger(a.error_rate, b.error_rate);
  const firstTokenMs = larger(a.first_token_p50_ms, b.first_token_p50_ms);
  const totalMs = larger(a.total_p50_ms, b.total_p50_ms);
  const quality = smaller(a.quality, b.quality);
  return {
    ...(breaker === undefined ? undefined : { breaker }),
    ...(errorRate === undefined ? undefined : { error_rate: errorRate }),
    ...(firstTokenMs === undefined ? undefined : { first_token_p50_ms: firstTokenMs }),
    ...(totalMs === undefined ? undefined : { total_p50_ms: totalMs }),
    ...(quality === undefined ? undefined : { quality }),
  };
}

const larger = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b);
const smaller = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b);
