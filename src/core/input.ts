/**
 * The exact document that a policy sees (policies/schemas/input.json). Time, randomness and state enter here and
 * nowhere else, so a logged input replays to the same decision.
 */
import type { Call, Caller } from './call.ts';
import type { Attempt, BudgetFact, Facts, LimitFact, TargetFact } from './facts.ts';

export interface Now {
  readonly unix_ms: number;
  /** `YYYY-MM-DD` in the configured time zone. */
  readonly date: string;
  readonly weekday: 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
  /** 0 to 23. */
  readonly hour: number;
}

export interface PolicyInput {
  readonly call: Call;
  readonly caller: Caller;
  readonly budgets: readonly BudgetFact[];
  readonly limits: readonly LimitFact[];
  readonly targets: Readonly<Record<string, TargetFact>>;
  readonly attempts: readonly Attempt[];
  readonly now: Now;
}

const NO_BUDGETS: readonly BudgetFact[] = [];
const NO_LIMITS: readonly LimitFact[] = [];
const NO_TARGETS: Readonly<Record<string, TargetFact>> = {};
const NO_ATTEMPTS: readonly Attempt[] = [];

export function buildInput(
  call: Call,
  caller: Caller,
  facts: Facts,
  attempts: readonly Attempt[] | undefined,
  now: Now,
): PolicyInput {
  return {
    call,
    caller,
    budgets: facts.budgets ?? NO_BUDGETS,
    limits: facts.limits ?? NO_LIMITS,
    targets: facts.targets ?? NO_TARGETS,
    attempts: attempts ?? NO_ATTEMPTS,
    now,
  };
}
