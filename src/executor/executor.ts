/**
 * Owns the making of model calls: a decision's route walked with retries, fallback and hedging under one envelope of
 * time, attempts and money. May import core and reliability; vendors and prices are ports.
 * Never throws for what a vendor does: no answer is a Failure that says why the last attempt brought none.
 */
import type { TargetFact } from '../core/facts.ts';
import type { BackoffOptions } from '../reliability/backoff.ts';
import { BOARD_DEFAULTS, type BoardOptions, createBoard, type KeyFacts } from '../reliability/board.ts';
import { type Clock, SYSTEM_TIMERS, type Timers } from '../reliability/timers.ts';
import type { Throughput } from '../reliability/watch.ts';
import type { Executor, Pricing } from './execution.ts';
import type { Providers } from './provider.ts';
import { createJudge } from './quality.ts';
import { Run } from './run.ts';
import { createSchemaCheck } from './schema-check.ts';

export interface ExecutorDependencies {
  readonly providers: Providers;
  readonly pricing: Pricing;
  readonly clock: Clock;
  /** Default: the host's. */
  readonly timers?: Timers;
  /** From 0 (inclusive) to 1 (exclusive); default: `Math.random`. */
  readonly random?: () => number;
}

export interface ExecutorOptions {
  readonly board: BoardOptions;
  readonly backoff: BackoffOptions;
  /** A vendor's `Retry-After` beyond this is not waited for. */
  readonly maxRetryAfterMs: number;
  /** A connection that fails within this is tried again at once. */
  readonly quickFailureMs: number;
  /** Of streams, behind their first output: characters of the answer, or bytes where they are relayed. */
  readonly throughput: Throughput;
  /** Times that policy is asked again within one call. */
  readonly maxAsks: number;
}

export const EXECUTOR_DEFAULTS: ExecutorOptions = {
  board: BOARD_DEFAULTS,
  backoff: { baseMs: 200, capMs: 5_000 },
  maxRetryAfterMs: 10_000,
  quickFailureMs: 50,
  throughput: { windowMs: 30_000, units: 30 },
  maxAsks: 3,
};

export function createExecutor(
  dependencies: ExecutorDependencies,
  options: ExecutorOptions = EXECUTOR_DEFAULTS,
): Executor {
  const { providers, pricing, clock, timers = SYSTEM_TIMERS, random = Math.random } = dependencies;
  const board = createBoard(options.board);
  const deps = {
    providers,
    pricing,
    clock,
    timers,
    random,
    board,
    judge: createJudge(createSchemaCheck()),
    throughput: options.throughput,
  };
  let told: ReadonlyMap<string, KeyFacts> | undefined;
  let health: Readonly<Record<string, TargetFact>> = {};
  return {
    execute: (order) => new Run(deps, options, order).go(),
    health() {
      const facts = board.facts(clock.nowMs());
      if (facts !== told) {
        told = facts;
        health = asTargets(facts);
      }
      return health;
    },
    rate: (target, quality) => board.mark(target, quality, clock.nowMs()),
  };
}

/** Finer than policies compare. */
const thousandths = (value: number): number => Math.round(value * 1_000) / 1_000;

function asTargets(facts: ReadonlyMap<string, KeyFacts>): Readonly<Record<string, TargetFact>> {
  return Object.fromEntries(
    [...facts].map(([target, { breaker, errorRate, firstMs, totalMs, quality }]) => [
      target,
      {
        breaker,
        ...(errorRate === undefined ? undefined : { error_rate: thousandths(errorRate) }),
        ...(firstMs === undefined ? undefined : { first_token_p50_ms: Math.round(firstMs) }),
        ...(totalMs === undefined ? undefined : { total_p50_ms: Math.round(totalMs) }),
        ...(quality === undefined ? undefined : { quality: thousandths(quality) }),
      },
    ]),
  );
}
